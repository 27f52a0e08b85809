"""Individual and societal risk of major hazards: from frequencies and lethality to criteria (个人风险与社会风险).

Criteria, lines and release frequencies are rules of the catalogue (`risk.*`) with their source and check status.
Risk is per year; a scenario's lethality already contains weather and ignition, or they are further scenarios with their
share of the frequency.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


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


@dataclass(frozen=True, kw_only=True)
class SocietalLines:
    """F N of the two lines of societal risk, and the most deaths that are ever borne."""

    unacceptable_fn: float
    acceptable_fn: float
    most_deaths: float


def societal_standing(curve: SocietalCurve, lines: SocietalLines) -> str:
    """Where the worst point of an F-N curve lies: acceptable, alarp (尽可能降低) or unacceptable (不可接受).

    On a line is the graver side; any frequency of more than the most deaths is unacceptable.

    >>> lines = SocietalLines(unacceptable_fn=1e-3, acceptable_fn=1e-5, most_deaths=1000)
    >>> [societal_standing(societal_curve([often], [10.0]), lines) for often in (1e-7, 1e-5, 1e-4)]
    ['acceptable', 'alarp', 'unacceptable']
    >>> societal_standing(societal_curve([1e-12], [1001.0]), lines)
    'unacceptable'
    """
    product = curve.deaths * curve.per_year
    if (product >= lines.unacceptable_fn * (1 - 1e-12)).any() or (curve.deaths > lines.most_deaths).any():
        return "unacceptable"
    return "alarp" if (product >= lines.acceptable_fn * (1 - 1e-12)).any() else "acceptable"


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
