"""The lowest layer of the atmosphere: stability, wind with height, and how fast a plume widens (大气边界层).

sigma_y, sigma_z: standard deviations of a plume, m; x: travelled distance, m; z0: roughness length, m; L: Monin-Obukhov
length, m; u*: friction velocity, m/s. Sources: Turner 1970, Workbook of Atmospheric Dispersion Estimates (AP-26), table
3-1; Briggs 1973, ATDL-79, as printed in NOAA TM NOS OR&R 43 (ALOHA), table 13 (rural read in a transcription, urban
recalled, 待核对); the curves of Pasquill and Gifford as fitted in ISC3 (EPA-454/B-95-003b volume II, tables 1-1 and 1-2,
read in two transcriptions); wind exponents of EPA-454/B-95-003b (ISC3), as in CCPS 1999; 1/L of Golder 1972 as printed by Seinfeld
& Pandis 2006, p. 751; averaging time and roughness of TNO Yellow Book CPR 14E, 4.5.3.4 (recalled, 待核对).
"""

from math import atan, log, log10, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

KAPPA = 0.4
GRAVITY = 9.80665
CLASSES = "ABCDEF"
#: By class A-F: sigma = a x (1 + b x)^p; the rows are a, b, p of sigma_y and a, b, p of sigma_z.
BRIGGS = {
    "rural": np.array([
        [0.22, 1e-4, -0.5, 0.20, 0.0, 0.0], [0.16, 1e-4, -0.5, 0.12, 0.0, 0.0], [0.11, 1e-4, -0.5, 0.08, 2e-4, -0.5],
        [0.08, 1e-4, -0.5, 0.06, 1.5e-3, -0.5], [0.06, 1e-4, -0.5, 0.03, 3e-4, -1.0],
        [0.04, 1e-4, -0.5, 0.016, 3e-4, -1.0],
    ]),
    "urban": np.array([
        [0.32, 4e-4, -0.5, 0.24, 1e-3, 0.5], [0.32, 4e-4, -0.5, 0.24, 1e-3, 0.5], [0.22, 4e-4, -0.5, 0.20, 0.0, 0.0],
        [0.16, 4e-4, -0.5, 0.14, 3e-4, -0.5], [0.11, 4e-4, -0.5, 0.08, 1.5e-3, -0.5],
        [0.11, 4e-4, -0.5, 0.08, 1.5e-3, -0.5],
    ]),
}  # fmt: skip
#: By class A-F: sigma_y = 465.11628 x tan(c - d ln x) with x in km and the angle in degrees; the rows are c, d.
PASQUILL_GIFFORD_Y = np.array([
    [24.1670, 2.5334], [18.3330, 1.8096], [12.5000, 1.0857], [8.3330, 0.72382], [6.2500, 0.54287], [4.1667, 0.36191],
])  # fmt: skip
#: By class A-F: sigma_z = a x^b with x in km; the rows are where they end, km, and a, b.
PASQUILL_GIFFORD_Z = {
    "A": np.array([
        [0.10, 122.80, 0.94470], [0.15, 158.08, 1.05420], [0.20, 170.22, 1.09320], [0.25, 179.52, 1.12620],
        [0.30, 217.41, 1.26440], [0.40, 258.89, 1.40940], [0.50, 346.75, 1.72830], [np.inf, 453.85, 2.11660],
    ]),
    "B": np.array([[0.20, 90.673, 0.93198], [0.40, 98.483, 0.98332], [np.inf, 109.30, 1.09710]]),
    "C": np.array([[np.inf, 61.141, 0.91465]]),
    "D": np.array([
        [0.30, 34.459, 0.86974], [1.0, 32.093, 0.81066], [3.0, 32.093, 0.64403], [10.0, 33.504, 0.60486],
        [30.0, 36.650, 0.56589], [np.inf, 44.053, 0.51179],
    ]),
    "E": np.array([
        [0.10, 24.260, 0.83660], [0.30, 23.331, 0.81956], [1.0, 21.628, 0.75660], [2.0, 21.628, 0.63077],
        [4.0, 22.534, 0.57154], [10.0, 24.703, 0.50527], [20.0, 26.970, 0.46713], [40.0, 35.420, 0.37615],
        [np.inf, 47.618, 0.29592],
    ]),
    "F": np.array([
        [0.20, 15.209, 0.81558], [0.70, 14.457, 0.78407], [1.0, 13.953, 0.68465], [2.0, 13.953, 0.63227],
        [3.0, 14.823, 0.54503], [7.0, 16.187, 0.46490], [15.0, 17.836, 0.41507], [30.0, 22.651, 0.32681],
        [60.0, 27.074, 0.27436], [np.inf, 34.219, 0.21716],
    ]),
}  # fmt: skip
#: Farther up a plume does not spread, m (ISC3).
HIGHEST = 5000.0
EXPONENT = {
    "rural": dict(zip(CLASSES, (0.07, 0.07, 0.10, 0.15, 0.35, 0.55), strict=True)),
    "urban": dict(zip(CLASSES, (0.15, 0.15, 0.20, 0.25, 0.30, 0.30), strict=True)),
}
#: 1/L = a + b log10(z0), z0 in m.
GOLDER = {"A": (-0.096, 0.029), "B": (-0.037, 0.029), "C": (-0.002, 0.018), "D": (0.0, 0.0), "E": (0.004, -0.018),
          "F": (0.035, -0.036)}  # fmt: skip
#: Depths of the mixed layer when it is not given, m (customary values; stable classes have no lid that matters here).
MIXING_DEPTH = {"A": 1600.0, "B": 1200.0, "C": 800.0, "D": 560.0, "E": 5000.0, "F": 5000.0}
#: Roughness to which the rural curves of Briggs belong, m (short grass, Pasquill).
RURAL_ROUGHNESS = 0.03

#: Rows of Turner's table by wind: below 2, 2-3, 3-5, 5-6, above 6 m/s; in-between classes as the more stable one.
_TURNER = {
    "sun_strong": "ABBCC",
    "sun_moderate": "BBCDD",
    "sun_slight": "BCCDD",
    "overcast": "DDDDD",
    "night_cloudy": "FEDDD",
    "night_clear": "FFEDD",
}


def stability(sky: str, wind_10m_m_s: float) -> str:
    """The Pasquill class of sun or cloud and wind at 10 m (大气稳定度); between two classes the more stable one.

    >>> stability("sun_strong", 1.5), stability("night_clear", 2.5), stability("overcast", 4.0)
    ('A', 'F', 'D')
    """
    return _TURNER[sky][int(np.searchsorted((2.0, 3.0, 5.0, 6.0), wind_10m_m_s, side="right"))]


def wind_at(speed: float, height: float, wanted: ArrayLike, kind: str, terrain: str) -> NDArray[np.float64]:
    """Wind at other heights by a power law; below 1 m as at 1 m.

    >>> round(float(wind_at(3.0, 2.0, 10.0, "D", "rural")), 2)
    3.82
    """
    ratio = np.maximum(np.asarray(wanted, dtype=np.float64), 1.0) / height
    return speed * ratio ** EXPONENT[terrain][kind]


def friction_velocity(speed: float, height: float, kind: str, roughness: float) -> float:
    """u* from the wind at a height, the class and the roughness, by the profiles of Businger and Dyer.

    >>> round(friction_velocity(5.0, 10.0, "D", 0.03), 3)
    0.344
    """
    return KAPPA * speed / _profile(height, kind, roughness)


def near_ground_exponent(kind: str, roughness: float) -> float:
    """Exponent of the power law that follows the profile between 1 m and 10 m.

    >>> round(near_ground_exponent("D", 0.03), 2), round(near_ground_exponent("D", 0.0002), 2)
    (0.22, 0.1)
    """
    return log(_profile(10.0, kind, roughness) / _profile(1.0, kind, roughness)) / log(10.0)


def _profile(height: float, kind: str, roughness: float) -> float:
    """kappa u / u* at a height."""
    a, b = GOLDER[kind]
    zeta = height * (a + b * log10(roughness))
    if zeta >= 0:
        psi = -5.0 * min(zeta, 1.0)
    else:
        y = (1.0 - 16.0 * zeta) ** 0.25
        psi = 2 * log((1 + y) / 2) + log((1 + y * y) / 2) - 2 * atan(y) + pi / 2
    return max(log(height / roughness) - psi, 0.5)


def sigma_y(x: ArrayLike, kind: str, curves: str, averaging_s: float = 600.0) -> NDArray[np.float64]:
    """Lateral spread after a distance, for a mean over 10 min or less: (t / 600 s)^0.2, at least 18.75 s.

    `curves` are those of Briggs for "rural" or "urban" ground, or "pasquill_gifford".

    >>> round(float(sigma_y(1000.0, "D", "rural")), 1), round(float(sigma_y(1000.0, "D", "pasquill_gifford")), 1)
    (76.3, 68.1)
    """
    x = np.maximum(np.asarray(x, dtype=np.float64), 0.0)
    if curves == "pasquill_gifford":
        c, d = PASQUILL_GIFFORD_Y[CLASSES.index(kind)]
        km = np.maximum(x, 1e-3) / 1000.0
        found = 465.11628 * x / 1000.0 * np.tan(np.deg2rad(c - d * np.log(km)))
    else:
        a, b, p = BRIGGS[curves][CLASSES.index(kind), :3]
        found = a * x * (1.0 + b * x) ** p
    return found * averaging_factor(averaging_s)


def averaging_factor(averaging_s: float) -> float:
    """How much narrower a plume is for a shorter mean than 10 min.

    >>> averaging_factor(600.0), round(averaging_factor(1.0), 2)
    (1.0, 0.5)
    """
    return float((min(max(averaging_s, 18.75), 600.0) / 600.0) ** 0.2)


def sigma_z(x: ArrayLike, kind: str, curves: str, roughness: float = RURAL_ROUGHNESS) -> NDArray[np.float64]:
    """Vertical spread after a distance; curves of open country are moved to another roughness by (z0 / 0.03)^(0.53 x^-0.22).

    >>> round(float(sigma_z(1000.0, "D", "rural")), 1), round(float(sigma_z(1000.0, "D", "rural", 0.006)), 1)
    (37.9, 31.5)
    >>> round(float(sigma_z(1000.0, "D", "pasquill_gifford")), 1)
    32.1
    """
    x = np.maximum(np.asarray(x, dtype=np.float64), 0.0)
    if curves == "pasquill_gifford":
        ends, a, b = PASQUILL_GIFFORD_Z[kind].T
        part = np.searchsorted(ends, x / 1000.0)
        found = np.minimum(a[part] * (x / 1000.0) ** b[part], HIGHEST)
    else:
        a, b, p = BRIGGS[curves][CLASSES.index(kind), 3:]
        found = a * x * (1.0 + b * x) ** p
    if curves != "urban" and roughness != RURAL_ROUGHNESS:
        found = found * (roughness / RURAL_ROUGHNESS) ** (0.53 * np.maximum(x, 20.0) ** -0.22)
    return found


def virtual_distance(spread: float, curve: NDArray[np.float64], x: NDArray[np.float64]) -> float:
    """The distance at which a rising curve reaches a spread.

    >>> x = np.linspace(0.0, 100.0, 11)
    >>> virtual_distance(5.0, 0.1 * x, x)
    50.0
    """
    return float(np.interp(spread, curve, x))
