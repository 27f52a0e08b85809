"""Frames of both transports: the specification's own examples, both ways, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import modbus
from anlan.protocols.modbus import Frame, ModbusError


@pytest.mark.parametrize(
    ("function", "data", "expected"),
    [
        (1, "00130013", {"kind": "request", "address": 19, "count": 19}),
        (1, "03cd6b05", {"kind": "response", "bits": [1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0]}),
        (3, "006b0003", {"kind": "request", "address": 107, "count": 3}),
        (3, "06022b00000064", {"kind": "response", "registers": [555, 0, 100]}),
        (4, "02000a", {"kind": "response", "registers": [10]}),
        (5, "00acff00", {"kind": "request_or_echo", "address": 172, "value": 0xFF00}),
        (15, "0013000a02cd01", {"kind": "request", "address": 19, "count": 10, "data": "cd01"}),
        (16, "00010002", {"kind": "response", "address": 1, "count": 2}),
        (0x83, "02", {"kind": "exception", "exception": 2, "exception_name": "地址不存在"}),
        (43, "0e0100", {"kind": "other", "data": "0e0100"}),
    ],
)  # fmt: skip
def test_the_specification_s_examples_are_read(function, data, expected):
    for transaction in (None, 7):
        frame = Frame(17, function, bytes.fromhex(data), transaction)
        said = modbus.as_json(modbus.decode(modbus.encode(frame)))
        assert {name: said[name] for name in expected} == expected
        assert said["transport"] == ("TCP" if transaction else "RTU")


def test_a_line_of_characters_is_read_and_written():
    # As public tutorials print it.
    frame = modbus.decode(b":1103006B00037E\r\n")
    said = modbus.as_json(frame)
    assert (said["transport"], said["unit"], said["kind"], said["address"]) == ("ASCII", 17, "request", 107)
    assert modbus.encode(frame) == b":1103006B00037E\r\n"
    for raw, words in ((b":1103006B00037F", "LRC"), (b":11030z", "十六进制"), (b":1103", "3 字节")):
        with pytest.raises(ModbusError, match=words):
            modbus.decode(raw)


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=252), st.none() | st.integers(0, 65535))
def test_what_is_written_is_read(unit, function, data, transaction):
    frame = Frame(unit, function, data, transaction)
    found = modbus.decode(modbus.encode(frame))
    assert found == frame
    modbus.as_json(found)


@pytest.mark.parametrize(
    ("raw", "words"), [("", "0 字节"), ("1103006b00037688", "CRC"), ("0001000000061103006b00", "CRC")]
)
def test_what_is_no_frame_is_refused_with_the_reason(raw, words):
    with pytest.raises(ModbusError, match=words):
        modbus.decode(bytes.fromhex(raw))
