"""Driver assistance of T/JSATL 12 (苏标): alarms behind a position, attachments."""

import pytest

from anlan.protocols import jt808

# Real frames: a fork of Traccar for Hikvision cameras (64), kwankin-yau/jt808-common (65). Body of SmallChi/JT808 (66).
ASSISTANCE = (
    "7E0200005F4960768989910007000000 00004C000B0298E97204BF4F98007400A9008325102505554001040000000625040000000030011F3101"
    "24642F000000000002010000000000260075 0298EA2F04BF50DC2510250555350401300000000000002510250555350004 00BA7E"
)
DRIVER = (
    "7e0200008201332012052101a600000000000c000301696b3e06d8a40800b90000000024110522040101040000000102020000030200003001"
    "1f31011625040000000014040000000515040000000f160400000000170200051803000000652f0000001500070200000000005000b901696b"
    "3e06d8a4082411052203590401303137303736332411052203590005001b7e"
)
TYRES = (
    "010c1100070000000d0000000e1912111831000013343434343434341912101831000302000204000100030005000209000600 08000a0007"
)


def test_what_an_assistance_system_saw_is_told():
    raw = bytes.fromhex(ASSISTANCE)
    message = jt808.decode(raw)
    found = jt808.as_json(message)["additional"]["driver_assistance"]
    assert {name: found[name] for name in ("alarm_id", "flag", "type_name", "level", "speed_kmh", "altitude", "time")} == {
        "alarm_id": 0, "flag": 0, "type_name": "车道偏离报警", "level": 1, "speed_kmh": 38, "altitude": 117,
        "time": "251025055535",
    }  # fmt: skip
    assert (found["latitude"], found["vehicle_status"]) == (43.575855, ["ACC开", "定位"])
    assert found["alarm_number"] == {"terminal_id": "0", "time": "251025055535", "serial": 0, "attachments": 4}
    assert jt808.encode(message) == raw


def test_what_a_driver_did_is_told():
    message = jt808.decode(bytes.fromhex(DRIVER))
    found = jt808.as_json(message)["additional"]["driver_state"]
    assert (found["alarm_id"], found["type"], found["level"], found["speed_kmh"]) == (21, 7, 2, 80)
    assert found["alarm_number"] == {"terminal_id": "0170763", "time": "241105220359", "serial": 0, "attachments": 5}
    assert jt808.encode(message) == bytes.fromhex(DRIVER)


def additional(key: int, raw: bytes) -> dict:
    location = jt808.Location(0, 2, 36.4, 115.9, 35, 62.5, 90, "261124050607", ((key, raw),))
    return jt808.as_json(jt808.Message(jt808.Header(0x0200, "013800138000", 1), jt808.Report(location)))["additional"]


def test_tyres_are_told_one_by_one():
    found = additional(0x66, bytes.fromhex("000000" + TYRES))["tyre_state"]
    assert found["tyres"] == [
        {"position": 4, "alarms": ["定时上报"], "pressure_kpa": 3, "temperature_c": 5, "battery": 2},
        {
            "position": 9,
            "alarms": ["胎压过高报警", "胎压过低报警"],
            "pressure_kpa": 8,
            "temperature_c": 10,
            "battery": 7,
        },
    ]
    assert (found["flag"], found["speed_kmh"], found["altitude"]) == (12, 17, 7)


def test_blind_spots_with_and_without_a_level():
    rest = "1100070000000d0000000e191211183100001334343434343434191210183100030200"
    without = additional(0x67, bytes.fromhex("000000010102" + rest))["blind_spot"]
    level = additional(0x67, bytes.fromhex("00000001010208" + rest))["blind_spot"]
    assert (without["type_name"], without["speed_kmh"]) == ("左侧后方接近报警", 17)
    assert level == {**without, "level": 8}


@pytest.mark.parametrize("key", [0x64, 0x65, 0x66, 0x67])
@pytest.mark.parametrize("raw", [b"", b"\x01\x02", bytes(46), bytes(48), b"\xff" * 47, b"\xff" * 41])
def test_alarms_of_another_length_are_kept(key, raw):
    (found,) = additional(key, raw).values()
    assert found == raw.hex() or isinstance(found, dict)


@pytest.mark.parametrize(
    ("message_id", "body", "said"),
    [
        # Bodies of the real frames of cuteLittleDevil/go-jt808.
        (
            0x1210, "3132333463642e3132333463642e250219204100010100323032342d31312d32325f31305f30305f30305f0000000000000000"
            "0000000000011c323032342d31312d32325f31305f30305f30305f646174612e7478740000000c",
            {"platform_number": "2024-11-22_10_00_00_", "files": [{"name": "2024-11-22_10_00_00_data.txt", "size": 12}]},
        ),
        (0x1211, "1c323032342d31312d32325f31305f30305f30305f646174612e747874040000000c", {"kind": 4, "size": 12}),
        (
            0x9208, "0d34372e3130342e39372e313639200a200b37363534333231200707192359010101616437323133313537396535346265306230"
            "66373337636637326333356462380000000000000000" "0000000000000000",
            {"host": "47.104.97.169", "tcp_port": 8202, "udp_port": 8203},
        ),
        (
            0x9212, "0d7777772e6a74743830382e636e01010100000064000000c8",
            {"name": "www.jtt808.cn", "result": 1, "missing": [{"offset": 100, "size": 200}]},
        ),
    ],
)  # fmt: skip
def test_messages_about_attachments_are_read_and_written(message_id, body, said):
    raw = jt808.wrap(jt808.Header(message_id, "013800138000", 1), bytes.fromhex(body))
    message = jt808.decode(raw)
    found = jt808.as_json(message)
    assert {name: found[name] for name in said} == said
    assert jt808.encode(message) == raw
