"""Individual and societal risk of major hazards: from frequencies and lethality to criteria (个人风险与社会风险).

Sources, as collected in the project's standards (section 7) with their check status:

- individual risk criteria: the numbers of the national 2014 announcement No. 13, read there, which GB 36894-2018 table 2
  takes over for its protected targets (that the mapping is the same is recalled, 待核对);
- societal risk lines of GB 36894-2018 figure 1: 1e-3/N above and 1e-5/N below, not beyond N = 1000 (recalled, 待核对);
- release frequencies: TNO Purple Book CPR 18E (1999) chapter 3, recalled (待核对); AQ/T 3046-2013 allows them where the
  works has none of its own. National data should take their place.

Risk is per year; a scenario's lethality already contains weather and ignition, or they are further scenarios with their
share of the frequency.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """The individual risk that a class of protected targets may bear, per year (防护目标个人风险基准)."""

    code: str
    label: str
    #: For works to be built or extended, and for works in service.
    new_per_year: float
    existing_per_year: float
    source: str = "2014年13号公告数值；GB 36894-2018 表2（对应关系待核对）"


CRITERIA = (
    Criterion(code="first", label="高敏感、重要、一般一类防护目标", new_per_year=3e-7, existing_per_year=3e-6),
    Criterion(code="second", label="一般二类防护目标", new_per_year=3e-6, existing_per_year=1e-5),
    Criterion(code="third", label="一般三类防护目标", new_per_year=1e-5, existing_per_year=3e-5),
)
#: F N of the societal risk lines, and the largest N (GB 36894-2018 图1，待核对).
UNACCEPTABLE_FN, ACCEPTABLE_FN, MOST_DEATHS = 1e-3, 1e-5, 1000.0


@dataclass(frozen=True, kw_only=True)
class Release:
    """A way in which equipment lets go of its contents, and how often, per year (or per metre and year)."""

    code: str
    label: str
    per_year: float
    unit: str = "次/年"
    source: str = "Purple Book CPR 18E 第3章（回忆，待核对）"


RELEASES = (
    Release(code="pressure_vessel_rupture", label="压力储罐：瞬时全部泄漏", per_year=5e-7),
    Release(code="pressure_vessel_10min", label="压力储罐：10 min 内连续泄漏全部", per_year=5e-7),
    Release(code="pressure_vessel_10mm", label="压力储罐：10 mm 孔连续泄漏", per_year=1e-5),
    Release(code="process_vessel_rupture", label="工艺容器、反应器：瞬时全部泄漏", per_year=5e-6),
    Release(code="process_vessel_10min", label="工艺容器、反应器：10 min 内连续泄漏全部", per_year=5e-6),
    Release(code="process_vessel_10mm", label="工艺容器、反应器：10 mm 孔连续泄漏", per_year=1e-4),
    Release(code="atmospheric_tank_rupture", label="常压单防罐：瞬时全部泄漏到大气", per_year=5e-6),
    Release(code="atmospheric_tank_10min", label="常压单防罐：10 min 内连续泄漏全部", per_year=5e-6),
    Release(code="atmospheric_tank_10mm", label="常压单防罐：10 mm 孔连续泄漏", per_year=1e-4),
    Release(code="pipe_small_rupture", label="管道（内径<75 mm）：断裂", per_year=1e-6, unit="次/(m·年)"),
    Release(code="pipe_small_leak", label="管道（内径<75 mm）：泄漏（10%管径）", per_year=5e-6, unit="次/(m·年)"),
    Release(code="pipe_medium_rupture", label="管道（75～150 mm）：断裂", per_year=3e-7, unit="次/(m·年)"),
    Release(code="pipe_medium_leak", label="管道（75～150 mm）：泄漏（10%管径）", per_year=2e-6, unit="次/(m·年)"),
    Release(code="pipe_large_rupture", label="管道（>150 mm）：断裂", per_year=1e-7, unit="次/(m·年)"),
    Release(code="pipe_large_leak", label="管道（>150 mm）：泄漏（10%管径）", per_year=5e-7, unit="次/(m·年)"),
    Release(code="road_tanker_rupture", label="压力罐车：瞬时全部泄漏", per_year=5e-7),
    Release(code="hose_rupture", label="装卸软管：断裂", per_year=4e-6, unit="次/h"),
    Release(code="arm_rupture", label="装卸臂：断裂", per_year=3e-8, unit="次/h"),
)


def _table(frequency_per_year: ArrayLike, values: ArrayLike, what: str) -> tuple[Array, Array]:
    frequency, table = np.asarray(frequency_per_year, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if frequency.ndim != 1 or table.shape[:1] != frequency.shape:
        raise ValueError(f"{what}: one row for each of the {frequency.size} frequencies is needed, not {table.shape}")
    if (frequency < 0.0).any() or not np.isfinite(frequency).all() or not np.isfinite(table).all():
        raise ValueError(f"{what}: frequencies and values must be finite, frequencies not negative")
    return frequency, table


def individual_risk(frequency_per_year: ArrayLike, lethality: ArrayLike) -> Array:
    """Yearly probability that somebody who is always there dies, by place.

    `lethality` has a row for each scenario and a column for each place, shape (scenarios, places).

    >>> individual_risk([1e-5, 1e-6], [[1.0, 0.1], [1.0, 1.0]]).round(9).tolist()
    [1.1e-05, 2e-06]
    """
    frequency, lethal = _table(frequency_per_year, lethality, "lethality")
    return frequency @ lethal


def expected_deaths(lethality: ArrayLike, people: ArrayLike) -> Array:
    """Expected deaths of each scenario among so many people at each place.

    >>> expected_deaths([[1.0, 0.1], [0.0, 0.5]], [10.0, 100.0]).tolist()
    [20.0, 50.0]
    """
    return np.asarray(lethality, dtype=np.float64) @ np.asarray(people, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class SocietalCurve:
    """How often at least so many die (F-N曲线), steps from the fewest deaths to the most."""

    deaths: Array
    #: Cumulated yearly frequency of at least as many deaths.
    per_year: Array


def societal_curve(frequency_per_year: ArrayLike, deaths: ArrayLike) -> SocietalCurve:
    """The F-N curve of scenarios; what kills fewer than one person is left out.

    >>> curve = societal_curve([1e-4, 1e-6, 1e-5], [2.0, 100.0, 30.0])
    >>> curve.deaths.tolist(), curve.per_year.round(8).tolist()
    ([2.0, 30.0, 100.0], [0.000111, 1.1e-05, 1e-06])
    """
    frequency, killed = _table(frequency_per_year, deaths, "deaths")
    counts, at = np.unique(killed[killed >= 1.0], return_inverse=True)
    each = np.zeros(counts.size)
    np.add.at(each, at, frequency[killed >= 1.0])
    return SocietalCurve(deaths=counts, per_year=np.cumsum(each[::-1])[::-1])


def potential_loss_of_life(frequency_per_year: ArrayLike, deaths: ArrayLike) -> float:
    """Expected deaths a year (潜在生命损失, PLL); it is also the area under the F-N curve and risk times people.

    >>> round(potential_loss_of_life([1e-4, 1e-6], [2.0, 100.0]), 6)
    0.0003
    """
    frequency, killed = _table(frequency_per_year, deaths, "deaths")
    return float(frequency @ killed)


def societal_standing(curve: SocietalCurve) -> str:
    """Where the worst point of an F-N curve lies: acceptable, alarp (尽可能降低) or unacceptable (不可接受).

    On a line is the graver side; any frequency of more than a thousand deaths is unacceptable.

    >>> societal_standing(societal_curve([1e-7], [10.0])), societal_standing(societal_curve([1e-5], [10.0]))
    ('acceptable', 'alarp')
    >>> societal_standing(societal_curve([1e-4], [10.0])), societal_standing(societal_curve([1e-12], [1001.0]))
    ('unacceptable', 'unacceptable')
    """
    product = curve.deaths * curve.per_year
    if (product >= UNACCEPTABLE_FN * (1 - 1e-12)).any() or (curve.deaths > MOST_DEATHS).any():
        return "unacceptable"
    return "alarp" if (product >= ACCEPTABLE_FN * (1 - 1e-12)).any() else "acceptable"


def criteria_met(risk_per_year: float, *, is_new: bool) -> dict[str, bool]:
    """Whether a place's risk is bearable for each class of protected targets, by code; the limit itself is (≤).

    >>> criteria_met(3e-6, is_new=True)
    {'first': False, 'second': True, 'third': True}
    """
    return {
        one.code: risk_per_year <= (one.new_per_year if is_new else one.existing_per_year) * (1 + 1e-12)
        for one in CRITERIA
    }


def safety_distance_m(
    risk_at: Callable[[Array], Array], limit_per_year: float, *, farthest_m: float, rays: int = 36, steps: int = 200
) -> Array:
    """External safety distance by the risk method in each direction from north clockwise, m (风险法外部安全防护距离).

    The farthest point on each ray where the individual risk exceeds the limit; `risk_at` takes places of shape (n, 2).
    ValueError where the limit is still exceeded at `farthest_m`: look farther.

    >>> safety_distance_m(lambda at: 1e-3 / (1 + np.hypot(*at.T)) ** 2, 3e-7, farthest_m=200.0, rays=2).round()
    array([57., 57.])
    """
    angle = np.linspace(0.0, 2.0 * np.pi, rays, endpoint=False)
    away = np.linspace(0.0, farthest_m, steps + 1)
    unit = np.column_stack((np.sin(angle), np.cos(angle)))
    places = (unit[:, None, :] * away[:, None]).reshape(-1, 2)
    excess = np.log(np.maximum(risk_at(places).reshape(rays, -1), 1e-30) / limit_per_year)
    if (excess[:, -1] > 0.0).any():
        raise ValueError(f"the risk still exceeds {limit_per_year:g} a year at {farthest_m:g} m; look farther")
    found = np.zeros(rays)
    for ray in range(rays):
        above = np.flatnonzero(excess[ray] > 0.0)
        if above.size:
            at = above[-1]
            share = excess[ray, at] / (excess[ray, at] - excess[ray, at + 1])
            found[ray] = away[at] + share * (away[at + 1] - away[at])
    return found
