"""Device codes: parts, names, what is no code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.identifiers import DeviceID, describe


@pytest.mark.parametrize(
    ("code", "kind", "industry", "network"),
    [
        ("34020000001320000001", "网络摄像机（IPC）", "社会治安路面接入", "监控报警专网"),
        ("34020000002000000001", "中心信令控制服务器", "社会治安路面接入", "监控报警专网"),
        ("37150205541185000009", "网络视频录像机（NVR）", "水利企业接入", "公安信息网"),
        ("37150200002160000001", "虚拟组织", "社会治安路面接入", "监控报警专网"),
        ("37150200851507000001", "前端外围设备", "居民自建", "Internet 网"),
        ("37150200201218000001", "视频卡口", "政府机关", "社会资源接入网"),
    ],
)
def test_codes_are_named(code: str, kind: str, industry: str, network: str) -> None:
    parts = DeviceID.parse(code)
    assert (parts.kind_name, parts.industry_name, parts.network_name) == (kind, industry, network)
    assert parts.domain == code[:10]


@given(st.from_regex(r"[0-9]{20}", fullmatch=True))
def test_every_code_round_trips_and_is_described(code: str) -> None:
    assert str(DeviceID.parse(code)) == code
    assert describe(code)["network_name"]


@pytest.mark.parametrize("code", ["", "3402000000132000000", "130909113319427420", "3402000000132000000a", "３" * 20])
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(GB28181Error, match="20 位"):
        DeviceID.parse(code)
    assert describe(code) == {}
    with pytest.raises(GB28181Error):
        str(DeviceID("1", "2", "3", "4", "5"))
