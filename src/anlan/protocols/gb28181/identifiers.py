"""The 20 digits that name a device, platform or user (统一编码), and what their parts mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.protocols.gb28181.codes import INDUSTRIES, INDUSTRY_RANGES, NETWORKS, TYPE_RANGES, TYPES, TYPES_2022
from anlan.protocols.gb28181.frames import GB28181Error

_DIGITS = re.compile(r"[0-9]{20}")


def _named(ranges: tuple[tuple[int, int, str], ...], number: int) -> str:
    return next((name for low, high, name in ranges if low <= number <= high), "")


@dataclass(frozen=True, slots=True)
class DeviceID:
    """One code by rule A (编码规则 A, 2016 annex D.1, 2022 annex E.1)."""

    centre: str
    """Administrative code of the monitoring centre (中心编码), eight digits."""
    industry: str
    kind: str
    """Type code (类型编码), three digits."""
    network: str
    serial: str

    @classmethod
    def parse(cls, code: str) -> DeviceID:
        """The parts of a code.

        >>> DeviceID.parse("37152600001320000001").kind_name
        '网络摄像机（IPC）'
        """
        if not _DIGITS.fullmatch(code):
            raise GB28181Error(f"编码应为 20 位数字，收到 {code[:32]!r}（{len(code)} 位）")
        return cls(code[:8], code[8:10], code[10:13], code[13], code[14:])

    def __str__(self) -> str:
        code = self.centre + self.industry + self.kind + self.network + self.serial
        sizes = tuple(map(len, (self.centre, self.industry, self.kind, self.network, self.serial)))
        if sizes != (8, 2, 3, 1, 6) or not _DIGITS.fullmatch(code):
            raise GB28181Error(f"编码各段应为 8、2、3、1、6 位数字，收到 {code[:32]!r}")
        return code

    @property
    def area(self) -> str:
        """The six-digit administrative division."""
        return self.centre[:6]

    @property
    def domain(self) -> str:
        """The SIP domain that the code belongs to: its first ten digits."""
        return self.centre + self.industry

    @property
    def kind_name(self) -> str:
        """What the type code says, or the range that it is from."""
        return TYPES.get(self.kind) or TYPES_2022.get(self.kind) or _named(TYPE_RANGES, int(self.kind))

    @property
    def industry_name(self) -> str:
        """What the industry code says, or the range that it is from."""
        return INDUSTRIES.get(self.industry) or _named(INDUSTRY_RANGES, int(self.industry))

    @property
    def network_name(self) -> str:
        """What the network mark says."""
        return NETWORKS[self.network]


def describe(code: str) -> dict[str, str]:
    """The parts of a code with their names, for people; empty for one that is not of rule A.

    >>> describe("37152600002000000001")["type_name"], describe("371526")
    ('中心信令控制服务器', {})
    """
    if not _DIGITS.fullmatch(code):
        return {}
    parts = DeviceID.parse(code)
    return {
        "administrative_code": parts.centre,
        "industry": parts.industry,
        "industry_name": parts.industry_name,
        "type": parts.kind,
        "type_name": parts.kind_name,
        "network": parts.network,
        "network_name": parts.network_name,
        "serial": parts.serial,
    }
