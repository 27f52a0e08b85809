"""Which lots go out first, how near they are to their end, and how much a reserve has to hold; pure decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A lot that lies in a depot."""

    lot: int
    quantity: int
    expires_on: date | None = None
    produced_on: date | None = None
    is_fit: bool = True


def first_expired(offers: Iterable[Offer], wanted: int, today: date) -> tuple[list[tuple[int, int]], int]:
    """Lots to take with the quantity of each, first expired first out, and how much is missing.

    What has expired or did not pass inspection is left. Lots without an end go last, the oldest first.

    >>> lots = [Offer(lot=1, quantity=5), Offer(lot=2, quantity=5, expires_on=date(2026, 9, 1)),
    ...         Offer(lot=3, quantity=9, expires_on=date(2025, 9, 1))]
    >>> first_expired(lots, 8, date(2026, 1, 1))
    ([(2, 5), (1, 3)], 0)
    >>> first_expired(lots, 12, date(2026, 1, 1))
    ([(2, 5), (1, 5)], 2)
    """
    usable = [one for one in offers if one.is_fit and not (one.expires_on and one.expires_on < today)]
    usable.sort(key=lambda one: (one.expires_on or date.max, one.produced_on or date.max, one.lot))
    taken, left = [], wanted
    for one in usable:
        if left <= 0:
            break
        part = min(one.quantity, left)
        if part > 0:
            taken.append((one.lot, part))
            left -= part
    return taken, max(left, 0)


def expiry_level(days_left: int | None, days: Sequence[int]) -> str:
    """The colour of a lot by its days left: red when expired or within the last limit, then orange, yellow; "" else.

    >>> [expiry_level(n, (180, 90, 30)) for n in (None, 400, 180, 90, 30, -1)]
    ['', '', 'yellow', 'orange', 'red', 'red']
    """
    if days_left is None:
        return ""
    colours = ("yellow", "orange", "red")
    reached = [colour for limit, colour in zip(sorted(days, reverse=True), colours, strict=False) if days_left <= limit]
    return reached[-1] if reached else ""


def reserve_people(level: str, params: Mapping[str, Any], which: str = "least") -> int:
    """For how many people a government of a level ("city" or "county") keeps living supplies.

    >>> reserve_people("county", {"levels": [{"level": "county", "least": 5000, "most": 7000}]})
    5000
    """
    return next((int(row[which]) for row in params["levels"] if row["level"] == level), 0)


def kit_norm(kit: str, people: int, params: Mapping[str, Any], content: float = 1) -> int:
    """Units of an item that so many people need, by the kit for one person, rounded up.

    >>> params = {"items": [{"kit": "water", "per_person": 3, "days": 3}, {"kit": "tent", "per_person": 0.2, "days": 1}]}
    >>> kit_norm("water", 5000, params, content=12), kit_norm("tent", 5000, params), kit_norm("coat", 5000, params)
    (3750, 1000, 0)
    """
    row = next((row for row in params["items"] if row["kit"] == kit), None)
    return ceil(round(people * row["per_person"] * row["days"] / content, 6)) if row else 0
