"""The tables of codes: complete within their ranges, alarms named by method."""

import pytest

from anlan.protocols.gb28181 import codes


def test_every_type_and_industry_lies_in_a_range() -> None:
    for code in (*codes.TYPES, *codes.TYPES_2022):
        assert any(low <= int(code) <= high for low, high, _ in codes.TYPE_RANGES)
    for code in codes.INDUSTRIES:
        assert any(low <= int(code) <= high for low, high, _ in codes.INDUSTRY_RANGES)
    assert not set(codes.TYPES) & set(codes.TYPES_2022)
    assert sorted(codes.NETWORKS) == list("0123456789")


@pytest.mark.parametrize(
    ("method", "kind", "name"),
    [
        ("2", 3, "存储设备磁盘满报警"),
        ("5", 13, "图像遮挡报警"),
        ("6", 2, "存储设备风扇故障报警"),
        ("5", 14, "视频报警"),
        ("1", None, "电话报警"),
        ("", None, ""),
    ],
)
def test_alarms_are_named(method: str, kind: int | None, name: str) -> None:
    assert codes.alarm_name(method, kind) == name
