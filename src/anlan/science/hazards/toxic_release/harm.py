"""What concentrations do to people: levels, toxic load, probability of death, shelter (毒性后果).

AEGLs are compared with the greatest mean over each of the five times that they are given for; a level is reached where
any of them is exceeded. ERPGs hold for 60 min, IDLH for the peak, MAC for the peak, PC-STEL for 15 min. The probability
of death is Phi(Y - 5), Y = a + b ln(integral of C^n dt) (TNO Purple Book CPR 18E, 5.2; a published probit).
"""

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from anlan.science.hazards.chemicals import AEGL_MINUTES, GAS_CONSTANT, Published, Substance
from anlan.science.hazards.outcomes import Level
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.toxic_release.field import WINDOWS_MIN, Exposure


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A level with what it is compared with."""

    level: Level
    #: Thresholds in kg/m3 by the time of the mean, min; 0 is the peak.
    by_minutes: dict[float, float]
    #: Toxic load that kills the share `level.value` %, (kg/m3)^n s; nan for levels by concentration.
    load: float = float("nan")

    @property
    def lowest_kg_m3(self) -> float:
        """The threshold at a moment: that of the shortest time."""
        return self.by_minutes[min(self.by_minutes)] if self.by_minutes else float("nan")


def aegl_at(values: tuple[float | None, ...], minutes: float) -> float | None:
    """An AEGL for another time between 10 min and 8 h, on a straight line of log concentration over log time.

    >>> [round(aegl_at((50.0, 28.0, 20.0, 10.0, 7.1), minutes), 1) for minutes in (20.0, 60.0)]
    [34.7, 20.0]
    """
    known = [(at, value) for at, value in zip(AEGL_MINUTES, values, strict=True) if value is not None]
    if not known:
        return None
    times, found = zip(*known, strict=True)
    return float(np.exp(np.interp(np.log(minutes), np.log(times), np.log(found))))


def limits(what: Substance, temperature_k: float, pressure_pa: float) -> tuple[Limit, ...]:
    """All levels of a substance, gravest last; what is not published is left out."""

    def kg(value: float, unit: str) -> float:
        return what.in_kg_m3(value, unit, temperature_k, pressure_pa)

    found = []
    work = what.workplace
    if work is not None:
        ceiling, _mean, short = work.values
        name, value, minutes = ("MAC", ceiling, 0.0) if ceiling is not None else ("PC-STEL", short, 15.0)
        if value is not None:
            found.append(_limit("gbz", f"GBZ 2.1 {name}", value, work, 1, {minutes: kg(value, "mg/m3")}))
    for number, (severity, published) in enumerate(zip((1, 2, 3), what.aegl, strict=True), 1):
        if published is not None:
            pairs = {at: v for at, v in zip(AEGL_MINUTES, published.values, strict=True) if v is not None}
            value = pairs.get(60.0, min(pairs.values()))
            by = {at: kg(v, published.unit) for at, v in pairs.items()}
            found.append(_limit(f"aegl{number}", f"AEGL-{number}", value, published, severity, by))
    if what.erpg is not None:
        for number, (severity, value) in enumerate(zip((1, 2, 3), what.erpg.values, strict=True), 1):
            if value is not None:
                by = {60.0: kg(value, what.erpg.unit)}
                found.append(_limit(f"erpg{number}", f"ERPG-{number}", value, what.erpg, severity, by))
    if what.idlh is not None and what.idlh.values[0] is not None:
        value = what.idlh.values[0]
        found.append(_limit("idlh", "IDLH", value, what.idlh, 3, {0.0: kg(value, what.idlh.unit)}))
    if what.probit is not None:
        for share in (1.0, 50.0):
            level = Level(code=f"lethal{share:.0f}", label=tell("致死概率 {share:.0f} %", share=share), value=share, unit="%",
                          source=what.probit.source, severity=4)  # fmt: skip
            load = lethal_load(what, share / 100.0, temperature_k, pressure_pa)
            found.append(Limit(level=level, by_minutes={}, load=load))
    return tuple(found)


def _limit(code: str, label: str, value: float, published: Published, severity: int, by: dict[float, float]) -> Limit:
    source = published.source
    level = Level(code=code, label=label, value=value, unit=published.unit, source=source, severity=severity)
    return Limit(level=level, by_minutes=by)


def ratio(limit: Limit, exposure: Exposure) -> NDArray[np.float64]:
    """How many times a level is exceeded at places; 1 is reached."""
    if not np.isnan(limit.load):
        return exposure.load / limit.load
    found = np.zeros_like(exposure.peak)
    for minutes, threshold in limit.by_minutes.items():
        values = exposure.peak if minutes == 0.0 else exposure.means[WINDOWS_MIN.index(minutes)]
        found = np.maximum(found, values / threshold)
    return found


def exponent(what: Substance) -> float:
    """The exponent n of the toxic load; 1 where no probit is published."""
    return 1.0 if what.probit is None else what.probit.n


def lethality(what: Substance, load: ArrayLike, temperature_k: float, pressure_pa: float) -> NDArray[np.float64]:
    """Probability of death for loads in (kg/m3)^n s; nan where no probit is published.

    >>> from anlan.science.hazards.chemicals import substance
    >>> co = substance("carbon_monoxide")  # Purple Book appendix 6.B: 21.3 g/m3 for 30 min, probit 5.97
    >>> lethality(co, 0.0213 * 1800.0, 293.15, 101325.0).round(3)
    np.float64(0.833)
    """
    load = np.asarray(load, dtype=np.float64)
    if what.probit is None:
        return np.full(load.shape, np.nan)
    with np.errstate(divide="ignore"):
        y = what.probit.a + what.probit.b * np.log(load * _load_unit(what, temperature_k, pressure_pa))
    return np.asarray(ndtr(y - 5.0))


def lethal_load(what: Substance, share: float, temperature_k: float, pressure_pa: float) -> float:
    """The toxic load, (kg/m3)^n s, that kills a share of the people.

    >>> from anlan.science.hazards.chemicals import substance
    >>> cl = substance("chlorine")
    >>> float(lethality(cl, lethal_load(cl, 0.5, 293.15, 101325.0), 293.15, 101325.0))
    0.5
    """
    assert what.probit is not None
    y = 5.0 + ndtri(share)
    return float(exp((y - what.probit.a) / what.probit.b) / _load_unit(what, temperature_k, pressure_pa))


def _load_unit(what: Substance, temperature_k: float, pressure_pa: float) -> float:
    """From (kg/m3)^n s to the probit's unit^n min."""
    assert what.probit is not None
    unit = 1e6
    if what.probit.unit == "ppm":
        unit = 1e6 * GAS_CONSTANT * temperature_k / (pressure_pa * what.molar_mass)
    return float(unit**what.probit.n / 60.0)


def shelter_factor(exposure: Exposure) -> NDArray[np.float64]:
    """Toxic load indoors over that outdoors; 1 where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(exposure.load > 0, exposure.indoor_load / exposure.load, 1.0)
