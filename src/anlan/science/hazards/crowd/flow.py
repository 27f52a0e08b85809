"""How fast people walk and how many pass, by density and width: fundamental diagrams, exits, levels of service (行人流).

Symbols: `density` D in persons/m2, `speed` in m/s, `specific flow` in persons/(m s).

- Weidmann 1993, Transporttechnik der Fussgänger, IVT 90: v = v0 (1 - exp(-1.913 (1/D - 1/5.4))), v0 = 1.34 m/s.
- SFPE Handbook, hydraulic model (Gwynne & Rosenbaum, eq. 1-3 and tables of k and boundary layers): v = k (1 - 0.266 D),
  effective width = clear width less a boundary layer on each side. Recalled, to be checked (待核对).
- Predtechenskii & Milinskii 1969/1978 on level ground, by the share of ground that bodies cover. Recalled (待核对).
- Fruin 1971, Pedestrian Planning and Design: area a person; walkways read in the book's text (10-15 ft2 is D, 5-10 E),
  queues and stairs recalled (待核对).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
#: Weidmann 1993: free speed m/s, shape m-2, and the density persons/m2 at which nobody moves.
FREE_SPEED_M_S, SHAPE, JAM = 1.34, 1.913, 5.4
#: Standard deviation of the free speed, m/s (Weidmann 1993, recalled by RiMEA tools as N(1.34, 0.26)).
FREE_SPEED_SPREAD_M_S = 0.26
#: SFPE: share of speed lost for each person/m2, m2.
SFPE_A = 0.266
#: Above so many persons/m2 no method here holds: the greatest that Johansson et al. 2008 (arXiv:0810.4590) observed.
DENSEST = 10.0


@dataclass(frozen=True, kw_only=True)
class Way:
    """What an opening or a path leads over: label, SFPE speed coefficient k (m/s) and boundary layer (m, each side)."""

    label: str
    k_m_s: float
    layer_m: float


_SFPE = "SFPE 手册疏散水力模型系数表（回忆，待核对）"
#: Speed coefficients and boundary layers of the SFPE hydraulic model; stairs by riser/tread in mm.
WAYS: Mapping[str, Way] = {
    "door": Way(label="门口、通道口", k_m_s=1.40, layer_m=0.15),
    "corridor": Way(label="走道、坡道", k_m_s=1.40, layer_m=0.20),
    "stairs_gentle": Way(label="缓楼梯（踏步165/330 mm）", k_m_s=1.23, layer_m=0.15),
    "stairs": Way(label="楼梯（踏步178/279 mm）", k_m_s=1.08, layer_m=0.15),
    "stairs_steep": Way(label="陡楼梯（踏步190/254 mm）", k_m_s=1.00, layer_m=0.15),
}


def weidmann_speed(density: ArrayLike, free_m_s: float = FREE_SPEED_M_S) -> Array:
    """Walking speed in m/s; 0 from the jam density on.

    >>> weidmann_speed([0.0, 2.0, 5.4]).round(2).tolist()
    [1.34, 0.61, 0.0]
    """
    crowded = np.maximum(np.asarray(density, dtype=np.float64), 1e-9)
    return free_m_s * np.maximum(-np.expm1(-SHAPE * (1.0 / crowded - 1.0 / JAM)), 0.0)


def weidmann_flow(density: ArrayLike, free_m_s: float = FREE_SPEED_M_S) -> Array:
    """Persons a metre and second: density times speed.

    >>> float(weidmann_flow(np.linspace(0, 5.4, 541)).max().round(2))
    1.22
    """
    return np.asarray(density, dtype=np.float64) * weidmann_speed(density, free_m_s)


def sfpe_speed(density: ArrayLike, k_m_s: float = 1.40) -> Array:
    """Speed of the SFPE hydraulic model: constant below 0.54 persons/m2, linear to a stop at 1/0.266.

    >>> sfpe_speed([0.2, 1.88, 3.8]).round(2).tolist()
    [1.2, 0.7, 0.0]
    """
    return k_m_s * np.maximum(1.0 - SFPE_A * np.maximum(np.asarray(density, dtype=np.float64), 0.54), 0.0)


def predtechenskii_speed(density: ArrayLike, body_m2: float = 0.125) -> Array:
    """Speed on level ground by Predtechenskii & Milinskii; `body_m2` is an adult in mid-season clothes.

    >>> predtechenskii_speed([0.5, 2.0, 4.0]).round(2).tolist()
    [0.75, 0.41, 0.28]
    """
    covered = np.clip(np.asarray(density, dtype=np.float64) * body_m2, 0.0, 0.92)
    return np.asarray(
        np.polynomial.polynomial.polyval(covered, (57.0, -217.0, 434.0, -380.0, 112.0)) / 60.0, np.float64
    )


def greatest_specific_flow(way: str) -> float:
    """The most that passes a metre of effective width and second: k / (4 a), at 1.88 persons/m2.

    >>> round(greatest_specific_flow("door"), 2), round(greatest_specific_flow("stairs"), 2)
    (1.32, 1.02)
    """
    return WAYS[way].k_m_s / (4.0 * SFPE_A)


def effective_width(clear_m: float, way: str) -> float:
    """Clear width less the boundary layers, m.

    >>> round(effective_width(1.2, "door"), 3)
    0.9
    """
    return max(clear_m - 2.0 * WAYS[way].layer_m, 0.0)


def capacity(clear_m: float, way: str) -> float:
    """Persons a second that an opening passes at most.

    >>> round(capacity(3.0, "door"), 2)
    3.55
    """
    return greatest_specific_flow(way) * effective_width(clear_m, way)


def counterflow_share(opposing: ArrayLike) -> Array:
    """What a small opposing stream leaves of the capacity; `opposing` is its share of all who pass, 0-0.5.

    A tenth that walks the other way costs 14.5 % (Fruin 1971, recalled, 待核对); streams of equal strength form lanes
    and pass as much as one. Between the two a straight line is our assumption.

    >>> counterflow_share([0.0, 0.1, 0.5]).round(3).tolist()
    [1.0, 0.855, 1.0]
    """
    return np.interp(np.asarray(opposing, dtype=np.float64), (0.0, 0.1, 0.5), (1.0, 0.855, 1.0))


#: Least area a person in m2 of levels A to E (below is F), Fruin 1971: 35-25-15-10-5, 13-10-7-3-2 and 20-15-10-7-4 ft2.
SERVICE: Mapping[str, tuple[float, ...]] = {
    "walkway": (3.25, 2.32, 1.39, 0.93, 0.46),
    "queue": (1.21, 0.93, 0.65, 0.28, 0.19),
    "stairs": (1.86, 1.39, 0.93, 0.65, 0.37),
}


def level_of_service(density: float, kind: str) -> str:
    """Fruin's level, A (free) to F (blocked), of walkways, queues or stairs.

    >>> [level_of_service(density, "walkway") for density in (0.2, 0.9, 3.0)]
    ['A', 'D', 'F']
    >>> level_of_service(3.0, "queue")
    'D'
    """
    area = 1.0 / max(density, 1e-9)
    return "ABCDEF"[sum(area < least for least in SERVICE[kind])]


#: Crowd pressure from which crowds turn turbulent, s-2 (Helbing, Johansson & Al-Abideen 2007, Phys. Rev. E 75, 046109).
TURBULENT = 0.02


def crowd_pressure(density: ArrayLike, speed_variance_m2_s2: ArrayLike) -> Array:
    """Density times variance of velocity, s-2; from 0.02 a crowd turns turbulent.

    >>> float(crowd_pressure(6.0, 0.004).round(3))
    0.024
    """
    return np.asarray(density, dtype=np.float64) * np.asarray(speed_variance_m2_s2, dtype=np.float64)
