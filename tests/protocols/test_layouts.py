"""Declared layouts: what is written is read again, and what does not fit is refused by name."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.layouts import (
    I16,
    U8,
    U16,
    U32,
    Bcd,
    Bytes,
    Counted,
    Integer,
    Layout,
    LayoutError,
    Many,
    Nested,
    Scaled,
    Text,
)


@dataclass(frozen=True, slots=True)
class Wheel:
    pressure: Annotated[float | None, Scaled(U8, 0.5, absent=0xFF)]
    heat: Annotated[int, I16]


@dataclass(frozen=True, slots=True)
class Truck:
    number: Annotated[int, U32]
    kind: Annotated[int, U8]
    little: Annotated[int, Integer(2, order="little")]
    phone: Annotated[str, Bcd(6)]
    plate: Annotated[str, Counted(U8, Text())]
    wheels: Annotated[tuple[Wheel, ...], Many(Nested(Wheel), U8)]
    maker: Annotated[str, Text(4, pad=b" ")]
    rest: Annotated[tuple[int, ...], Many(U16)]


LAYOUT = Layout(Truck)
wheels = st.builds(
    Wheel,
    st.none() | st.integers(0, 254).map(lambda n: n / 2),
    st.integers(-0x8000, 0x7FFF),
)
trucks = st.builds(
    Truck,
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 255),
    st.integers(0, 0xFFFF),
    st.text("0123456789", min_size=12, max_size=12),
    st.sampled_from(["", "鲁P12345", "鲁PD0001"]),
    st.lists(wheels, max_size=5).map(tuple),
    st.sampled_from(["", "A", "ABCD"]),
    st.lists(st.integers(0, 0xFFFF), max_size=5).map(tuple),
)


@given(trucks)
def test_what_is_written_is_read_again(truck):
    assert LAYOUT.read(LAYOUT.write(truck)) == truck


@given(st.binary(max_size=60))
def test_bytes_that_do_not_fit_raise_only_the_own_error(raw):
    try:
        truck = LAYOUT.read(raw)
    except LayoutError:
        return
    assert LAYOUT.read(LAYOUT.write(truck)) == truck


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": -1}, "number=-1 应为 4 字节无符号整数"),
        ({"phone": "12a"}, "phone='12a' 应为最多 12 位数字"),
        ({"maker": "ABCDE"}, "maker='ABCDE' 有 5 字节，最多 4 字节"),
        ({"wheels": (Wheel(200.0, 1),)}, r"wheels\[0\].pressure=400"),
        ({"plate": "\U0001f69a"}, "plate=.* 不能用 GBK 编码"),
    ],
)
def test_a_value_that_does_not_fit_is_named(change, message):
    good = {"number": 1, "kind": 2, "little": 3, "phone": "1", "plate": "鲁P1", "wheels": (), "maker": "", "rest": ()}
    with pytest.raises(LayoutError, match=message):
        LAYOUT.write(Truck(**good | change))


def test_a_short_field_is_named_with_its_place():
    raw = LAYOUT.write(Truck(1, 2, 3, "1", "鲁P1", (Wheel(1.0, 1), Wheel(2.0, 2)), "AB", ()))
    with pytest.raises(LayoutError, match=r"wheels\[1\].heat 应有 2 字节，只剩 1 字节"):
        LAYOUT.read(raw[:-5])
    with pytest.raises(LayoutError, match="之后多出 1 字节"):
        Layout(Wheel).read(b"\x01\x00\x01\x00")


def test_a_field_without_a_layout_is_refused_when_declared():
    @dataclass(frozen=True)
    class Bad:
        number: int

    with pytest.raises(TypeError, match="Bad.number"):
        Layout(Bad)


def test_bytes_have_their_size():
    with pytest.raises(LayoutError, match="key 应有 2 字节，收到 3 字节"):
        Bytes(2).write(b"abc", "key")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("高唐县".encode("gbk")[:-1], "高唐\ufffd"),
        ("䶮".encode("gb18030"), "䶮"),
        ("䶮".encode("gb18030")[:-1], "\ufffd"),
    ],
)
def test_text_that_is_cut_or_of_gb_18030_is_read_and_written_as_it_came(raw, text):
    found, at = Text(8).read(raw.ljust(8, b"\0"), 0, "name")
    assert (found, at) == (text, 8)
    assert Text(8).write(found, "name") == raw.ljust(8, b"\0")


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(LayoutError, match="GBK"):
        Text().read(b"\xff\xff\xff", 0, "name")
