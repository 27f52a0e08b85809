"""Pure decisions: whether an application approves itself, and what a checkpoint is told; see `js/passes/token.js`."""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from anlan.areas.transport.passes.token import Claims
from anlan.foundation.places.codes import prefix

#: Letters of a short code: no I, L, O or U, which people misread.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")


class Outcome(StrEnum):
    """What a check says, in the order in which the worst is told first."""

    UNREADABLE = "unreadable"
    UNLISTED = "unlisted"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    KEY_REVOKED = "key_revoked"
    REVOKED = "revoked"
    EXPIRED = "expired"
    EARLY = "early"
    WRONG_PLATE = "wrong_plate"
    OUTSIDE_AREA = "outside_area"
    VALID = "valid"


def judge(
    claims: Claims,
    *,
    at: datetime,
    area_code: str = "",
    plate_seen: str = "",
    revoked_keys: Collection[str] = (),
    revoked: Mapping[int, datetime] | None = None,
) -> Outcome:
    """What is wrong first with a pass whose signature is right; the place and the plate count when they are known."""
    withdrawn = (revoked or {}).get(claims.serial)
    findings = (
        (claims.key in revoked_keys, Outcome.KEY_REVOKED),
        (withdrawn is not None and withdrawn <= at, Outcome.REVOKED),
        (at >= claims.valid_until, Outcome.EXPIRED),
        (at < claims.valid_from, Outcome.EARLY),
        (bool(plate_seen) and tidy_plate(plate_seen) != claims.plate, Outcome.WRONG_PLATE),
        (bool(area_code) and not claims.covers(area_code), Outcome.OUTSIDE_AREA),
    )
    return next((outcome for is_so, outcome in findings if is_so), Outcome.VALID)


def tidy_plate(text: str) -> str:
    """A plate as it is compared: capitals, without the spaces, dots and dashes that people write.

    >>> tidy_plate(" 鲁p·12345 "), tidy_plate("鲁Ｐ１２３４５挂")
    ('鲁P12345', '鲁P12345挂')
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def short_code(token: str) -> str:
    """Eight letters by which a pass is found in the list when its code cannot be scanned; 40 bits of its digest."""
    number = int.from_bytes(hashlib.sha256(token.encode()).digest()[:5], "big")
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(8)))


def tidy_code(text: str) -> str:
    """A short code as somebody typed it.

    >>> tidy_code("7k3m-9qoi")
    '7K3M9Q01'
    """
    return "".join(c for c in text.upper() if c.isalnum()).translate(_MISREAD)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What of an application decides whether it approves itself."""

    plate: str
    department: int | None
    category: str
    areas: tuple[str, ...]
    hours: float
    has_incident: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the white list in force."""

    pk: int
    plate: str
    department: int | None
    category: str
    area_code: str
    most_hours: int


def approving(wish: Wish, entries: Iterable[Entry], params: Mapping[str, Any]) -> tuple[int | None, list[str]]:
    """The line of the white list by which an application approves itself, or the codes of what stands against it."""
    against = []
    if params["needs_incident"] and not wish.has_incident:
        against.append("no_incident")
    if wish.hours > params["self_approving_hours"]:
        against.append("too_long")
    named = [one for one in entries if (one.plate or wish.department) and _names(one, wish)]
    fitting = [one for one in named if _fits(one, wish)]
    if not named:
        against.append("not_listed")
    elif not fitting:
        against.append("beyond_entry")
    return (None, against) if against else (fitting[0].pk, [])


def _names(entry: Entry, wish: Wish) -> bool:
    by_plate = not entry.plate or entry.plate == wish.plate
    return by_plate and (entry.department is None or entry.department == wish.department)


def _fits(entry: Entry, wish: Wish) -> bool:
    inside = all(code.startswith(prefix(entry.area_code)) for code in wish.areas)
    return entry.category in ("", wish.category) and inside and wish.hours <= entry.most_hours
