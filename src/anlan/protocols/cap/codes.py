"""The words of CAP 1.2, the colours of Chinese warnings, and the identifiers of the national platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""A fixed offset, since reading a time-zone file would be I/O."""

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
)
RESPONSE_TYPES = (
    "Shelter",
    "Evacuate",
    "Prepare",
    "Execute",
    "Avoid",
    "Monitor",
    "Assess",
    "AllClear",
    "None",
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

SEVERITY_OF_COLOUR = {"红": "Extreme", "橙": "Severe", "黄": "Moderate", "蓝": "Minor"}
"""Warning colour (预警颜色) to CAP severity; recalled, 待核对."""

COLOUR_OF_SEVERITY = {severity: colour for colour, severity in SEVERITY_OF_COLOUR.items()}

COLOUR_WORDS = {"Red": "红", "Orange": "橙", "Yellow": "黄", "Blue": "蓝"}
"""The colours as the national platform writes them in ``severity``."""

EVENT_CODES = {
    "11B01": "台风",
    "11B03": "暴雨",
    "11B04": "暴雪",
    "11B05": "寒潮",
    "11B06": "大风",
    "11B07": "沙尘暴",
    "11B09": "高温",
    "11B14": "雷电",
    "11B15": "冰雹",
    "11B16": "霜冻",
    "11B17": "大雾",
    "11B19": "霾",
    "11B20": "雷雨大风",
    "11B21": "道路结冰",
    "11B22": "干旱",
    "11E02": "风暴潮",
    "11E06": "海浪",
}
"""Event codes (突发事件分类编码) found in use; the rest of GB/T 35561-2017 待核对."""

EVENT_CODE_NAME = "GB/T 35561"
"""valueName under which an eventCode carries such a code."""

_COLOUR_IN_TEXT = re.compile(r"([红橙黄蓝])色")
_IDENTIFIER = re.compile(r"(\d{6})(\d{8})_(\d{14})(?:_(\d))?", re.ASCII)


class CAPError(ValueError):
    """What is wrong with an alert: one line a problem, each naming the element and the fix."""

    def __init__(self, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def colour_in(text: str) -> str | None:
    """The warning colour that a headline names.

    >>> colour_in("聊城市气象台发布暴雨橙色预警信号"), colour_in("暴雨预警解除")
    ('橙', None)
    """
    found = _COLOUR_IN_TEXT.search(text)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class WarningIdentifier:
    """The national platform's identifier of a warning (预警信息唯一标识)."""

    area: str
    """Administrative code, six digits."""
    organisation: str
    """Issuer within the area, eight digits: trade 3, unit 3, extension 2; 416 is the weather service."""
    issued: datetime
    serial: str = ""
    """One digit that parts warnings of the same issuer and second; absent in older identifiers."""

    @classmethod
    def parse(cls, text: str) -> WarningIdentifier:
        """The identifier that a text says.

        >>> WarningIdentifier.parse("11010241600000_20240729153126").area
        '110102'
        >>> str(WarningIdentifier.parse("11010241600000_20240729153126_0"))
        '11010241600000_20240729153126_0'
        """
        found = _IDENTIFIER.fullmatch(text)
        if found is None:
            raise CAPError(f"identifier：{text[:40]!r} 不是 6 位区划 8 位单位_yyyyMMddHHmmss")
        area, organisation, stamp, serial = found.groups("")
        try:
            issued = datetime.fromisoformat(f"{stamp[:8]}T{stamp[8:]}").replace(tzinfo=SHANGHAI)
        except ValueError as error:
            raise CAPError(f"identifier：{stamp} 不是有效时间") from error
        return cls(area, organisation, issued, serial)

    def __str__(self) -> str:
        issued = self.issued.astimezone(SHANGHAI)
        return f"{self.area}{self.organisation}_{issued:%Y%m%d%H%M%S}" + (f"_{self.serial}" if self.serial else "")

    @property
    def is_meteorological(self) -> bool:
        """Whether the weather service issued it."""
        return self.organisation.startswith("416")
