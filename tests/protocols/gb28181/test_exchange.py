"""Requests that a platform sends, and lists that come in many messages."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.protocols.gb28181.bodies import Catalog, Query, RecordInfo, decode_body, encode_body
from anlan.protocols.gb28181.catalogue import CatalogItem, RecordItem
from anlan.protocols.gb28181.exchange import Agent, Collector, Party, date_header, emphasise_iframe, respond
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.messages import content
from anlan.protocols.gb28181.sdp import Session
from anlan.protocols.gb28181.sip import decode, encode

NOW = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
PLATFORM = Party("37150000002000000001", "10.0.0.1")
CAMERA = Party("37152600001320000001", "10.0.0.64", 5061)


def test_a_query_is_a_message_of_the_standard() -> None:
    agent = Agent(PLATFORM, seed="test")
    request = decode(encode(agent.command(CAMERA, Query(cmd_type="Catalog", sn=agent.number(), device_id=CAMERA.code))))
    assert request.uri == "sip:37152600001320000001@10.0.0.64:5061"
    assert str(request.sender.uri) == "sip:37150000002000000001@3715000000"
    assert request.header("Content-Type") == "Application/MANSCDP+xml"
    assert request.body == (
        b'<?xml version="1.0" encoding="GB2312"?>\r\n<Query>\r\n<CmdType>Catalog</CmdType>\r\n<SN>1</SN>\r\n'
        b"<DeviceID>37152600001320000001</DeviceID>\r\n</Query>\r\n"
    )
    assert request.via.branch.startswith("z9hG4bK")


def test_no_two_requests_share_an_identifier() -> None:
    agent, other = Agent(PLATFORM, seed="a"), Agent(PLATFORM, seed="b")
    names = [one.identifier() for one in (agent, other) for _ in range(100)]
    assert len(set(names)) == 200


def test_an_invite_names_streams_in_its_subject() -> None:
    session = Session(owner=PLATFORM.code, address="10.0.0.9", port=30000, ssrc="0500000001")
    request = decode(encode(Agent(PLATFORM, seed="t").invite(CAMERA, session)))
    assert request.header("Subject") == "37152600001320000001:0500000001,37150000002000000001:0"
    assert content(request) == session


def test_subscriptions_name_their_event() -> None:
    agent = Agent(PLATFORM, seed="t")
    found = {}
    for name in ("Catalog", "Alarm", "MobilePosition"):
        request = agent.subscribe(CAMERA, Query(cmd_type=name, sn=9, device_id=CAMERA.code, interval=5), 600)
        found[name] = (request.header("Event"), request.expires)
    assert found == {"Catalog": ("Catalog;id=9", 600), "Alarm": ("presence", 600), "MobilePosition": ("presence", 600)}
    with pytest.raises(GB28181Error, match="不能订阅"):
        agent.subscribe(CAMERA, Query(cmd_type="DeviceInfo", sn=9, device_id=CAMERA.code), 600)


def test_an_answer_goes_back_the_way_that_the_request_came() -> None:
    request = Agent(CAMERA, seed="t").command(PLATFORM, Query(cmd_type="DeviceInfo", sn=1, device_id="1"))
    response = decode(encode(respond(request, 200, source=("1.2.3.4", 40000), tag="x")))
    assert (response.via.parameters[0], response.via.parameters[-1]) == (("rport", "40000"), ("received", "1.2.3.4"))
    assert (response.recipient.tag, response.call_id) == ("x", request.call_id)


def test_clocks_are_set_in_beijing_time() -> None:
    assert date_header(datetime(2026, 11, 24, 4, 0, 0, 123456, UTC)) == ("Date", "2026-11-24T12:00:00.123")


def test_the_key_frame_order_is_spelt_as_each_edition_has_it() -> None:
    assert b"<IFameCmd>Send<" in encode_body(emphasise_iframe(1, CAMERA.code))
    assert b"<IFrameCmd>Send<" in encode_body(emphasise_iframe(1, CAMERA.code, is_2022=True))


def part(sn: int, total: int, *names: str) -> Catalog:
    return Catalog(
        sn=sn, device_id="1", sum_num=total, device_list=tuple(CatalogItem(device_id=name) for name in names)
    )


def test_a_catalogue_is_whole_once_all_items_are_there() -> None:
    collector = Collector()
    found = [
        collector.add("1", one, NOW) for one in (part(1, 3, "a"), part(2, 2, "x"), part(1, 3, "a"), part(1, 3, "c"))
    ]
    assert found == [None, None, None, None]
    whole = collector.add("1", part(1, 3, "b"), NOW)
    assert isinstance(whole, Catalog)
    assert [item.device_id for item in whole.device_list] == ["a", "c", "b"]
    assert collector.overdue(NOW + timedelta(minutes=1)) == []
    ((sender, rest),) = collector.overdue(NOW + timedelta(minutes=3))
    assert (sender, rest) == ("1", part(2, 2, "x"))
    assert collector.overdue(NOW + timedelta(minutes=3)) == []


def test_an_empty_list_and_records_are_whole() -> None:
    empty = decode_body(
        b"<Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>1</DeviceID><SumNum>0</SumNum></Response>"
    )
    assert isinstance(empty, Catalog)
    assert Collector().add("1", empty, NOW) == empty
    records = RecordInfo(sn=1, device_id="1", sum_num=1, record_list=(RecordItem(device_id="1"),))
    assert Collector().add("1", records, NOW) == records


def test_waiting_lists_are_bounded() -> None:
    collector = Collector(pending=1, items=5)
    collector.add("1", part(1, 9, "a"), NOW)
    with pytest.raises(GB28181Error, match="等待中的目录超过"):
        collector.add("1", part(2, 9, "a"), NOW)
    with pytest.raises(GB28181Error, match="目录项超过"):
        collector.add("1", part(1, 9, *"bcdefg"), NOW)
