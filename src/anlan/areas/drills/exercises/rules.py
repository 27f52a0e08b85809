"""When a unit's next exercise is due: pure decisions by the rules of frequency."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

#: What a rule may ask for, and whether an exercise of this kind and coverage is one.
JUDGED = {
    "any": lambda kind, coverage: True,
    "on_site": lambda kind, coverage: kind == "on_site",
    "comprehensive_or_special": lambda kind, coverage: coverage in ("comprehensive", "special"),
}


class FrequencyRule(Protocol):
    """What the decision needs to know of a rule."""

    jurisdiction: str
    params: Mapping[str, Any]

    @property
    def reference(self) -> str: ...
    @property
    def citation(self) -> str: ...


@dataclass(frozen=True)
class Held:
    """An exercise that took place."""

    on: date
    kind: str
    coverage: str


@dataclass(frozen=True)
class Due:
    """The day by which the next exercise is owed, and the rule that says so."""

    on: date
    what: str
    months: int
    #: The last exercise that counts for it; None where there was none.
    last_on: date | None
    reference: str
    citation: str
    #: The other rules that apply, each with its own day, the soonest first.
    others: tuple["Due", ...] = field(default=(), compare=False)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month.

    >>> add_months(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def applying(rules: Iterable[FrequencyRule], *, category: str, area: str) -> list[FrequencyRule]:
    """The rules for a unit's category in its area that can be judged by the ledger of exercises.

    Rules on yearly plans and on every single plan of a unit need a list of its plans, and are left out.
    """
    return [
        rule
        for rule in rules
        if category in rule.params["units"] and rule.params["what"] in JUDGED and area.startswith(rule.jurisdiction)
    ]


def next_due(rules: Iterable[FrequencyRule], held: Iterable[Held], since: date) -> Due | None:
    """The soonest day that any of the rules sets: of overlapping duties the strictest applies, all are kept.

    A rule asks for so many exercises in so many months; the months count from the last that it counts (from the one
    before it where it asks for two), or from the day on which the duty began.
    """
    rows = sorted(held, key=lambda one: one.on, reverse=True)
    found = []
    for rule in rules:
        what, times, months = (rule.params[name] for name in ("what", "times", "months"))
        counted = [one.on for one in rows if JUDGED[what](one.kind, one.coverage)]
        start = counted[times - 1] if len(counted) >= times else since
        last = counted[0] if counted else None
        found.append(Due(add_months(start, months), what, months, last, rule.reference, rule.citation))
    if not found:
        return None
    first, *others = sorted(found, key=lambda due: (due.on, due.months, due.reference))
    return Due(**{**vars(first), "others": tuple(others)})
