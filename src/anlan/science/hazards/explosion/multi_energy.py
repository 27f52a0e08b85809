"""Blast of a vapour cloud by the multi-energy method (TNO 多能法).

Symbols: r' = r / (E/p0)^(1/3), P' = overpressure / p0, i' = impulse a0 / (E^(1/3) p0^(2/3)); E is the heat of combustion
of the cloud's part in the congested region, hemisphere on the ground; strength 1 (slow, open) to 10 (detonation).

Sources: A. C. van den Berg, J. Hazardous Materials 12 (1985) 1-10 and TNO Yellow Book CPR 14E section 5.5 for the method
and for the overpressure inside the cloud at each strength (recalled). P' outside:

- strengths 1, 4, 5, 6: power laws a r'^b as published after F. Díaz Alonso et al., J. Hazardous Materials A137 (2006)
  734-741 and Assael & Kakosimos (2010), read from a public transcription (待核对 against the paper);
- strengths 2, 3: a and b between those of 1 and 4, in the logarithm of the cloud's overpressure (our interpolation);
- strengths 7 to 10: the larger of strength 6's law and the detonation curve of M. J. Tang & Q. A. Baker, Process Safety
  Progress 18 (1999) 235-240 (flame Mach number 5.2), as digitised in HyRAM+ (sandialabs/hyram); the TNO curves of 6 to 10
  run together beyond r' of about 1, so this is what they tend to (our construction, 待核对).

All are capped by the overpressure inside the cloud. Impulse: the Tang & Baker curves of flame Mach 0.2 to 5.2 as in
HyRAM+, between curves in the logarithm of the cloud's overpressure. Validity: r' up to 100; beyond, nothing is said.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.sentences import tell

Array = NDArray[np.float64]
FARTHEST = 100.0
#: Overpressure inside the cloud in atmospheres, strengths 1 to 10 (Yellow Book figure 5.8a).
INSIDE = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0])
#: P' = a r'^b by strength.
_LAWS = {1: (6.4e-3, -0.97), 4: (6.44e-2, -0.99), 5: (0.117, -0.99), 6: (0.301, -1.11)}


def _points(text: str) -> NDArray:
    return np.array(text.split(), dtype=np.float64).reshape(-1, 2)


#: r', P' of a detonation (Tang & Baker 1999, flame Mach 5.2, every few points of the digitisation).
_DETONATION = _points(
    """0.1544 21.03 0.1626 20.54 0.1736 19.38 0.1810 15.52 0.1870 11.46 0.1995 8.557
    0.2121 7.182 0.2316 5.426 0.2594 4.397 0.2916 3.026 0.3193 2.368 0.3601 2.181 0.3995 1.591 0.4347 1.305
    0.4950 1.057 0.5343 0.8975 0.5918 0.7620 0.6674 0.6321 0.7775 0.5366 0.8971 0.4450 1.0216 0.3867 1.2097 0.3097
    1.5287 0.2366 2.0020 0.1706 2.5135 0.1319 3.0251 0.1068 4.0399 0.0770 5.1216 0.0568 5.9865 0.0488 7.3229 0.0382
    8.3668 0.0328 9.6841 0.0263"""
)

#: Overpressure inside the cloud of a Tang & Baker impulse curve, and its r', i'.
_IMPULSES: tuple[tuple[float, str], ...] = (
    (0.068, """0.0108 0.0952 0.0303 0.0933 0.0516 0.0916 0.0818 0.0873 0.1030 0.0819 0.1297 0.0781 0.1602 0.0745
     0.2078 0.0678 0.2617 0.0617 0.3134 0.0528 0.3986 0.0438 0.5120 0.0346 0.6318 0.0301 0.8115 0.02345 1.0423 0.01813
     1.2357 0.01563 1.6030 0.01162 2.0385 0.00934 2.5407 0.00751 3.0425 0.00633 3.9075 0.00478 5.1202 0.00367
     6.1928 0.00299 7.9545 0.00241 9.8148 0.00188"""),
    (0.215, """0.0103 0.1639 0.0313 0.1606 0.0511 0.1553 0.0844 0.1434 0.1031 0.1411 0.1379 0.1303 0.1603 0.1224
     0.2060 0.1097 0.2492 0.0968 0.3075 0.0803 0.4029 0.0616 0.5175 0.0495 0.6322 0.0404 0.8203 0.0325 1.0431 0.0257
     1.2743 0.0207 1.6866 0.01561 2.0811 0.01255 2.5172 0.01057 3.0752 0.00863 3.9497 0.00662 5.1239 0.00508
     6.0141 0.00435 7.6470 0.00333 9.7232 0.00254"""),
    (0.69, """0.0105 0.2611 0.0292 0.2559 0.0496 0.2399 0.0845 0.2214 0.1043 0.2112 0.1367 0.1922 0.1621 0.1722
     0.2020 0.1451 0.2518 0.1184 0.2955 0.0938 0.3795 0.0719 0.5176 0.0543 0.6199 0.0458 0.7883 0.0374 0.9534 0.0310
     1.1883 0.0245 1.4812 0.02065 1.9603 0.01512 2.4680 0.01215 2.9851 0.01008 3.9906 0.00750 4.9736 0.00593
     6.0766 0.00500 7.4983 0.00405 9.7267 0.00299"""),
    (1.29, """0.0104 0.3195 0.0307 0.3130 0.0507 0.3028 0.0804 0.2753 0.1033 0.2544 0.1249 0.2316 0.1573 0.2043
     0.2020 0.1496 0.2543 0.1184 0.2955 0.0952 0.3873 0.0731 0.5282 0.0560 0.6517 0.0444 0.8123 0.0362 0.9924 0.0300
     1.2619 0.0238 1.6702 0.0177 2.0203 0.01536 2.5690 0.01197 3.2996 0.00940 4.2379 0.00726 5.3351 0.00575
     6.7169 0.00469 8.0429 0.00383 9.7283 0.00323"""),
    (20.0, """0.0107 0.5168 0.0310 0.4910 0.0544 0.4462 0.0796 0.3934 0.1013 0.3471 0.1250 0.2923 0.1621 0.2243
     0.1961 0.1748 0.2543 0.1203 0.3076 0.0952 0.3990 0.0742 0.5177 0.0587 0.6389 0.0494 0.8044 0.0401 1.0229 0.0330
     1.3137 0.0249 1.6212 0.0206 2.1245 0.0161 2.7559 0.01215 3.4351 0.00992 4.1963 0.00785 5.2826 0.00612
     6.5851 0.00523 8.0442 0.00414 9.9262 0.00333"""),
)  # fmt: skip


def _curve(table: NDArray, distance: Array) -> Array:
    """Between the points in logarithms; the first value nearer in, falling with the distance farther out."""
    inside = np.exp(np.interp(np.log(distance), np.log(table[:, 0]), np.log(table[:, 1])))
    return inside * np.minimum(table[-1, 0] / distance, 1.0)


def _law(strength: int) -> tuple[float, float]:
    if strength in _LAWS:
        return _LAWS[strength]
    (a1, b1), (a4, b4) = _LAWS[1], _LAWS[4]
    share = np.log(INSIDE[strength - 1] / INSIDE[0]) / np.log(INSIDE[3] / INSIDE[0])
    return float(a1 * (a4 / a1) ** share), float(b1 + share * (b4 - b1))


def scaled_overpressure(scaled_distance: ArrayLike, strength: int) -> Array:
    """P' at r'; ScenarioError where the curves do not reach.

    >>> scaled_overpressure([0.1, 1.0, 10.0], 7).round(3).tolist()
    [1.0, 0.396, 0.023]
    >>> scaled_overpressure([0.1, 1.0, 10.0], 5).round(3).tolist()
    [0.2, 0.117, 0.012]
    """
    distance = np.maximum(np.asarray(scaled_distance, dtype=np.float64), 1e-3)
    if (distance > FARTHEST).any() or not 1 <= strength <= 10:
        raise ScenarioError(
            {"distance_m": tell("：比例距离超出 {farthest:g} 或强度不在 1～10，曲线不适用", farthest=FARTHEST)}
        )
    a, b = _law(min(strength, 6))
    outside = a * distance**b
    if strength > 6:
        detonation = np.where(distance <= _DETONATION[-1, 0], _curve(_DETONATION, distance), 0.0)
        outside = np.maximum(outside, detonation)
    return np.minimum(outside, INSIDE[strength - 1])


def scaled_impulse(scaled_distance: ArrayLike, strength: int) -> Array:
    """i' at r', between the curves of neighbouring strength; weaker than the weakest it is proportional.

    >>> scaled_impulse([1.0, 5.0], 10).round(4).tolist()
    [0.0336, 0.0065]
    """
    distance = np.maximum(np.asarray(scaled_distance, dtype=np.float64), 1e-3)
    inside = float(INSIDE[strength - 1])
    sources = np.log([one for one, _text in _IMPULSES])
    curves = np.array([
        np.log(_curve(_points(text), distance)) for _one, text in _IMPULSES
    ])  # fmt: skip
    if inside < _IMPULSES[0][0]:
        return np.exp(curves[0]) * inside / _IMPULSES[0][0]
    at = min(int(np.searchsorted(sources, np.log(inside), side="right")) - 1, len(sources) - 2)
    share = (np.log(inside) - sources[at]) / (sources[at + 1] - sources[at])
    return np.exp(curves[at] + share * (curves[at + 1] - curves[at]))
