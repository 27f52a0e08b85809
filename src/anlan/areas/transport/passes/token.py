"""The signed text in a pass's QR code; pure, and told the same in `web/static/js/passes/token.js`.

Bytes, big-endian: version 1 (1), key (4), serial (4), valid from and until in minutes since 1970 (4, 4), flags (1: free,
priority, exercise), category (1), vehicle kind (1), number of areas (1) and each area's six digits as a number (3),
length of the plate (1) and the plate in UTF-8; then 64 bytes of Ed25519 signature over all of it. As text: `LCP:` and
Base45 (RFC 9285), whose alphabet QR codes pack densest. The driver's name and the route are not in it: whoever finds
the paper can read the code, and a checkpoint needs neither to say yes or no.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from anlan.foundation.places.codes import prefix

PREFIX = "LCP:"
VERSION = 1
SIGNATURE = 64
#: Most areas that one pass names, most bytes of a plate: the code must stay small enough for a phone in the rain.
MOST_AREAS, MOST_PLATE = 12, 32
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_HEAD = struct.Struct(">B4sIIIBBBB")
FREE, PRIORITY, EXERCISE = 1, 2, 4


class TokenError(ValueError):
    """A text that is no pass, whole and unaltered."""


class UnknownKey(TokenError):
    """Signed, if at all, by a key that is not in the list."""


class WrongSignature(TokenError):
    """The signature does not fit the content."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a pass states under its signature."""

    key: str
    serial: int
    valid_from: datetime
    valid_until: datetime
    is_free: bool
    is_priority: bool
    is_exercise: bool
    category: int
    vehicle_kind: int
    #: Codes of six digits; 371500 covers the whole city.
    areas: tuple[str, ...]
    plate: str

    def covers(self, area_code: str) -> bool:
        """Whether a place in this area lies where the pass is good."""
        return any(area_code.startswith(prefix(code)) for code in self.areas)


def encode(claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """The text of the code; `sign` makes the 64 bytes."""
    plate = claims.plate.encode()
    if not (0 < len(plate) <= MOST_PLATE and 0 < len(claims.areas) <= MOST_AREAS):
        raise TokenError("a pass names a plate and one to twelve areas")
    flags = FREE * claims.is_free | PRIORITY * claims.is_priority | EXERCISE * claims.is_exercise
    head = _HEAD.pack(
        VERSION, bytes.fromhex(claims.key), claims.serial, _minutes(claims.valid_from), _minutes(claims.valid_until),
        flags, claims.category, claims.vehicle_kind, len(claims.areas),
    )  # fmt: skip
    areas = b"".join(int(code).to_bytes(3, "big") for code in claims.areas)
    body = head + areas + bytes([len(plate)]) + plate
    return PREFIX + base45(body + sign(body))


def decode(text: str, verify: Callable[[str, bytes, bytes], bool | None]) -> Claims:
    """What a code states; `verify(key, signature, body)` answers None for a key that it does not know."""
    claims, body, signature = read(text)
    is_right = verify(claims.key, signature, body)
    if is_right is None:
        raise UnknownKey(claims.key)
    if not is_right:
        raise WrongSignature(claims.key)
    return claims


def read(text: str) -> tuple[Claims, bytes, bytes]:
    """What a code states, unverified, with the signed bytes and their signature."""
    if not text.startswith(PREFIX):
        raise TokenError("not a pass")
    data = unbase45(text[len(PREFIX) :])
    body, signature = data[:-SIGNATURE], data[-SIGNATURE:]
    if len(body) < _HEAD.size + 5:
        raise TokenError("too short")
    version, key, serial, start, end, flags, category, kind, count = _HEAD.unpack_from(body)
    at = _HEAD.size + 3 * count
    if (
        version != VERSION
        or flags > 7
        or not 0 < count <= MOST_AREAS
        or len(body) <= at
        or len(body) != at + 1 + body[at]
    ):
        raise TokenError("wrong layout")
    numbers = [int.from_bytes(body[_HEAD.size + 3 * i : _HEAD.size + 3 * i + 3], "big") for i in range(count)]
    if not 0 < body[at] <= MOST_PLATE or end <= start or max(numbers) > 999_999:
        raise TokenError("wrong content")
    try:
        plate = body[at + 1 :].decode()
    except UnicodeDecodeError as error:
        raise TokenError("wrong plate") from error
    claims = Claims(
        key=key.hex(), serial=serial, valid_from=_moment(start), valid_until=_moment(end), is_free=bool(flags & FREE),
        is_priority=bool(flags & PRIORITY), is_exercise=bool(flags & EXERCISE), category=category, vehicle_kind=kind,
        areas=tuple(f"{number:06d}" for number in numbers), plate=plate,
    )  # fmt: skip
    return claims, body, signature


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _moment(minutes: int) -> datetime:
    return datetime.fromtimestamp(60 * minutes, UTC)


def base45(data: bytes) -> str:
    """Base45 of RFC 9285.

    >>> base45(b"AB"), base45(b"ietf!")
    ('BB8', 'QED8WEX0')
    """
    found = []
    for at in range(0, len(data) - 1, 2):
        rest, low = divmod(256 * data[at] + data[at + 1], 45)
        high, middle = divmod(rest, 45)
        found += [low, middle, high]
    if len(data) % 2:
        middle, low = divmod(data[-1], 45)
        found += [low, middle]
    return "".join(_ALPHABET[value] for value in found)


def unbase45(text: str) -> bytes:
    """The bytes again; what no encoder writes is refused."""
    values = [_VALUES.get(letter, -1) for letter in text]
    if len(values) % 3 == 1 or -1 in values:
        raise TokenError("not Base45")
    found = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number, size = sum(value * 45**place for place, value in enumerate(group)), len(group) - 1
        if number >= 256**size:
            raise TokenError("not Base45")
        found += number.to_bytes(size, "big")
    return bytes(found)
