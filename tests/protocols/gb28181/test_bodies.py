"""MANSCDP commands both ways: shown documents of either edition, encodings, what devices get wrong, safe XML."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.gb28181 import bodies, catalogue
from anlan.protocols.gb28181.bodies import COMMANDS, Body, Query, body_json, decode_body, encode_body
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.shapes import SHANGHAI, Node, elements

CATALOG = """<?xml version="1.0" encoding="GB2312"?>
<Response>
<CmdType>Catalog</CmdType>
<SN>1708</SN>
<DeviceID>62010201001320000393</DeviceID>
<SumNum>1</SumNum>
<DeviceList Num="1">
<Item>
<DeviceID>62010201001320000393</DeviceID>
<Name>摄像机 01</Name>
<Manufacturer>Hikvision</Manufacturer>
<Model>IP Camera</Model>
<Owner>Owner</Owner>
<CivilCode>5100000000</CivilCode>
<Address>Address</Address>
<Parental>0</Parental>
<ParentID>51000000002000000001</ParentID>
<SafetyWay>0</SafetyWay>
<RegisterWay>1</RegisterWay>
<Secrecy>0</Secrecy>
<Status>ON</Status>
<Longitude>115.985371</Longitude>
<Latitude>36.456703</Latitude>
<Info><PTZType>1</PTZType><DirectionType>8</DirectionType><Own>x</Own></Info>
</Item>
</DeviceList>
</Response>
"""
"""After a publicly shown answer of a camera (2016 A.2.6)."""


def wrap(root: str, command: str, fields: str, sn: int = 7) -> bytes:
    head = f"<CmdType>{command}</CmdType><SN>{sn}</SN><DeviceID>37152600001320000001</DeviceID>"
    return f"<?xml version='1.0'?><{root}>{head}{fields}</{root}>".encode()


def read(root: str, command: str, fields: str) -> Body:
    body = decode_body(wrap(root, command, fields))
    assert decode_body(encode_body(body)) == body
    return body


@pytest.mark.parametrize("encoding", ["gb2312", "gb18030", "utf-8"])
def test_a_catalogue_is_read_in_whatever_it_is_written(encoding: str) -> None:
    for declared in ("GB2312", "gb18030", "UTF-8"):  # devices declare one and write the other
        body = decode_body(CATALOG.replace("GB2312", declared).encode(encoding))
        assert isinstance(body, bodies.Catalog)
        (item,) = body.device_list
        assert (item.name, item.status, item.parental, item.civil_code) == ("摄像机 01", "ON", 0, "5100000000")
        assert item.position == (115.985371, 36.456703)
        assert item.info is not None
        assert (item.info.ptz_type, item.info.direction_type, item.info.extra) == ("1", 8, (Node("Own", "x"),))
        assert decode_body(encode_body(body)) == body


def test_a_bad_number_costs_neither_the_item_nor_itself() -> None:
    text = CATALOG.replace("115.985371", "unknown").replace("<Parental>0<", "<Parental><")
    body = decode_body(text.encode("gb2312"))
    assert isinstance(body, bodies.Catalog)
    (item,) = body.device_list
    assert (item.longitude, item.position, item.parental) == (None, None, None)
    assert item.extra == (Node("Longitude", "unknown"),)


@pytest.mark.parametrize(("longitude", "latitude"), [("0", "0"), ("215", "36"), ("116", "")])
def test_a_place_that_was_never_told_is_none(longitude: str, latitude: str) -> None:
    text = CATALOG.replace("115.985371", longitude).replace("36.456703", latitude)
    body = decode_body(text.encode("gb2312"))
    assert isinstance(body, bodies.Catalog)
    assert body.device_list[0].position is None


def test_an_item_of_2022_is_read() -> None:
    body = read("Notify", "Catalog", "<SumNum>1</SumNum><DeviceList Num='1'><Item><DeviceID>1</DeviceID><Event>ADD</Event>"
                "<SecurityLevelCode>A</SecurityLevelCode><BusinessGroupID>2</BusinessGroupID><Info><PTZType>6</PTZType>"
                "<PhotoelectricImagingType>1/2</PhotoelectricImagingType><GrassrootsCode>000000</GrassrootsCode>"
                "<MAC>00-11-22-33-44-55</MAC><InstallTime>2024-01-01T00:00:00</InstallTime>"
                "<HorizontalFieldAngle>60.5</HorizontalFieldAngle></Info></Item></DeviceList>")  # fmt: skip
    assert isinstance(body, bodies.Catalog)
    item = body.device_list[0]
    assert (item.event, item.security_level_code, item.business_group_id) == ("ADD", "A", "2")
    assert item.info is not None
    assert item.info.install_time == datetime(2024, 1, 1, tzinfo=SHANGHAI)


def test_a_keep_alive_names_devices_that_do_not_work() -> None:
    body = read("Notify", "Keepalive", "<Status>OK</Status><Info><DeviceID>1</DeviceID><DeviceID>2</DeviceID></Info>")
    assert isinstance(body, bodies.Keepalive)
    assert body.faults == ("1", "2")


def test_an_alarm_is_read_with_its_type_and_place() -> None:
    body = read("Notify", "Alarm", "<AlarmPriority>1</AlarmPriority><AlarmMethod>5</AlarmMethod>"
                "<AlarmTime>2009-12-04T16:23:32</AlarmTime><AlarmDescription>a&amp;b</AlarmDescription>"
                "<Longitude>171.3</Longitude><Latitude>34.2</Latitude><Info><AlarmType>6</AlarmType><AlarmTypeParam>"
                "<EventType>1</EventType></AlarmTypeParam></Info>")  # fmt: skip
    assert isinstance(body, bodies.Alarm)
    assert body.alarm_time is not None
    assert body.alarm_time.isoformat() == "2009-12-04T16:23:32+08:00"
    assert body.info is not None
    assert body.info.alarm_type_param is not None
    assert (body.info.alarm_type, body.info.alarm_type_param.event_type) == (6, 1)
    assert body_json(body)["alarm_description"] == "a&b"


def test_positions_of_both_editions_are_read_alike() -> None:
    old = read("Notify", "MobilePosition", "<Time>2017-03-09T10:01:46</Time><Longitude>116.1</Longitude>"
               "<Latitude>36.2</Latitude><Speed>61.2</Speed><Direction>270</Direction><Altitude>31</Altitude>")  # fmt: skip
    new = read("Notify", "MobilePosition", "<Time>2023-03-09T10:01:50</Time><SumNum>2</SumNum><DeviceList Num='2'>"
               "<Item><DeviceID>1</DeviceID><CaptureTime>2023-03-09T10:01:46</CaptureTime><Longitude>116.1</Longitude>"
               "<Latitude>36.2</Latitude></Item><Item><DeviceID>2</DeviceID><Longitude>116.2</Longitude>"
               "<Latitude>36.3</Latitude><Height>12.5</Height></Item></DeviceList>")  # fmt: skip
    assert isinstance(old, bodies.MobilePosition)
    assert isinstance(new, bodies.MobilePosition)
    (point,) = old.positions()
    assert (point.device_id, point.longitude, point.speed) == ("37152600001320000001", 116.1, 61.2)
    assert point.capture_time == old.time
    assert [one.device_id for one in new.positions()] == ["1", "2"]


def test_a_device_status_is_read_however_its_list_is_spelt() -> None:
    for name in ("Alarmstatus", "AlarmStatus"):  # 2016, 2022
        body = read("Response", "DeviceStatus", "<Result>OK</Result><Online>ONLINE</Online><Status>OK</Status>"
                    "<DeviceTime>2023-09-15T21:30:15</DeviceTime><Encode>ON</Encode><Record>OFF</Record>"
                    f"<{name} Num='1'><Item><DeviceID>1</DeviceID><DutyStatus>ONDUTY</DutyStatus></Item></{name}>")  # fmt: skip
        assert isinstance(body, bodies.DeviceStatus)
        assert body.alarm_status[0].duty_status == "ONDUTY"


def test_orders_are_written_as_the_standard_names_them() -> None:
    order = bodies.DeviceControl(
        sn=11, device_id="1", ptz_cmd="A50F010800FA00B7", tele_boot="Boot", guard_cmd="SetGuard", ifame_cmd="Send",
        drag_zoom_in=catalogue.Rectangle(length=1920, width=1080, mid_point_x=5, mid_point_y=6, length_x=7, length_y=8),
        home_position=catalogue.HomePosition(enabled=1, reset_time=30, preset_index=2),
        info=catalogue.ControlInfo(control_priority=5),
    )  # fmt: skip
    text = encode_body(order).decode()
    for part in ("<Control>", "<PTZCmd>A50F010800FA00B7<", "<TeleBoot>Boot<", "<GuardCmd>SetGuard<", "<IFameCmd>Send<",
                 "<DragZoomIn>", "<MidPointX>5<", "<HomePosition>", "<PresetIndex>2<", "<ControlPriority>5<"):  # fmt: skip
        assert part in text
    assert decode_body(text.encode()) == order
    assert order.ptz is not None
    assert order.ptz.describe()["tilt"] == "up"


def test_settings_records_presets_and_cruises_are_read() -> None:
    config = read("Response", "ConfigDownload", "<Result>OK</Result><BasicParam><Name>IPC</Name><Expiration>3600</Expiration>"
                  "<HeartBeatInterval>60</HeartBeatInterval><HeartBeatCount>3</HeartBeatCount></BasicParam>"
                  "<OSDConfig><TimeX>1</TimeX></OSDConfig>")  # fmt: skip
    assert isinstance(config, bodies.ConfigDownload)
    assert config.basic_param is not None
    assert config.basic_param.heart_beat_count == 3
    assert config.extra == (Node("OSDConfig", children=(Node("TimeX", "1"),)),)
    records = read("Response", "RecordInfo", "<Name>IPC</Name><SumNum>1</SumNum><RecordList Num='1'><Item>"
                   "<DeviceID>1</DeviceID><Name>c</Name><FilePath>/a</FilePath><StartTime>2010-11-11T19:46:17</StartTime>"
                   "<EndTime>2010-11-12T19:46:17</EndTime><Secrecy>0</Secrecy><Type>time</Type><FileSize>12</FileSize>"
                   "</Item></RecordList>")  # fmt: skip
    assert isinstance(records, bodies.RecordInfo)
    assert records.record_list[0].file_size == 12
    presets = read("Response", "PresetQuery", "<PresetList Num='1'><Item><PresetID>1</PresetID><PresetName>门</PresetName>"
                   "</Item></PresetList>")  # fmt: skip
    assert isinstance(presets, bodies.PresetList)
    assert presets.preset_list[0].preset_name == "门"
    track = read("Response", "CruiseTrackQuery", "<Number>1</Number><Name>夜</Name><SumNum>1</SumNum>"
                 "<CruisePointList Num='1'><CruisePoint><PresetIndex>3</PresetIndex><StayTime>10</StayTime>"
                 "<Speed>5</Speed></CruisePoint></CruisePointList>")  # fmt: skip
    assert isinstance(track, bodies.CruiseTrack)
    assert track.cruise_point_list[0].stay_time == 10


def test_a_broadcast_has_no_device_but_all_else_must() -> None:
    body = decode_body(
        b"<Notify><CmdType>Broadcast</CmdType><SN>992</SN><SourceID>1</SourceID><TargetID>2</TargetID></Notify>"
    )
    assert isinstance(body, bodies.Broadcast)
    assert (body.source_id, body.target_id) == ("1", "2")
    assert decode_body(encode_body(body)) == body
    with pytest.raises(GB28181Error, match="缺少 DeviceID"):
        decode_body(b"<Notify><CmdType>Keepalive</CmdType><SN>1</SN></Notify>")


def test_a_command_that_is_not_listed_keeps_its_fields() -> None:
    body = read("Notify", "Own", "<A x='1'><B>2</B></A><C/>")
    assert type(body) is Body
    assert body.extra == (Node("A", "", (("x", "1"),), (Node("B", "2"),)), Node("C"))
    assert body_json(body)["extra"] == {"A": [{"@x": "1", "B": ["2"]}], "C": [""]}


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><Notify><CmdType>&b;</CmdType></Notify>", "DOCTYPE"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "UTF-8"),
        (b"<?xml version='1.0' encoding='Big5'?><a/>", "编码"),
        (b"<Notify><CmdType>Keepalive</CmdType>", "XML"),
        (b"<Notify>&undefined;</Notify>", "XML"),
        (b"<Other/>", "根元素"),
        (b"<Query><SN>1</SN></Query>", "CmdType"),
        (b"<Query><CmdType>Catalog</CmdType></Query>", "缺少 SN"),
        (b"<Query><CmdType>Catalog</CmdType><SN>x</SN></Query>", "SN 应为整数"),
        (
            b"<Query><CmdType>Own</CmdType><SN>1</SN><DeviceID>1</DeviceID>" + b"<a>" * 40 + b"</a>" * 40 + b"</Query>",
            "嵌套",
        ),
        (b"<Query>" + b"<a>" * 60_000 + b"</a>" * 60_000 + b"</Query>", "CmdType|嵌套"),
        (b"", "XML"),
        (b"x" * 600_000, "上限"),
    ],
)
def test_what_is_wrong_is_named(document: bytes, word: str) -> None:
    with pytest.raises(GB28181Error, match=word):
        decode_body(document)


def test_a_rare_character_is_written_in_gb18030() -> None:
    rare = Query(cmd_type="Catalog", sn=1, device_id="1", address="𠮷―—镕")
    raw = encode_body(rare)
    assert b'encoding="GB18030"' in raw
    assert decode_body(raw) == rare
    assert b'encoding="GB2312"' in encode_body(replace(rare, address="聊城"))
    assert decode_body(encode_body(rare, encoding="UTF-8")) == rare


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), min_size=1,
                max_size=12).map(str.strip).filter(bool)  # fmt: skip
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=SHANGHAI))  # noqa: DTZ001
SIMPLE = {
    "text": st.just("") | TEXTS,
    "integer": st.none() | st.integers(-(10**17), 10**17),
    "decimal": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "time": st.none() | TIMES,
    "texts": st.lists(TEXTS, max_size=3).map(tuple),
}


def shapes(kind: type, **fixed: object) -> st.SearchStrategy:  # type: ignore[type-arg]
    parts = {name: st.just(value) for name, value in fixed.items()}
    for name, element in elements(kind):
        if name in fixed:
            continue
        if element.form == "group":
            parts[name] = st.none() | shapes(element.kind)
        elif element.form == "groups":
            parts[name] = st.lists(shapes(element.kind), max_size=2).map(tuple)
        else:
            parts[name] = SIMPLE[element.form]  # type: ignore[assignment]
    own = st.builds(Node, st.just("Own"), TEXTS, st.lists(st.tuples(st.just("a"), TEXTS), max_size=1).map(tuple))
    parts["extra"] = st.lists(own, max_size=1).map(tuple)  # type: ignore[assignment]
    return st.builds(kind, **parts)


@pytest.mark.parametrize("key", sorted(COMMANDS), ids="/".join)
def test_every_command_round_trips(key: tuple[str, str]) -> None:
    root, name = key

    @settings(max_examples=8, deadline=None)
    @given(shapes(COMMANDS[key], root=root, cmd_type=name, sn=5, device_id="37152600001320000001"))
    def check(body: Body) -> None:
        assert decode_body(encode_body(body)) == body
        assert body_json(body)["sn"] == 5

    check()


@given(st.binary(max_size=120), st.integers(0, 900))
def test_arbitrary_bytes_raise_only_the_protocols_own_error(noise: bytes, place: int) -> None:
    good = CATALOG.encode("gb18030")
    for raw in (noise, good[:place] + noise + good[place:], good[:place]):
        try:
            body = decode_body(raw)
        except GB28181Error:
            continue
        assert decode_body(encode_body(body)) == body
