"""Pure decisions about incidents: the grade that a rule proposes, how alike two reports are."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from anlan.foundation.rules.judging import GRADES, AnyRule, fittest, grade_by_bands
from anlan.science.geo.distance import great_circle_km


@dataclass(frozen=True)
class Indicator:
    """One figure that a grading rule looks at: what is known, and the grade that it alone gives."""

    name: str
    #: None where nobody knows it yet.
    figure: Any
    #: Threshold from which each grade begins.
    thresholds: dict[str, Any]
    grade: str


@dataclass(frozen=True)
class GradeProposal:
    """A proposed grade, the rule version and clause that say so, and every indicator considered."""

    #: Empty while no figure is known.
    grade: str
    #: Name of the indicator that decided.
    decided_by: str
    rule: str
    citation: str
    indicators: tuple[Indicator, ...]

    def as_data(self) -> dict[str, Any]:
        """The proposal as JSON values, for the timeline."""
        return asdict(self)


def propose_grade(rules: Iterable[AnyRule], code: str, figures: Mapping[str, Any]) -> GradeProposal | None:
    """The grade by the rule that fits the event's code most closely; None where no rule grades such events.

    Public security events have no statutory grade (突发事件应对法 2024, article 3), and no rule invents one.

    >>> class Order493:
    ...     params = {
    ...         "categories": ["12"],
    ...         "counted_as": {"missing": "dead"},
    ...         "levels": [{"grade": "III", "dead": 3}, {"grade": "IV", "dead": 0}],
    ...     }
    ...     reference, citation = "grading.production_safety@1", "国务院令第493号 第三条"
    >>> propose_grade([Order493], "12D00", {"dead": 2, "missing": 1}).grade
    'III'
    >>> propose_grade([Order493], "12D00", {}).grade
    ''
    >>> propose_grade([Order493], "14B00", {"dead": 3}) is None
    True
    """
    rule = fittest(rules, code)
    if rule is None:
        return None
    levels, counted_as = rule.params["levels"], rule.params.get("counted_as") or {}
    known = {name: value for name, value in figures.items() if value is not None}
    decided = grade_by_bands(levels, known, counted_as=counted_as)
    names = dict.fromkeys(name for band in levels for name in band if name != "grade")
    indicators = tuple(_indicator(name, levels, known, counted_as) for name in names)
    return GradeProposal(
        grade=decided.grade if decided else "",
        decided_by=decided.indicator if decided else "",
        rule=rule.reference,
        citation=rule.citation,
        indicators=indicators,
    )


def _indicator(name: str, levels: list[dict], known: Mapping[str, Any], counted_as: Mapping[str, str]) -> Indicator:
    parts = [known.get(name), *(known.get(other) for other, target in counted_as.items() if target == name)]
    counted = [part for part in parts if part is not None]
    figure = sum(counted) if counted else None
    bands = {band["grade"]: band[name] for band in levels if name in band}
    reached = [grade for grade in GRADES if grade in bands and figure is not None and figure >= bands[grade]]
    return Indicator(name, figure, bands, reached[-1] if reached else "")


@dataclass(frozen=True)
class Report:
    """What a duplicate check compares: when, where, in which words."""

    at: datetime
    area_code: str
    text: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Likeness:
    """How alike two reports are, 0 to 1, and the three parts of it; distance is unknown without positions."""

    score: float
    minutes_apart: int
    distance_km: float | None
    shared_words: tuple[str, ...]


def likeness(new: Report, old: Report, *, hours: float, km: float, weights: Mapping[str, float]) -> Likeness:
    """Compare two reports by time, distance and words; beyond `hours` or `km` that part counts nothing.

    >>> at = datetime(2019, 8, 10, 15, 0)
    >>> weights = {"time": 0.3, "distance": 0.4, "words": 0.3}
    >>> first = Report(at, "371526105", "姜店镇道路积水", 116.30, 36.80)
    >>> likeness(first, first, hours=6, km=5, weights=weights).score
    1.0
    >>> far = Report(at, "371581001", "化工厂冒白烟", 115.70, 36.84)
    >>> likeness(first, far, hours=6, km=5, weights=weights).score
    0.3
    """
    minutes = abs((new.at - old.at).total_seconds()) / 60
    in_time = max(0.0, 1 - minutes / (60 * hours))
    apart = None
    if None not in (new.lon, new.lat, old.lon, old.lat):
        apart = great_circle_km(new.lon, new.lat, old.lon, old.lat)
        near = max(0.0, 1 - apart / km)
    else:
        # Without positions the township, county or city in common stands in for the distance.
        near = _common(new.area_code, old.area_code) / 9
    mine, theirs = _pairs(new.text), _pairs(old.text)
    shared = mine & theirs
    alike = len(shared) / min(len(mine), len(theirs)) if mine and theirs else 0.0
    score = weights["time"] * in_time + weights["distance"] * near + weights["words"] * alike
    return Likeness(round(score, 2), round(minutes), None if apart is None else round(apart, 1), tuple(sorted(shared)))


def _common(one: str, other: str) -> int:
    shared = 0
    for a, b in zip(one[:9], other[:9], strict=False):
        if a != b:
            break
        shared += 1
    return shared


def _pairs(text: str) -> set[str]:
    """Neighbouring characters, the usual stand-in for words in Chinese text."""
    letters = [c for c in text if c.isalnum()]
    return {a + b for a, b in zip(letters, letters[1:], strict=False)}
