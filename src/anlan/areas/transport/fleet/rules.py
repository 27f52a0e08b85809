"""What a convoy has against its standard: counted piece by piece, with why a piece does not count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import NoRule, rule


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A person, a vehicle or a load of gear as the standard sees it."""

    title: str
    kind: str
    quantity: int = 1
    #: Papers with their ends; None where nobody entered one, and then it proves nothing.
    papers: tuple[tuple[str, date | None], ...] = ()
    #: Why it cannot leave now though its papers are in order; empty when it can.
    away: str = ""

    def fault(self, today: date) -> str:
        """The first paper that is missing or over; empty when all are in order.

        >>> Piece(title="鲁P1", kind="bus", papers=(("年检", date(2026, 1, 1)),)).fault(date(2026, 2, 1))
        '年检 2026-01-01 到期'
        """
        for name, until in self.papers:
            if until is None:
                return _("%(paper)s有效期未登记") % {"paper": name}
            if until < today:
                return _("%(paper)s %(until)s 到期") % {"paper": name, "until": until}
        return ""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One line of the standard: how many at least, how many are proven, how many can leave now."""

    title: str
    least: int
    have: int
    #: With all papers in order.
    proven: int
    #: And neither in repair, away nor out.
    ready: int
    #: Pieces that do not count now, with why.
    faults: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        return self.proven >= self.least

    @property
    def is_ready(self) -> bool:
        return self.ready >= self.least

    @property
    def missing(self) -> int:
        return max(self.least - self.ready, 0)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A convoy's composition against the standard (编成证明)."""

    lines: tuple[Requirement, ...]

    @property
    def meets(self) -> bool:
        """Whether what is registered with papers in order is enough, wherever it is now."""
        return bool(self.lines) and all(line.is_met for line in self.lines)

    @property
    def is_ready(self) -> bool:
        return bool(self.lines) and all(line.is_ready for line in self.lines)

    @property
    def readiness(self) -> int | None:
        """How much of the standard can leave now, per cent, over its lines; None without a standard."""
        parts = [min(line.ready / line.least, 1.0) for line in self.lines if line.least]
        return round(100 * sum(parts) / len(parts)) if parts else None

    @property
    def faults(self) -> list[str]:
        """Every piece that does not count now with why, each once."""
        return list(dict.fromkeys(fault for line in self.lines for fault in line.faults))

    @property
    def missing(self) -> list[Requirement]:
        """The lines that keep it from leaving whole."""
        return [line for line in self.lines if not line.is_ready]


def weigh(title: str, least: int, pieces: Iterable[Piece], today: date) -> Requirement:
    """Count the pieces that a line of the standard is about.

    >>> pieces = [Piece(title="A", kind="bus"), Piece(title="B", kind="bus", away="维修"),
    ...           Piece(title="C", kind="bus", papers=(("年检", None),))]
    >>> weigh("客车", 2, pieces, date(2026, 1, 1))
    Requirement(title='客车', least=2, have=3, proven=2, ready=1, faults=('B：维修', 'C：年检有效期未登记'))
    """
    have = proven = ready = 0
    faults = []
    for one in pieces:
        have += one.quantity
        fault = one.fault(today)
        proven += 0 if fault else one.quantity
        ready += 0 if fault or one.away else one.quantity
        if fault or one.away:
            faults.append(f"{one.title}：{fault or one.away}")
    return Requirement(title=title, least=least, have=have, proven=proven, ready=ready, faults=tuple(faults))


def prove(
    standard: Mapping[str, Any], *, people: Sequence[Piece], vehicles: Sequence[Piece], gear: Sequence[Piece],
    titles: Mapping[str, str], today: date,
) -> Proof:  # fmt: skip
    """Hold people, vehicles and gear against the numbers of the rule `transport.convoy_standard`.

    `titles` say what people call the kinds. The standard's keys: people, drivers, vehicles, by_kind, gear.
    """
    drivers = [one for one in people if one.kind == "driver"]
    lines = [
        weigh(_("人员"), standard["people"], people, today),
        weigh(_("驾驶员"), standard["drivers"], drivers, today),
        weigh(_("车辆"), standard["vehicles"], vehicles, today),
    ]
    for row in standard.get("by_kind", ()):
        kinds = row["kinds"]
        chosen = [one for one in vehicles if one.kind in kinds]
        lines.append(weigh(_("或").join(titles.get(kind, kind) for kind in kinds), row["least"], chosen, today))
    for row in standard.get("gear", ()):
        chosen = [one for one in gear if one.kind == row["kind"]]
        lines.append(weigh(titles.get(row["kind"], row["kind"]), row["least"], chosen, today))
    return Proof(lines=tuple(lines))


def standard_on(day: date) -> Rule | None:
    """The standard in force on a day; None where nobody loaded one."""
    try:
        return rule("transport.convoy_standard", on=day)
    except NoRule:
        return None


def licences(
    kind: str, seats: int | None, weight_t: float | None, rows: Iterable[Mapping[str, Any]]
) -> tuple[str, ...]:
    """The licence classes that may drive a vehicle by the rule `transport.driving_licence`; none where no row is about it.

    >>> rows = [{"kinds": ["bus"], "min_seats": 20, "classes": ["A1"]}, {"kinds": ["bus"], "classes": ["A1", "B1"]}]
    >>> licences("bus", 49, None, rows), licences("bus", None, None, rows), licences("pump", None, 9.0, rows)
    (('A1',), ('A1', 'B1'), ())
    """
    for row in rows:
        fits = (seats or 0) >= row.get("min_seats", 0) and (weight_t or 0) >= row.get("min_weight_t", 0)
        if kind in row["kinds"] and fits:
            return tuple(row["classes"])
    return ()


def expiry_level(until: date | None, today: date, days: Sequence[int]) -> str:
    """The colour of a paper by its end: red when over or within the last limit, then orange, yellow; "" else.

    >>> [expiry_level(date(2026, 1, n), date(2026, 1, 1), (60, 30, 7)) for n in (1, 20)]
    ['red', 'orange']
    >>> expiry_level(None, date(2026, 1, 1), (60, 30, 7)), expiry_level(date(2027, 1, 1), date(2026, 1, 1), (60, 30, 7))
    ('', '')
    """
    left = None if until is None else (until - today).days
    reached = [
        colour
        for limit, colour in zip(sorted(days, reverse=True), ("yellow", "orange", "red"), strict=False)
        if left is not None and left <= limit
    ]
    return reached[-1] if reached else ""
