"""The source from what monitors measured: strength and wind direction with their uncertainty (源项反算).

Concentrations are proportional to the strength of the release, so for each wind direction the most likely factor and the
misfit have a closed form; the posterior is then a sum over a grid of directions (Bayesian, weights from the declared
uncertainty of the forecast wind). Errors of monitors are taken as log-normal where they measured something, and the
model's own error (a factor of about 2, standard deviation 0.6 of the logarithm, from the verification of this model) is
added; values below a monitor's detection limit count by the chance of staying below it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import norm

from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.declaring import ScenarioError, check
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.toxic_release.cloud import released
from anlan.science.hazards.toxic_release.field import history
from anlan.science.hazards.toxic_release.scenario import Scenario
from anlan.science.statistics.agreement import fac2, geometric_mean_bias

#: Standard deviation of the logarithm of observed over modelled concentrations.
MODEL_ERROR = 0.6
#: Factors on the source that are considered.
FACTORS = np.geomspace(0.01, 100.0, 241)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """A concentration at a place, metres east and north of the source, and a time since the release began."""

    east_m: float
    north_m: float
    at_s: float
    value_ppm: float
    #: Relative standard error of the instrument.
    error: float = 0.2
    #: Below this the instrument shows nothing, ppm.
    detection_ppm: float = 0.1
    #: Time of the mean that is shown, s.
    averaging_s: float = 60.0
    height_m: float = 1.5


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What measurements say of the release; intervals hold 90 %."""

    factor: float
    factor_interval: tuple[float, float]
    wind_from_deg: float
    wind_interval_deg: tuple[float, float]
    #: Agreement of the forecast, and of the re-estimated release, with the values above detection.
    fac2_before: float
    fac2_after: float
    bias_before: float
    bias_after: float
    #: The scenario with source and wind as most likely.
    scenario: Scenario
    notes: tuple[str, ...]


def modelled(scenario: Scenario, measurements: tuple[Measurement, ...]) -> NDArray[np.float64]:
    """What monitors would show, ppm."""
    release = released(scenario)
    what = substance(scenario.substance)
    per_ppm = what.in_kg_m3(1.0, "ppm", release.air.temperature_k, release.air.pressure_pa)
    found = np.empty(len(measurements))
    for at, one in enumerate(measurements):
        times = np.linspace(max(one.at_s - one.averaging_s, 0.0), max(one.at_s, 1e-3), 5)
        place = np.array([[one.east_m, one.north_m]])
        found[at] = history(release.cloud, place, times, height=release.level(one.height_m)).mean() / per_ppm
    return found


def reestimate(scenario: Scenario, measurements: tuple[Measurement, ...], *, wind_error_deg: float = 15.0) -> Estimate:
    """The release that explains the measurements best; ScenarioError where they say nothing.

    >>> from anlan.science.hazards.toxic_release.scenario import Source, Weather
    >>> made = Scenario(substance="chlorine", source=Source(kind="rate", rate_kg_s=1.0, duration_s=3600.0),
    ...                 weather=Weather(wind_m_s=3.0, wind_from_deg=180.0), model="passive")
    >>> places = [(x, y) for x in (-60.0, 0.0, 60.0) for y in (400.0, 800.0)]
    >>> blank = tuple(Measurement(east_m=x, north_m=y, at_s=1200.0, value_ppm=0.0) for x, y in places)
    >>> truth = replace(made, source=replace(made.source, factor=3.0))
    >>> seen = tuple(replace(one, value_ppm=float(v)) for one, v in zip(blank, modelled(truth, blank)))
    >>> bool(2.0 < reestimate(made, seen).factor < 4.5)
    True
    """
    check(scenario)
    if len(measurements) < 2:
        raise ScenarioError({"measurements": "：至少需要两个监测值"})
    base = scenario.weather.wind_from_deg
    turns = np.linspace(-3.0 * wind_error_deg, 3.0 * wind_error_deg, 61)
    log_posterior = np.empty((turns.size, FACTORS.size))
    unit = replace(scenario, source=replace(scenario.source, factor=1.0))
    for at, turn in enumerate(turns):
        turned = _turned(unit, base + float(turn))
        log_posterior[at] = _log_likelihood(modelled(turned, measurements), measurements)
        log_posterior[at] += norm.logpdf(turn, scale=wind_error_deg)
    # the source is known to within about an order of magnitude
    log_posterior += norm.logpdf(np.log(FACTORS / scenario.source.factor), scale=np.log(10.0))[None, :]
    if not np.isfinite(log_posterior).any():
        raise ScenarioError({"measurements": "：监测点不在任何可能的下风向，无法反算"})
    weights = np.exp(log_posterior - logsumexp(log_posterior))
    by_factor, by_turn = weights.sum(axis=0), weights.sum(axis=1)
    # Source and wind are correlated (off the axis a stronger source explains the same): the most likely pair, not the
    # means of each, which together may explain nothing.
    at_turn, at_factor = np.unravel_index(int(weights.argmax()), weights.shape)
    best_turn, factor = float(turns[at_turn]), float(FACTORS[at_factor])
    fitted = _turned(unit, base + best_turn)
    fitted = replace(fitted, source=replace(fitted.source, factor=float(np.clip(factor, 0.01, 100.0))))
    seen = np.array([one.value_ppm for one in measurements])
    above = seen > np.array([one.detection_ppm for one in measurements])
    before, after = modelled(scenario, measurements)[above], modelled(fitted, measurements)[above]
    floor = 1e-6
    return Estimate(
        factor=factor,
        factor_interval=_interval(FACTORS, by_factor),
        wind_from_deg=(base + best_turn) % 360.0,
        wind_interval_deg=tuple((base + one) % 360.0 for one in _interval(turns, by_turn)),  # type: ignore[arg-type]
        fac2_before=fac2(seen[above], before),
        fac2_after=fac2(seen[above], after),
        bias_before=geometric_mean_bias(np.maximum(seen[above], floor), np.maximum(before, floor)),
        bias_after=geometric_mean_bias(np.maximum(seen[above], floor), np.maximum(after, floor)),
        scenario=fitted,
        notes=_notes(measurements, above, by_factor, by_turn),
    )


def _turned(scenario: Scenario, wind_from_deg: float) -> Scenario:
    return replace(scenario, weather=replace(scenario.weather, wind_from_deg=wind_from_deg % 360.0))


def _log_likelihood(unit: NDArray[np.float64], measurements: tuple[Measurement, ...]) -> NDArray[np.float64]:
    """Of each factor; `unit` is what a release of factor 1 shows."""
    total = np.zeros(FACTORS.size)
    for shown, one in zip(unit, measurements, strict=True):
        spread = np.hypot(MODEL_ERROR, one.error)
        # a value much below detection cannot tell apart how far below it is
        expected = np.maximum(FACTORS * shown, 1e-3 * one.detection_ppm)
        if one.value_ppm > one.detection_ppm:
            total += norm.logpdf(np.log(one.value_ppm), np.log(expected), spread)
        else:
            total += norm.logcdf(np.log(one.detection_ppm), np.log(expected), spread)
    return total


def _interval(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    share = np.cumsum(weights)
    return (float(np.interp(0.05, share, values)), float(np.interp(0.95, share, values)))


def _notes(
    measurements: tuple[Measurement, ...], above: NDArray[np.bool_], by_factor: NDArray, by_turn: NDArray
) -> tuple[str, ...]:
    found = [
        tell(
            "用 {count} 个监测值反算，其中 {above} 个高于检出限；风速和稳定度不变。",
            count=len(measurements),
            above=int(above.sum()),
        )
    ]
    if by_factor[0] + by_factor[-1] > 0.01:
        found.append("源强系数顶到搜索范围（0.01–100），结果不可信，请检查情景。")
    if by_turn[0] + by_turn[-1] > 0.02:
        found.append("风向顶到搜索范围，监测值与所给风向矛盾，请检查风向或泄漏位置。")
    if above.sum() < 3:
        found.append("高于检出限的监测值少于 3 个，风向与源强难以分开。")
    return tuple(found)
