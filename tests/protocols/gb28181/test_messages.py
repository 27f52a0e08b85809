"""What `anlan decode` shows of messages and of what is taken out of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.messages import as_json, content, read
from anlan.protocols.gb28181.sdp import Session

ALARM = (
    "<?xml version='1.0' encoding='GB2312'?><Notify><CmdType>Alarm</CmdType><SN>1</SN>"
    "<DeviceID>37152600001340000001</DeviceID><AlarmPriority>1</AlarmPriority><AlarmMethod>5</AlarmMethod>"
    "<AlarmTime>2026-11-24T12:00:00</AlarmTime><AlarmDescription>徒骇河 3 号口有人进入</AlarmDescription>"
    "<Info><AlarmType>6</AlarmType></Info></Notify>"
).encode("gb2312")


def message(body: bytes, content_type: str, method: str = "MESSAGE") -> bytes:
    return (
        f"{method} sip:37150000002000000001@3715000000 SIP/2.0\r\n"
        "v: SIP/2.0/UDP 10.0.0.64:5060;rport;branch=z9hG4bK1\r\nf: <sip:37152600001320000001@3715000000>;tag=1\r\n"
        f"t: <sip:37150000002000000001@3715000000>\r\ni: 2\r\nCSeq: 3 {method}\r\nX-GB-ver: 3.0\r\n"
        f"c: {content_type}\r\nl: {len(body)}\r\n\r\n"
    ).encode() + body


def test_an_alarm_is_shown_with_the_names_of_its_codes() -> None:
    found = as_json(read(message(ALARM, "Application/MANSCDP+xml")))
    assert found["method"] == "MESSAGE"
    assert found["version"] == "GB/T 28181-2022"
    assert found["from"]["id"] == "37152600001320000001"
    shown = found["manscdp"]
    assert shown["alarm_time"] == "2026-11-24T12:00:00+08:00"
    assert shown["alarm_description"] == "徒骇河 3 号口有人进入"
    names = ("alarm_priority_name", "alarm_method_name", "alarm_type_name")
    assert [shown[name] for name in names] == ["一级警情", "视频报警", "入侵检测报警"]
    assert shown["device"]["type_name"] == "报警输入设备"
    assert as_json(read(ALARM))["manscdp"] == shown


def test_a_control_is_shown_with_what_it_does_even_when_it_is_wrong() -> None:
    body = b"<Control><CmdType>DeviceControl</CmdType><SN>1</SN><DeviceID>1</DeviceID><PTZCmd>%s</PTZCmd></Control>"
    right = as_json(read(message(body % b"A50F010800FA00B7", "Application/MANSCDP+xml")))
    assert right["manscdp"]["ptz"]["tilt"] == "up"
    wrong = as_json(read(message(body % b"A50F010800FA00B8", "Application/MANSCDP+xml")))
    assert "校验和" in wrong["manscdp"]["ptz"]["error"]


def test_a_session_and_a_playback_order_are_shown() -> None:
    sdp = b"v=0\r\no=1 0 0 IN IP4 2.2.2.2\r\ns=Play\r\nm=video 9 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\ny=0100000001\r\n"
    shown = as_json(read(message(sdp, "application/sdp", "INVITE")))["sdp"]
    assert (shown["ssrc"], shown["formats"]) == ("0100000001", {"96": "PS/90000"})
    assert isinstance(read(sdp), Session)
    order = as_json(read(message(b"PAUSE RTSP/1.0\r\nCSeq: 1\r\n\r\n", "Application/MANSRTSP", "INFO")))
    assert order["text"].startswith("PAUSE")


def test_a_body_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(GB28181Error, match="XML"):
        as_json(read(message(b"<Notify>", "Application/MANSCDP+xml")))
    with pytest.raises(GB28181Error, match="文字"):
        as_json(read(message(b"\xff\xff", "image/jpeg")))


@given(st.binary(max_size=200), st.integers(0, 900))
def test_arbitrary_bytes_raise_only_the_protocols_own_error(noise: bytes, place: int) -> None:
    good = message(ALARM, "Application/MANSCDP+xml")
    for raw in (noise, good[:place] + noise + good[place:]):
        try:
            as_json(read(raw))
        except GB28181Error:
            continue


def test_a_message_without_body_says_nothing() -> None:
    found = read(message(b"", "Application/MANSCDP+xml"))
    assert content(found) is None  # type: ignore[arg-type]
