"""Gas that explodes in a closed space: pressure inside, blast outside, and what such pressures do (燃气爆炸).

Inside: low-strength enclosures, p = (C A/Av)^2 (Swift & Epstein 1987; NFPA 68-2007, 7.2; EN 14994 refers to the same
family), C = 0.037 bar^0.5 for methane and 0.045 for gases up to 1.3 times the burning velocity of propane (recalled,
待核对), valid to 10 kPa; never more than all the gas in the space would give in a closed vessel. Outside: TNT of equal
energy on the ground, GB/T 37243-2019 (recalled, 待核对): a screening, too high near the source.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

Array = NDArray[np.float64]
#: J/kg of TNT, GB/T 37243-2019 and CCPS (recalled, 待核对).
TNT_HEAT = 4.52e6
#: Pa by which a stoichiometric mixture rises in a closed vessel: 7.1 bar for methane, 7.9 for propane (NFPA 68; 待核对).
CLOSED_RISE = 7.5e5
#: Pa, the limit of the vent correlation.
VENT_LIMIT = 10_000.0

#: Damage by overpressure in kPa: Clancey 1972, as in CCPS 2000, table 2.18a (recalled, 待核对).
DAMAGE: Mapping[float, str] = MappingProxyType(
    {
        0.0: "无明显破坏",
        1.0: "玻璃破碎的典型压力",
        2.1: "约10%的窗玻璃破碎，安全距离的限值",
        4.8: "房屋轻微结构损坏",
        6.9: "房屋部分毁坏，不能居住",
        13.8: "房屋墙和屋顶部分倒塌",
        20.7: "钢架建筑变形、脱离基础",
        34.5: "房屋几乎完全毁坏",
        68.9: "建筑物可能完全毁坏",
    }
)


def damage(pressure: float) -> str:
    """What an overpressure in Pa does to buildings.

    >>> damage(7_000.0)
    '房屋部分毁坏，不能居住'
    """
    return [label for level, label in DAMAGE.items() if pressure / 1e3 >= level][-1]


def vented_pressure(surface: float, vent: float, constant: float) -> float:
    """Pa inside a space of so much inner surface with openings or windows of `vent` m2; above 10 kPa a lower bound.

    >>> round(vented_pressure(59.0, 10.0, 0.037))
    4765
    """
    return (constant * surface / vent) ** 2 * 1e5 if vent > 0 else math.inf


def closed_pressure(burnt_share: float) -> float:
    """Pa if the part of the space that holds mixture burnt without a way out.

    >>> closed_pressure(0.1)
    75000.0
    """
    return CLOSED_RISE * burnt_share


def tnt(mass: float, heat: float, share: float) -> float:
    """kg of TNT of a share of the energy of so much gas (kg, J/kg).

    >>> round(tnt(10.0, 50e6, 0.04), 2)
    4.42
    """
    return mass * heat * share / TNT_HEAT


def blast(tnt_mass: float, distance: Array) -> Array:
    """Pa at so many metres from so many kg of TNT on the ground.

    >>> blast(1000.0, np.array([158.5])).round(-2).tolist()
    [9000.0]
    """
    scaled = tnt_mass ** (1.0 / 3.0) / np.maximum(distance, 1e-3)
    return 1e5 * (14.0 * scaled**3 + 4.3 * scaled**2 + 1.1 * scaled)


def blast_radius(tnt_mass: float, pressure: float) -> float:
    """Metres to an overpressure in Pa.

    >>> round(blast_radius(1000.0, 9000.0), 1)
    158.5
    """
    if tnt_mass <= 0:
        return 0.0
    low, high = 0.01 * tnt_mass ** (1.0 / 3.0), 1e4 * tnt_mass ** (1.0 / 3.0)
    return brentq(lambda at: float(blast(tnt_mass, np.array(at))) - pressure, low, high)


def blast_deaths(pressure: Array) -> Array:
    """Probability of death among people in ordinary houses, from houses that fall.

    Pr = 5 - 0.26 v, v = (17500/p)^8.4 + (290/i)^9.3 with the impulse taken as long: TNO Green Book, B1 (total
    collapse; recalled, 待核对). Fewer die in the open.

    >>> blast_deaths(np.array([7e3, 25e3])).round(3).tolist()
    [0.0, 0.495]
    """
    ratio = np.minimum((17_500.0 / np.maximum(pressure, 1.0)) ** 8.4, 1e3)
    return norm.cdf(-0.26 * ratio) * (pressure > 7_000.0)
