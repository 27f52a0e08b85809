"""Blast wave of TNT on the ground and in free air, after Kingery and Bulmash (冲击波, 比例距离).

Symbols: Z scaled distance m/kg^(1/3); every quantity is 10 ** sum(c_i * u ** i) with u = k0 + k1 * log10 Z.

Source: C. N. Kingery & G. Bulmash, "Airblast parameters from TNT spherical air burst and hemispherical surface burst",
ARBRL-TR-02555 (1984), the curves of UFC 3-340-02 figures 2-7 and 2-15. The coefficients were read from the public-domain
transcription in lightsquared/kingery_bulmash (two files that were compared), not from the report; where they differ or
do not join, the choice is marked below. No reading of the free-air reflected pressure there is physical (its reflection
factor leaves 2 to 14 at both ends), so that one quantity is computed by Rankine and Hugoniot.

Validity: Z from 0.0674 (ground) or 0.0531 (air) to 40 m/kg^(1/3). Between 40 and 198.5 the incident pressure decays with
the exponent of M. M. Swisdak, "Simplified Kingery airblast calculations" (1994, ADA526744), table 1, joined to the value
at 40; impulse decays like a sound wave. Farther and nearer is refused.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.explosion.waves import SOUND_M_S, Wave, normal_reflection_pa
from anlan.science.hazards.sentences import tell

Array = NDArray[np.float64]
#: Where the polynomials end, and where Swisdak's far field ends, m/kg^(1/3).
FITTED_TO, FARTHEST = 40.0, 198.5
NEAREST = {"ground": 0.0674, "air": 0.0531}
#: Exponent of overpressure beyond Z = 23.8 (Swisdak 1994, table 1).
FAR_EXPONENT = -1.4066


#: (upper end of Z, k0, k1, c0, c1, ...) for each piece; kPa, kPa ms/kg^(1/3), ms/kg^(1/3).
Piece = tuple[float, ...]
_INCIDENT: dict[str, tuple[Piece, ...]] = {
    "ground": (
        (40.0, -0.214362789151, 1.35034249993, 2.78076916577, -1.6958988741, -0.154159376846, 0.514060730593,
         0.0988534365274, -0.293912623038, -0.0268112345019, 0.109097496421, 0.00162846756311, -0.0214631030242,
         0.0001456723382, 0.00167847752266),
    ),
    "air": (
        (40.0, -0.214362789151, 1.35034249993, 2.611368669, -1.69012801396, 0.00804973591951, 0.336743114941,
         -0.00516226351334, -0.0809228619888, -0.00478507266747, 0.00793030472242, 0.0007684469735),
    ),
}  # fmt: skip
_REFLECTED_ON_GROUND: tuple[Piece, ...] = (
    (40.0, -0.240657323, 1.366377192, 3.402832176, -2.210308706, -0.218536586, 0.895319589, 0.249890098,
     -0.569249437, -0.117916824, 0.224131161, 0.024562026, -0.0455116, -0.001909307, 0.003614712),
)  # fmt: skip
_IMPULSE: dict[str, tuple[Piece, ...]] = {
    # c0 of the first piece is printed as k0 in the metric file; 2.524556 is its psi ms value in kPa ms, and joins.
    "ground": (
        (0.955, 2.067619087, 3.076032967, 2.524556, -0.502992764, 0.171335645, 0.045017696, -0.011896463),
        (40.0, -1.947088467, 2.406977454, 1.672816446, -0.384519027, -0.026081671, 0.005957988, 0.014544526,
         -0.006632893, -0.002841893, 0.001364482),
    ),
    "air": (
        (0.792, 2.34723921354, 3.24299066475, 2.38830516757, -0.443749377691, 0.168825414684, 0.0348138030308,
         -0.010435192824),
        (40.0, -1.75305660315, 2.30629231803, 1.55197227115, -0.40463292088, -0.0142721946082, 0.00912366316617,
         -0.0006750681404, -0.00800863718901, 0.00314819515931, 0.00152044783382, -0.0007470265899),
    ),
}  # fmt: skip
_REFLECTED_IMPULSE: dict[str, tuple[Piece, ...]] = {
    "ground": ((40.0, -0.246208805, 1.334220499, 2.705880581, -0.949516093, 0.112136119, -0.025065918),),
    "air": ((40.0, -0.204004455, 1.37882996018, 2.55875566, -0.903118886091, 0.101771877942, -0.0242139751146),),
}
_ARRIVAL: dict[str, tuple[Piece, ...]] = {
    "ground": (
        (40.0, -0.202425716, 1.377842236, -0.059163429, 1.357064963, 0.052492799, -0.196563954, -0.060177005,
         0.069636027, 0.021529749, -0.016165893, -0.00232532, 0.001477521),
    ),
    "air": (
        (40.0, -0.253273111999, 1.37407043777, 0.0720707787637, 1.36456871214, -0.0570035692784, -0.182832224796,
         0.0118851436014, 0.0432648687627, -0.0007997367834, -0.00436073555033),
    ),
}  # fmt: skip
_DURATION: dict[str, tuple[Piece, ...]] = {
    # c7 of the second piece is ten times as large in one file as in air, whose other coefficients it shares.
    "ground": (
        (1.01, 1.929461541, 5.250991939, -0.614227604, 0.130143718, 0.134872512, 0.039157428, -0.004759337,
         -0.004281446),
        (2.78, -2.124925252, 9.299628861, 0.315409246, -0.0297944268969, 0.0306329542941, 0.0183405574074,
         -0.0173964666286, -0.00106321963576, 0.0056206003128, 0.0001618217499, -0.0006860188944),
        (40.0, -3.536262181, 3.463497456, 0.686906642, 0.09330353, -0.000584942, -0.00226885, -0.002959086,
         0.001480299),
    ),
    "air": (
        (0.888, 2.26367268496, 5.11588554305, -0.686608550419, 0.164953518069, 0.127788499497, 0.00291430135946,
         0.00187957449227, 0.0173413962543, 0.00269739758043, -0.00361976502798, -0.00100926577934),
        (2.28, -1.33361206714, 9.2996288611, 0.23031841078, -0.0297944268969, 0.0306329542941, 0.0183405574074,
         -0.0173964666286, -0.00106321963576, 0.0056206003128, 0.0001618217499, -0.0006860188944),
        (40.0, -3.13005805346, 3.1524725364, 0.621036276475, 0.0967031995552, -0.00801302059667, 0.00482705779732,
         0.00187587272287, -0.00246738509321, -0.000841116668, 0.0006193291052),
    ),
}  # fmt: skip
#: The duration has no curve nearer than this; it is taken as there.
DURATION_FROM = {"ground": 0.178, "air": 0.147}


def _fitted(pieces: tuple[Piece, ...], z: Array) -> Array:
    logs = np.log10(z)
    value = np.empty_like(z)
    start = 0.0
    for end, k0, k1, *coefficients in pieces:
        inside = (z > start) & (z <= end)
        value[inside] = 10.0 ** np.polynomial.polynomial.polyval(k0 + k1 * logs[inside], coefficients)
        start = end
    return value


def blast_wave(distance_m: ArrayLike, tnt_kg: float, burst: str = "ground") -> Wave:
    """The wave of so much TNT at given distances; `burst` is "ground" (hemisphere on the ground) or "air" (sphere).

    ScenarioError outside the scaled distances of the curves.

    >>> wave = blast_wave([500.0], 10_000.0)
    >>> float(wave.overpressure_pa[0].round(-1)), float(wave.arrival_s[0].round(2))
    (5020.0, 1.27)
    >>> blast_wave([1.0], 1e6)
    Traceback (most recent call last):
        ...
    anlan.science.hazards.declaring.ScenarioError: distance_m：比例距离 0.01 超出 0.0674～198.5 m/kg^(1/3)，曲线不适用
    """
    distance = np.asarray(distance_m, dtype=np.float64)
    root = float(np.cbrt(tnt_kg))
    z = distance / root
    nearest, farthest = NEAREST[burst], FARTHEST
    outside = (z < nearest * (1 - 1e-9)) | (z > farthest * (1 + 1e-9)) | ~np.isfinite(z)
    if outside.any():
        worst = float(z[outside].ravel()[0])
        raise ScenarioError(
            {
                "distance_m": tell(
                    "：比例距离 {worst:.4g} 超出 {nearest:g}～{farthest:g} m/kg^(1/3)，曲线不适用",
                    worst=worst,
                    nearest=nearest,
                    farthest=farthest,
                )
            }
        )
    near = np.clip(z, nearest, FITTED_TO)
    beyond = np.maximum(z / FITTED_TO, 1.0)
    fall, spread = beyond**FAR_EXPONENT, 1.0 / beyond
    side_on = 1e3 * _fitted(_INCIDENT[burst], near) * fall
    on_ground = burst == "ground"
    return Wave(
        overpressure_pa=side_on,
        impulse_pa_s=root * _fitted(_IMPULSE[burst], near) * spread,
        reflected_pa=1e3 * _fitted(_REFLECTED_ON_GROUND, near) * fall if on_ground else normal_reflection_pa(side_on),
        reflected_impulse_pa_s=root * _fitted(_REFLECTED_IMPULSE[burst], near) * spread,
        arrival_s=root * (1e-3 * _fitted(_ARRIVAL[burst], near) + np.maximum(z - FITTED_TO, 0.0) / SOUND_M_S),
        duration_s=1e-3 * root * _fitted(_DURATION[burst], np.maximum(near, DURATION_FROM[burst])),
    )
