"""Register mappings: what is written in any layout is read again, with few requests."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.modbus import Block, ModbusMappingError, Register, blocks, value_in
from anlan.protocols.modbus.mapping import MOST

registers = st.builds(
    lambda table, address, kind: Register.parse(f"{table}:{address}" + (f":{kind}" if table in ("hr", "ir") else "")),
    st.sampled_from(["hr", "ir", "co", "di"]),
    st.integers(0, 65000),
    st.sampled_from(["u16", "i16", "u32", "i32w", "f32", "f64w", "u64", "b3"]),
)


@pytest.mark.parametrize(
    ("channel", "words", "expected"),
    [
        ("hr:0:u16", [0xFFFF], 65535.0),
        ("hr:0:i16*0.1", [0xFFFF], -0.1),
        ("hr:0:u32", [0x0001, 0x0000], 65536.0),
        ("hr:0:u32w", [0x0000, 0x0001], 65536.0),
        ("ir:0:f32", [0x42C8, 0x0000], 100.0),
        ("ir:0:f32w", [0x0000, 0x42C8], 100.0),
        ("hr:0:f64", [0x4059, 0, 0, 0], 100.0),
        ("hr:0:b15", [0x8000], 1.0),
        ("hr:0:b0", [0x8000], 0.0),
        ("co:0", [1], 1.0),
    ],
)
def test_values_in_every_layout(channel, words, expected):
    register = Register.parse(channel)
    assert value_in(register, Block(register.table, 0, len(words), ()), words) == pytest.approx(expected)


@given(st.lists(registers, min_size=1, max_size=40))
def test_blocks_cover_every_register_and_keep_the_limits(wanted):
    by_channel = {str(number): register for number, register in enumerate(wanted)}
    found = blocks(by_channel)
    assert sorted(channel for block in found for channel in block.channels) == sorted(by_channel)
    for block in found:
        assert block.count <= MOST[block.table]
        for channel in block.channels:
            register = by_channel[channel]
            assert register.table == block.table
            assert block.start <= register.address
            assert register.address + register.size <= block.start + block.count


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.booleans())
def test_a_float_comes_back_whichever_word_is_first(value, is_swapped):
    words = list(struct.unpack(">2H", struct.pack(">f", value)))
    register = Register("hr", 7, "f32", is_swapped)
    assert value_in(register, Block("hr", 7, 2, ()), words[::-1] if is_swapped else words) == value


@pytest.mark.parametrize(
    "channel", ["", "hr", "hr:1:u8", "co:1:u16", "hr:1:b16", "hr:65535:u32", "hr:1:u16*0", "hr:1:u16*.", "xx:1"]
)
def test_a_channel_that_names_no_register_is_refused(channel):
    with pytest.raises(ModbusMappingError, match="通道"):
        Register.parse(channel)


def test_a_short_answer_is_told():
    with pytest.raises(ModbusMappingError, match="没有地址 5"):
        value_in(Register("hr", 5, "f32"), Block("hr", 4, 4, ()), [1, 2])
