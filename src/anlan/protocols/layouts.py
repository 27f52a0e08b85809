"""Declared layouts of binary messages: one dataclass says how bytes are read and how they are written.

A layout is a frozen dataclass whose fields are annotated with how each stands in the bytes, in order:

>>> from dataclasses import dataclass
>>> @dataclass(frozen=True, slots=True)
... class Registration:
...     province: Annotated[int, U16]
...     maker: Annotated[str, Text(5)]
...     plate: Annotated[str, Text()]
>>> layout = Layout(Registration)
>>> raw = layout.write(Registration(37, "ANLAN", "鲁P12345"))
>>> raw
b'\\x00%ANLAN\\xc2\\xb3P12345'
>>> layout.read(raw)
Registration(province=37, maker='ANLAN', plate='鲁P12345')
>>> layout.read(raw[:4])
Traceback (most recent call last):
    ...
anlan.protocols.layouts.LayoutError: maker 应有 5 字节，只剩 2 字节

Integers are big-endian unless the layout is told otherwise. Numbers in engineering units are `Scaled`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import groupby
from typing import Annotated, Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

__all__ = ["I8", "I16", "I32", "U8", "U16", "U32", "U64", "Annotated", "Bcd", "Bytes", "Counted", "Field", "Integer",
           "Layout", "LayoutError", "Many", "Nested", "Scaled", "Text"]  # fmt: skip

T = TypeVar("T")


class LayoutError(ValueError):
    """Bytes or values that do not fit a layout, naming the field."""


class Field(Protocol):
    """How one value stands in the bytes."""

    def read(self, data: bytes, at: int, name: str) -> tuple[Any, int]:
        """The value that starts at a place, and the place behind it."""

    def write(self, value: Any, name: str) -> bytes:
        """The bytes of a value."""


def take(data: bytes, at: int, size: int, name: str) -> bytes:
    """So many bytes from a place on; an error that names the field when fewer are left."""
    part = data[at : at + size]
    if len(part) < size:
        raise LayoutError(f"{name} 应有 {size} 字节，只剩 {len(part)} 字节")
    return part


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number of 1 to 8 bytes."""

    size: int
    signed: bool = False
    order: str = "big"

    def read(self, data: bytes, at: int, name: str) -> tuple[int, int]:
        part = take(data, at, self.size, name)
        return int.from_bytes(part, self.order, signed=self.signed), at + self.size  # type: ignore[arg-type]

    def write(self, value: int, name: str) -> bytes:
        try:
            return value.to_bytes(self.size, self.order, signed=self.signed)  # type: ignore[arg-type]
        except (OverflowError, AttributeError):
            raise LayoutError(
                f"{name}={value!r} 应为 {self.size} 字节{'有' if self.signed else '无'}符号整数"
            ) from None


U8, U16, U32, U64 = Integer(1), Integer(2), Integer(4), Integer(8)
I8, I16, I32 = Integer(1, signed=True), Integer(2, signed=True), Integer(4, signed=True)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A number in engineering units: the integer on the wire times `step`, plus `offset`; None for `absent`."""

    integer: Integer
    step: float
    offset: float = 0.0
    absent: int | None = None

    def read(self, data: bytes, at: int, name: str) -> tuple[float | None, int]:
        number, at = self.integer.read(data, at, name)
        return (None if number == self.absent else round(number * self.step + self.offset, 9)), at

    def write(self, value: float | None, name: str) -> bytes:
        if value is None:
            if self.absent is None:
                raise LayoutError(f"{name} 不能为空")
            return self.integer.write(self.absent, name)
        return self.integer.write(round((value - self.offset) / self.step), name)


@dataclass(frozen=True, slots=True)
class Bytes:
    """So many bytes as they are; all that is left without a size."""

    size: int | None = None

    def read(self, data: bytes, at: int, name: str) -> tuple[bytes, int]:
        size = len(data) - at if self.size is None else self.size
        return bytes(take(data, at, size, name)), at + size

    def write(self, value: bytes, name: str) -> bytes:
        if self.size is not None and len(value) != self.size:
            raise LayoutError(f"{name} 应有 {self.size} 字节，收到 {len(value)} 字节")
        return bytes(value)


class Kept(str):
    """Text that GBK cannot write again, with the bytes that it came in: cut within a character, or of GB 18030 only."""

    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> Kept | None:
        """The text of such bytes; None where they are no text.

        >>> Kept.of("高唐".encode("gbk")[:-1]), Kept.of("䶮".encode("gb18030")), Kept.of(b"\\xff\\xff")
        ('高\ufffd', '䶮', None)
        """
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as error:
            if error.reason != "incomplete multibyte sequence":
                return None
            text = raw[: error.start].decode("gb18030") + "\ufffd"
        kept = cls(text)
        kept.raw = raw
        return kept


@dataclass(frozen=True, slots=True)
class Text:
    """Characters of a fixed size padded with `pad`, or all that is left; GBK as the Chinese standards want it."""

    size: int | None = None
    encoding: str = "gbk"
    pad: bytes = b"\x00"
    is_right: bool = False
    """Whether the text stands at the right and the padding at the left."""

    def read(self, data: bytes, at: int, name: str) -> tuple[str, int]:
        size = len(data) - at if self.size is None else self.size
        part = bytes(take(data, at, size, name))
        part = part.lstrip(self.pad) if self.is_right else part.rstrip(self.pad)
        try:
            return part.decode(self.encoding), at + size
        except UnicodeDecodeError as error:
            if self.encoding == "gbk" and (kept := Kept.of(part)):
                return kept, at + size
            raise LayoutError(f"{name} 不是 {self.encoding.upper()} 编码：{part.hex()}（{error.reason}）") from None

    def write(self, value: str, name: str) -> bytes:
        try:
            raw = value.raw if isinstance(value, Kept) else value.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise LayoutError(f"{name}={value!r} 不能用 {self.encoding.upper()} 编码：{error.reason}") from None
        if self.size is None:
            return raw
        if len(raw) > self.size:
            raise LayoutError(f"{name}={value!r} 有 {len(raw)} 字节，最多 {self.size} 字节")
        return raw.rjust(self.size, self.pad) if self.is_right else raw.ljust(self.size, self.pad)


@dataclass(frozen=True, slots=True)
class Bcd:
    """Digits, two in a byte (8421 BCD)."""

    size: int
    is_loose: bool = False
    """Whether A to F are taken too, where devices put them among the digits."""

    def read(self, data: bytes, at: int, name: str) -> tuple[str, int]:
        digits = take(data, at, self.size, name).hex().upper()
        if not digits.isdigit() and not self.is_loose:
            raise LayoutError(f"{name} 应为 BCD 数字，收到 {digits}")
        return digits, at + self.size

    def write(self, value: str, name: str) -> bytes:
        digits = "0123456789abcdefABCDEF" if self.is_loose else "0123456789"
        if not value or value.strip(digits) or len(value) > 2 * self.size:
            raise LayoutError(f"{name}={value!r} 应为最多 {2 * self.size} 位数字")
        return bytes.fromhex(value.rjust(2 * self.size, "0"))


@dataclass(frozen=True, slots=True)
class Counted:
    """A value whose size in bytes stands before it."""

    prefix: Integer
    content: Field

    def read(self, data: bytes, at: int, name: str) -> tuple[Any, int]:
        size, at = self.prefix.read(data, at, f"{name} 的长度")
        part = take(data, at, size, name)
        value, end = self.content.read(part, 0, name)
        if end != size:
            raise LayoutError(f"{name} 声明 {size} 字节，只用了 {end} 字节")
        return value, at + size

    def write(self, value: Any, name: str) -> bytes:
        raw = self.content.write(value, name)
        return self.prefix.write(len(raw), f"{name} 的长度") + raw


@dataclass(frozen=True, slots=True)
class Many:
    """A tuple of values: as many as the number before them says, or as fit into what is left."""

    content: Field
    prefix: Integer | None = None

    def read(self, data: bytes, at: int, name: str) -> tuple[tuple[Any, ...], int]:
        values: list[Any] = []
        if self.prefix is None:
            while at < len(data):
                value, at = self.content.read(data, at, f"{name}[{len(values)}]")
                values.append(value)
            return tuple(values), at
        count, at = self.prefix.read(data, at, f"{name} 的个数")
        for index in range(count):
            value, at = self.content.read(data, at, f"{name}[{index}]")
            values.append(value)
        return tuple(values), at

    def write(self, value: tuple[Any, ...], name: str) -> bytes:
        head = b"" if self.prefix is None else self.prefix.write(len(value), f"{name} 的个数")
        return head + b"".join(self.content.write(item, f"{name}[{index}]") for index, item in enumerate(value))


@dataclass(frozen=True, slots=True)
class Nested:
    """A dataclass with a layout of its own inside another."""

    of: type
    layout: Layout[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layout", Layout(self.of))

    def read(self, data: bytes, at: int, name: str) -> tuple[Any, int]:
        return self.layout.read_at(data, at, f"{name}.")

    def write(self, value: Any, name: str) -> bytes:
        return self.layout.write(value, f"{name}.")


_LETTERS = {(1, False): "B", (2, False): "H", (4, False): "I", (8, False): "Q",
            (1, True): "b", (2, True): "h", (4, True): "i", (8, True): "q"}  # fmt: skip


class Layout(Generic[T]):
    """How the fields of a dataclass stand in the bytes, one after the other."""

    def __init__(self, of: type[T], *, finish: Callable[[T], None] = lambda value: None) -> None:
        """`finish` may refuse a value that was read, with a LayoutError."""
        assert is_dataclass(of)
        self.of = of
        self._finish = finish
        hints = get_type_hints(of, include_extras=True)
        self.fields: tuple[tuple[str, Field], ...] = tuple(
            (one.name, _how(of, one.name, hints[one.name])) for one in fields(of) if one.init
        )
        # Plain integers that follow one another are read in one go.
        self._runs: list[tuple[struct.Struct | None, list[tuple[str, Field]]]] = []
        for is_plain, run in groupby(self.fields, lambda one: _letter(one[1]) is not None):
            items = list(run)
            letters = "".join(_letter(how) or "" for _, how in items)
            self._runs.append((struct.Struct(">" + letters) if is_plain else None, items))

    def read(self, data: bytes) -> T:
        """The value in the bytes; bytes left over are an error."""
        value, at = self.read_at(data, 0)
        if at != len(data):
            raise LayoutError(f"{self.of.__name__} 之后多出 {len(data) - at} 字节：{data[at : at + 16].hex()}")
        return value

    def read_at(self, data: bytes, at: int, path: str = "") -> tuple[T, int]:
        """The value that starts at a place, and the place behind it."""
        values: list[Any] = []
        for packed, items in self._runs:
            if packed is not None and at + packed.size <= len(data):
                values.extend(packed.unpack_from(data, at))
                at += packed.size
                continue
            for name, how in items:
                value, at = how.read(data, at, path + name)
                values.append(value)
        made = self.of(*values)
        self._finish(made)
        return made, at

    def write(self, value: T, path: str = "") -> bytes:
        """The bytes of a value."""
        return b"".join(how.write(getattr(value, name), path + name) for name, how in self.fields)


def _letter(how: Field) -> str | None:
    is_plain = isinstance(how, Integer) and how.order == "big"
    return _LETTERS.get((how.size, how.signed)) if is_plain else None  # type: ignore[attr-defined]


def _how(of: type, name: str, hint: Any) -> Field:
    if get_origin(hint) is Annotated:
        return get_args(hint)[1]
    raise TypeError(f"{of.__name__}.{name} does not say how it stands in the bytes")
