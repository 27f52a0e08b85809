"""Captured control packets; most frames are those of the public test suite of mqtt-packet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import mqtt
from anlan.protocols.mqtt import MQTTError, Packet, parse

CONNECT = (
    "107d00044d5154540536001e2f11000004d22101b027000000642201c8190117012600047465737400047465737415000474657374160004"
    "010203040004746573742f18000004d2010002000010e103000474657374080005746f706963090004010203042600047465737400047465"
    "73740005746f706963000404030201"
)
USER = {"user_property": [["test", "test"]]}


def read(frame):
    return mqtt.as_json(mqtt.read(bytes.fromhex(frame)))


def test_connect_with_a_will():
    found = read(CONNECT)
    assert (found["packet"], found["version"], found["client_id"], found["keep_alive"]) == ("CONNECT", 5, "test", 30)
    assert found["properties"] == USER | {
        "session_expiry_interval": 1234,
        "receive_maximum": 432,
        "maximum_packet_size": 100,
        "topic_alias_maximum": 456,
        "request_response_information": 1,
        "request_problem_information": 1,
        "authentication_method": "test",
        "authentication_data": "01020304",
    }
    will = found["will"]
    assert (will["topic"], will["qos"], will["retain"]) == ("topic", 2, True)
    assert will["properties"]["will_delay_interval"] == 1234
    assert will["properties"]["message_expiry_interval"] == 4321


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (
            "101800044d5154540402001e000c6d7174742d7061636b657431",
            {"packet": "CONNECT", "version": 4, "clean_start": True, "keep_alive": 30, "client_id": "mqtt-packet1"},
        ),
        (
            "20020005",
            {"packet": "CONNACK", "version": 4, "session_present": False, "return_code": 5, "return": "not authorized"},
        ),
        ("2003008c00", {"reason_code": 0x8C, "reason": "Bad authentication method", "version": 5}),
        ("300a00047465737474657374", {"packet": "PUBLISH", "qos": 0, "topic": "test", "payload": "test"}),
        ("40020002", {"packet": "PUBACK", "version": None, "packet_id": 2}),
        ("d000", {"packet": "PINGRESP", "version": None}),
        ("8209000600047465737401", {"packet": "SUBSCRIBE", "version": 4, "topics": [{"topic": "test", "qos": 1}]}),
        ("9003000701", {"packet": "SUBACK", "version": 4, "reason_codes": [1]}),
        ("900700060000010280", {"version": 5, "reason_codes": [0, 1, 2, 0x80]}),
        (
            "e022002011000000911f000474657374260004746573740004746573741c000474657374",
            {
                "packet": "DISCONNECT",
                "reason_code": 0,
                "properties": USER
                | {"session_expiry_interval": 145, "reason_string": "test", "server_reference": "test"},
            },
        ),
        (
            "f024002215000474657374160004000102031f00047465737426000474657374000474657374",
            {
                "packet": "AUTH",
                "properties": USER
                | {"authentication_method": "test", "authentication_data": "00010203", "reason_string": "test"},
            },
        ),
    ],
)
def test_packets(frame, said):
    found = read(frame)
    assert {name: found[name] for name in said} == said


def test_a_published_message_keeps_its_properties_in_order():
    found = read(
        "3d40000474657374000a33010102000010e1230064080005746f70696309000401020304260004746573740004746573740b780b790b7a"
        "0300047465737474657374"
    )
    assert (found["dup"], found["qos"], found["retain"], found["packet_id"]) == (True, 2, True, 10)
    assert found["properties"]["subscription_identifier"] == [120, 121, 122]
    assert (found["properties"]["topic_alias"], found["payload"]) == (100, "test")


def test_subscriptions_of_5_say_their_options():
    found = read("821a0006100b91012600047465737400047465737400047465737418")
    assert found["properties"]["subscription_identifier"] == 145
    assert found["topics"] == [
        {"topic": "test", "qos": 0, "no_local": False, "retain_as_published": True, "retain_handling": 1}
    ]


@pytest.mark.parametrize(
    "frame",
    [
        "200101",  # a CONNACK without its code
        "820a00060000047465737430",  # retain handling 3
        "300b00047465737474657374",  # a remaining length that lies
        "101800044d5154540902001e000c6d7174742d7061636b657431",  # an edition that is none
        "36080004746573740001",  # QoS 3
        "3004000000ff",  # no topic and no alias
        "",
    ],
)
def test_what_is_no_packet(frame):
    with pytest.raises(MQTTError):
        mqtt.read(bytes.fromhex(frame))


def test_lines_of_tools_are_messages():
    assert mqtt.as_json(mqtt.read(b'city/well/07 {"level": 3.5}')) == {
        "topic": "city/well/07",
        "payload": {"level": 3.5},
    }


@given(st.binary(max_size=60))
def test_any_bytes(raw):
    try:
        assert isinstance(parse(raw), Packet)
    except MQTTError:
        pass
