"""Good frames of every kind to begin with, each written by the protocol's own encoder from its tables."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from anlan.protocols import cap, gb26875, gb28181, hj212, jt808, jt809, modbus, mqtt, sensorthings, sl651
from anlan.protocols.edxl import de, have, rm, sitrep
from anlan.protocols.gb26875.messages import ITEMS
from anlan.protocols.gb28181 import sdp
from anlan.protocols.hj212.codes import COMMANDS, COMMANDS_2005
from anlan.protocols.jt808.messages import BODIES
from anlan.protocols.jt809.catalogue import LAYOUTS, LINK, SUB
from anlan.protocols.layouts import LayoutError
from tests.protocols.cap import test_frames as cap_documents
from tests.protocols.edxl import test_de, test_have, test_rm, test_sitrep
from tests.protocols.gb28181 import test_bodies, test_sdp, test_sip
from tests.protocols.sl651 import test_characters, test_messages

AT = datetime(2026, 11, 24, 12, 30, 5, tzinfo=hj212.SHANGHAI)
PHONE = "13800138000"
#: Contents that stand for any: nothing set, everything set, small numbers.
FILLS = (b"\x00", b"\x01", b"\x31")


def hj212_packets() -> Iterator[bytes]:
    """Every command of both versions with its parameters and its upload, readings of every kind, split messages."""
    fields = {"PolId": "w01018", "SystemTime": "20261124123005", "-SampleTime": "20261124123005"}
    for version, table in ((5, COMMANDS), (0, COMMANDS_2005)):
        for code, known in table.items():
            names = [name.rstrip("?") for name in (*known.parameters, *known.marks, "DataTime")]
            named = [f"w01018{name}" if name.startswith("-") else name for name in dict.fromkeys(names)]
            groups = tuple(((name, fields.get(name, "20261124123005" if "Time" in name else "1")),) for name in named)
            message = hj212.Message(
                qn=hj212.timestamp(AT),
                st="32",
                cn=code,
                pw="123456",
                mn="A110000_0001",
                flag=str(version),
                groups=groups,
            )
            yield hj212.encode(message)
    kinds = ("Rtd", "Avg", "Min", "Max", "Cou", "ZsRtd", "ZsAvg")
    readings = tuple(
        (*((f"{code}-{kind}", "1.25") for kind in kinds), (f"{code}-Flag", flag))
        for code, flag in (("a21026", "N"), ("w01018", "D"), ("Leq", "T"), ("i13004", "M"))
    )
    message = hj212.Message(
        qn=hj212.timestamp(AT), st="31", cn="2051", pw="1", mn="2", flag="5",
        groups=((("DataTime", "20261124123000"),), *readings, (("i11001-Info", "//清洗泵 启动//"),)),
    )  # fmt: skip
    yield hj212.encode(message)
    yield from map(hj212.encode, hj212.split(replace(message, groups=message.groups * 6)))
    yield hj212.acknowledge(message)


def sl651_frames() -> Iterator[bytes]:
    """Every function in both codings and directions, and messages in packets."""
    for module in (test_messages, test_characters):
        for function, is_down, body, _written in module.BODIES:
            header = replace(module.DOWN if is_down else module.UP, function=function)
            message = sl651.Message(header=header, serial=7, sent=module.SENT, body=body)
            yield sl651.encode(message)
            if not is_down:
                yield from sl651.packets(message, size=20)[:3]
                if answer := sl651.acknowledge(message, at=AT):
                    yield answer
    for function in (0x37, 0x38, 0x3A, 0x40, 0x45, 0x46, 0x47, 0x4A, 0x50):
        try:
            yield sl651.request(function, station="0031522345", password="1234", at=AT)
        except (sl651.SL651Error, TypeError):
            continue


def jt808_frames() -> Iterator[bytes]:
    """Every message of both editions, and one in packets."""
    for (message_id, is_2019), kinds in sorted(BODIES.items(), key=lambda item: item[0]):
        header = jt808.Header(message_id, PHONE, 7, 1 if is_2019 else None)
        for kind in kinds:
            for body in _fitting(kind.read):
                yield jt808.encode(jt808.Message(header, body))
    items = ((0x01, bytes(4)), (0x02, bytes(2)), (0x11, b"\x01" + bytes(4)), (0x12, bytes(6)), (0x30, b"\x1f"))
    place = jt808.Location(0, 3, 36.45, 115.98, 35, 60.0, 90, "261124123005", items)
    header = jt808.Header(0x0200, PHONE, 7)
    yield jt808.encode(jt808.Message(header, jt808.Report(place)))
    yield jt808.encode(jt808.Message(replace(header, message_id=0x0704), jt808.Batch(0, (place, place))))
    media = jt808.Message(replace(header, message_id=0x0801), jt808.Raw(bytes(900)))
    yield from jt808.split(media, limit=300)


def jt809_packets() -> Iterator[bytes]:
    """Every message and sub-message of both editions, plain and encrypted."""
    for table in (LINK, SUB):
        for number, choices in table.items():
            for edition, kinds in zip((2011, 2019), choices, strict=True):
                for kind in kinds:
                    plate = {"plate": "鲁P12345", "plate_color": 2} if table is SUB else {}
                    for body in _fitting(LAYOUTS[kind].read):
                        message = replace(
                            jt809.draft(number, body, **plate), serial=1, centre_id=71500,
                            utc=1_790_000_000 if edition == 2019 else None,
                        )  # fmt: skip
                        try:
                            yield jt809.encode(message)
                        except jt809.JT809Error:  # a message that carries no plate
                            yield jt809.encode(replace(message, plate=None, plate_color=None))
    cipher = jt809.Cipher(m1=30_000_000, ia1=20_000_000, ic1=20_000_000)
    yield jt809.encode(replace(message, encrypt_flag=1, key=7), cipher=cipher)


def gb26875_packets() -> Iterator[bytes]:
    """Every type of object, every command byte, confirmation and denial."""
    stamp = gb26875.Stamp.of(AT)
    header = gb26875.Header(9, gb26875.codes.SEND, stamp, "0000000000a1", "000000000001")
    for kind in ITEMS:
        for fill in FILLS:
            for count in (1, 2):
                for size in range(80):
                    packet = gb26875.wrap(header, bytes([kind, count]) + fill * size)
                    message = gb26875.decode(packet)
                    if not message.problem and message.items:
                        yield gb26875.encode(message)
                        break
    for command in range(9):
        yield gb26875.wrap(replace(header, command=command))


def _fitting(read: Any) -> Iterator[Any]:
    """Bodies out of the fewest bytes of each fill that make one."""
    for fill in FILLS:
        for size in range(600):
            try:
                yield read(fill * size)
            except LayoutError:
                continue
            break


def gb28181_messages() -> Iterator[bytes]:
    """Requests and answers of SIP, every command of MANSCDP, a session, a camera control."""
    yield from (test_sip.TORTUOUS, test_sip.REGISTER, test_sdp.ANSWER, bytes.fromhex("A50F010800FA00B7"))
    head = (
        ("Via", "SIP/2.0/UDP 10.0.0.64:5060;rport;branch=z9hG4bK1"), ("From", "<sip:37152600001320000001@3715>;tag=1"),
        ("To", "<sip:37150000002000000001@3715>"), ("Call-ID", "2"),
    )  # fmt: skip
    bodies = [test_bodies.CATALOG.encode("gb18030")]
    for root, command in test_bodies.COMMANDS:
        bodies.append(test_bodies.wrap(root, command, "<Status>OK</Status><Result>OK</Result>"))
    for body in bodies:
        kind = (("CSeq", "3 MESSAGE"), ("Content-Type", "Application/MANSCDP+xml"))
        yield gb28181.encode(gb28181.Message((*head, *kind), body, "MESSAGE", "sip:37150000002000000001@3715"))
        yield body
    offer = (("CSeq", "1 INVITE"), ("Content-Type", "application/sdp"))
    session = sdp.build(sdp.parse(test_sdp.ANSWER))
    yield gb28181.encode(gb28181.Message((*head, *offer), session, "INVITE", "sip:37152600001320000001@3715"))
    yield gb28181.encode(gb28181.Message((*head, ("CSeq", "1 INVITE")), status=200, reason="OK"))


def cap_documents_of_both_kinds() -> Iterator[bytes]:
    """CAP 1.2 and the national form, as read and as written."""
    yield cap_documents.RAIN.encode()
    for encoding in ("utf-8", "gb18030"):
        yield cap_documents.NATIONAL.format(encoding=encoding).encode(encoding)
    yield cap.build(cap.parse(cap_documents.RAIN.encode()))


def edxl_documents() -> Iterator[bytes]:
    """Envelopes, hospitals, every message about resources, every situation report."""
    yield from (test_de.DE.encode(), test_have.REPORT.encode(), test_rm.REQUEST.encode(), test_sitrep.OBSERVED.encode())
    yield de.build(de.parse(test_de.DE.encode()))
    yield have.build(have.parse(test_have.REPORT.encode()))
    for kind in rm.MESSAGE_TYPES:
        yield rm.build(test_rm.full(kind))
    for report in test_sitrep.REPORTS:
        yield sitrep.build(test_sitrep.whole(report))


def mqtt_messages() -> Iterator[bytes]:
    """Topics with numbers, JSON, text and bytes."""
    for payload in (
        b"3.5",
        b'{"level": 3.5, "ts": "2026-11-24T12:30:05+08:00"}',
        b"[1, null, true]",
        b"wet",
        b"\xff\x00",
    ):
        yield mqtt.encode(mqtt.Message("city/well/07", payload))


def modbus_frames() -> Iterator[bytes]:
    """Requests, answers and refusals of every function, over a serial line."""
    said = {
        1: ("00130025", "05cd6bb20e1b"), 2: ("00c40016", "03acdb35"), 3: ("006b0003", "06022b00000064"),
        4: ("00080001", "02000a"), 5: ("00acff00",), 6: ("00010003",), 15: ("0013000a02cd01", "0013000a"),
        16: ("0001000204000a0102", "00010002"),
    }  # fmt: skip
    for function, contents in said.items():
        for content in contents:
            yield modbus.encode(modbus.Frame(17, function, bytes.fromhex(content)))
        yield modbus.encode(modbus.Frame(17, function | 0x80, b"\x02"))


def mqtt_payloads() -> Iterator[bytes]:
    """A channel, the topic, and a payload that holds its value: a number, JSON, JSON with its time."""
    said: Any
    for channel, topic, said in (
        ("level", "level", 3.5), ("#data.level", "", {"data": {"level": "3.5"}, "ts": AT.isoformat()}),
        ("up#values.0.v", "up", {"values": [{"v": True}], "ts": 1565424000}), ("#a", "", {"a": None, "ts": 1.5e12}),
    ):  # fmt: skip
        yield f"{channel}\n{topic}\n{json.dumps(said)}".encode()


def modbus_answers() -> Iterator[bytes]:
    """Channels of every type, and registers to read them from."""
    for kind in ("u16", "i16*0.1", "u32", "i32w", "u64", "i64w", "f32", "f32w*-2e-3", "f64", "b0", "b15"):
        yield f"hr:0:{kind};ir:3:{kind};co:7;di:19\n".encode() + bytes(range(40))


def sensorthings_documents() -> Iterator[bytes]:
    """An observation alone, posted, in groups, and a page of a service that was asked."""
    observation = b'{"phenomenonTime": "2026-11-24T04:30:05Z", "result": 3.5, "resultQuality": "good"}'
    yield observation
    yield sensorthings.frame("Datastreams(7)/Observations", observation, "zhiban", "2026-11-24T04:30:06Z")
    group = {
        "Datastream": {"@iot.id": 7}, "components": ["phenomenonTime", "result"], "dataArray@iot.count": 1,
        "dataArray": [["2026-11-24T04:30:05Z", 3.5]],
    }  # fmt: skip
    yield sensorthings.frame("CreateObservations", json.dumps([group]).encode())
    page = b'{"@iot.nextLink": "http://sta.example/v1.1/Things?$skip=1", "value": [{"@iot.id": 1, "name": "a"}]}'
    yield sensorthings.answered("Things", page)


def sensorthings_addresses() -> Iterator[bytes]:
    """Sets, entities, properties and references with every option."""
    for address in (
        "Things?$top=5&$skip=10&$count=true&$orderby=name desc&$select=name,description",
        "Things(1)/Datastreams?$expand=Observations($top=1;$orderby=phenomenonTime desc),Sensor",
        "Datastreams('a b')/Observations?$filter=result gt 3.5 and phenomenonTime ge 2026-11-24T04:30:05Z",
        "Observations?$filter=substringof('x',resultQuality) or not (result add 2 eq 4)&$resultFormat=dataArray",
        "Locations?$filter=st_within(location,geography'POLYGON((116 36,117 36,117 37,116 36))')",
        "Things(1)/properties/a", "Things(1)/name/$value", "Things(1)/Locations/$ref",
    ):  # fmt: skip
        yield address.encode()


NOW = AT.astimezone(UTC)
