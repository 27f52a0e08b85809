"""Pure decisions by the numbers of a rule: event grade, colour, the strictest of overlapping duties.

In Chinese grading rules 以上 includes the number and 以下 does not (State Council Order 493, article 3),
and the worst indicator decides. An unknown figure is None, never zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

#: From the lightest to the most serious.
GRADES = ("IV", "III", "II", "I")
COLOURS = ("blue", "yellow", "orange", "red")


@dataclass(frozen=True)
class Grading:
    """A proposed grade or level, and the figure that decided it."""

    grade: str
    indicator: str
    figure: Any
    threshold: Any


@dataclass(frozen=True)
class Colouring:
    """A proposed colour, and the figure that decided it; the window is in hours, 0 without one."""

    colour: str
    quantity: str
    window_h: int
    figure: float
    threshold: float


@dataclass(frozen=True)
class Duty:
    """A report that somebody owes, the rule that says so, and the looser rules that it covers."""

    from_role: str
    to_role: str
    channel: str
    start: str
    minutes: int
    reference: str
    citation: str
    overlapped: tuple["Duty", ...] = field(default=(), compare=False)


class Rule(Protocol):
    """What a judgement needs to know of a rule: the catalogue's texts and the stored versions both fit."""

    jurisdiction: str
    params: Any

    @property
    def reference(self) -> str: ...
    @property
    def citation(self) -> str: ...


def grade_by_bands(
    levels: Iterable[Mapping[str, Any]],
    figures: Mapping[str, Any],
    *,
    counted_as: Mapping[str, str] | None = None,
    key: str = "grade",
) -> Grading | None:
    """The worst grade of which any one figure reaches its threshold; None while no figure is known.

    Order 493 article 3: ten deaths are 重大; article 12: missing persons count among the dead of a report.

    >>> levels = [{"grade": "II", "dead": 10}, {"grade": "III", "dead": 3, "injured": 10}]
    >>> grade_by_bands(levels, {"dead": 1, "injured": 10})
    Grading(grade='III', indicator='injured', figure=10, threshold=10)
    >>> grade_by_bands(levels, {"dead": 8, "missing": 2}, counted_as={"missing": "dead"}).grade
    'II'
    >>> grade_by_bands(levels, {"dead": None})

    `key` names what is no event grade, for instance a response level; a threshold may be a colour.

    >>> grade_by_bands([{"level": "III", "rain": "orange"}], {"rain": "red"}, key="level").grade
    'III'
    """
    known = _counted(figures, counted_as or {})
    for band in sorted(levels, key=lambda band: GRADES.index(band[key]), reverse=True):
        for indicator, threshold in band.items():
            if indicator != key and indicator in known and _rank(known[indicator]) >= _rank(threshold):
                return Grading(band[key], indicator, known[indicator], threshold)
    return None


def _counted(figures: Mapping[str, Any], counted_as: Mapping[str, str]) -> dict[str, Any]:
    known = {name: figure for name, figure in figures.items() if figure is not None}
    for name, target in counted_as.items():
        if name in known:
            known[target] = known.get(target, 0) + known[name]
    return known


def _rank(value: Any) -> Any:
    return COLOURS.index(value) if isinstance(value, str) else value


def colour_by_bands(
    colours: Iterable[Mapping[str, Any]], figures: Mapping[str, Mapping[int, float] | float | None]
) -> Colouring | None:
    """The worst colour that any figure reaches: amounts by window in hours, or a plain figure.

    >>> rain = [{"colour": "blue", "window_h": 12, "mm": 50}, {"colour": "orange", "window_h": 3, "mm": 50}]
    >>> colour_by_bands(rain, {"mm": {3: 31.5, 12: 62.0}})
    Colouring(colour='blue', quantity='mm', window_h=12, figure=62.0, threshold=50)
    >>> colour_by_bands(rain, {"mm": {3: 50.0}}).colour
    'orange'
    >>> colour_by_bands([{"colour": "red", "return_years": 50}], {"return_years": 60}).colour
    'red'
    """
    for band in sorted(colours, key=lambda band: COLOURS.index(band["colour"]), reverse=True):
        window = band.get("window_h", 0)
        for quantity, threshold in band.items():
            amounts = figures.get(quantity) if quantity not in ("colour", "window_h") else None
            figure = amounts.get(window) if isinstance(amounts, Mapping) else amounts
            if figure is not None and figure >= threshold:
                return Colouring(band["colour"], quantity, window, figure, threshold)
    return None


def colour_by_references(
    colours: Iterable[Mapping[str, Any]],
    figure: float,
    references: Mapping[str, float | None],
    *,
    near: float = 0.0,
) -> Colouring | None:
    """The worst colour of a water level against a station's own marks; `near` is how far below 接近 begins.

    >>> flood = [
    ...     {"colour": "blue", "reference": "warning", "is_near": True},
    ...     {"colour": "yellow", "reference": "warning"},
    ... ]
    >>> colour_by_references(flood, 38.75, {"warning": 39.0}, near=0.3).colour
    'blue'
    >>> colour_by_references(flood, 39.0, {"warning": 39.0}, near=0.3).colour
    'yellow'
    >>> colour_by_references(flood, 39.0, {"warning": None})
    """
    for band in sorted(colours, key=lambda band: COLOURS.index(band["colour"]), reverse=True):
        mark = references.get(band["reference"])
        if mark is None:
            continue
        threshold = mark - near if band.get("is_near") else mark
        if figure >= threshold:
            return Colouring(band["colour"], band["reference"], 0, figure, threshold)
    return None


def covers(categories: Iterable[str], category: str) -> int:
    """How many digits of an event code the fittest of some code prefixes covers, -1 when none does.

    >>> covers(["12", "12D"], "12D03"), covers([""], "11B01"), covers(["13"], "12D03")
    (3, 0, -1)
    """
    return max((len(start) for start in categories if category.startswith(start)), default=-1)


AnyRule = TypeVar("AnyRule", bound=Rule)


def fittest(rules: Iterable[AnyRule], category: str) -> AnyRule | None:
    """The rule whose `categories` name an event code most closely, None when no rule does."""
    ranked = [(covers(rule.params.get("categories", ()), category), rule) for rule in rules]
    best = max((rank for rank, _ in ranked), default=-1)
    return next((rule for rank, rule in ranked if rank == best), None) if best >= 0 else None


def strictest(
    deadlines: Iterable[Rule], *, category: str, grade: str | None, jurisdiction: str, from_role: str = ""
) -> tuple[Duty, ...]:
    """The reports owed for an event, the most urgent first; of rules for the same report the shortest binds.

    A rule applies in its jurisdiction, to its categories, and from its lowest grade on; while the grade is
    unknown only the rules for every grade do. `from_role` keeps one reporter's duties.
    """
    owed: dict[tuple[str, str, str], list[Duty]] = {}
    for rule in deadlines:
        params = rule.params
        least = params.get("min_grade")
        if (
            jurisdiction.startswith(rule.jurisdiction)
            and covers(params["categories"], category) >= 0
            and (not least or (grade in GRADES and GRADES.index(grade) >= GRADES.index(least)))
            and from_role in ("", params["from_role"])
        ):
            duty = Duty(
                from_role=params["from_role"],
                to_role=params["to_role"],
                channel=params["channel"],
                start=params["start"],
                minutes=params["minutes"],
                reference=rule.reference,
                citation=rule.citation,
            )
            owed.setdefault((duty.from_role, duty.to_role, duty.channel), []).append(duty)
    binding = []
    for duties in owed.values():
        first, *looser = sorted(duties, key=lambda duty: duty.minutes)
        binding.append(Duty(**vars(first) | {"overlapped": tuple(looser)}))
    return tuple(sorted(binding, key=lambda duty: duty.minutes))
