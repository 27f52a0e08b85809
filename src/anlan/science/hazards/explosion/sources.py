"""How strong an explosion is: TNT equivalence, energy of a burst vessel, dust (爆源).

Sources are named with each function; SI units, absolute pressures unless "gauge" is said.
"""

import math
from dataclasses import dataclass

import numpy as np

from anlan.science.hazards.explosion.waves import AMBIENT_PA, SOUND_M_S

#: Detonation energy of TNT by which others are compared, J/kg (Yellow Book 5.3 and GB/T 37243: 4.5 to 4.7 MJ/kg).
TNT_J_KG = 4.52e6


@dataclass(frozen=True, kw_only=True)
class Explosive:
    """A condensed explosive and how much TNT one kilogram of it is worth."""

    label: str
    tnt_per_kg: float
    source: str


_UN = "UN IATG 01.80（回忆，待核对）"
#: Equivalents by peak pressure or energy; of ammonium nitrate the effective value of real accidents is far lower.
EXPLOSIVES = {
    "tnt": Explosive(label="梯恩梯（TNT）", tnt_per_kg=1.0, source="定义"),
    "rdx": Explosive(label="黑索今（RDX）", tnt_per_kg=1.14, source="UFC 3-340-02（回忆，待核对）"),
    "petn": Explosive(label="太安（PETN）", tnt_per_kg=1.27, source="UFC 3-340-02（回忆，待核对）"),
    "nitroglycerin": Explosive(label="硝化甘油", tnt_per_kg=1.48, source="Baker 1983（回忆，待核对）"),
    "nitrocellulose": Explosive(label="硝化棉（干）", tnt_per_kg=0.5, source="UFC 3-340-02（回忆，待核对）"),
    "anfo": Explosive(label="铵油炸药（ANFO）", tnt_per_kg=0.82, source="UFC 3-340-02（回忆，待核对）"),
    "ammonium_nitrate": Explosive(label="硝酸铵（受热、受污染）", tnt_per_kg=0.32, source=_UN),
    "black_powder": Explosive(label="黑火药、烟火药", tnt_per_kg=0.4, source="HSE 烟火安全资料（回忆，待核对）"),
    "organic_peroxide": Explosive(label="有机过氧化物", tnt_per_kg=0.25, source="HSE（回忆，待核对）"),
}


def tnt_equivalent_kg(mass_kg: float, heat_j_kg: float, yield_share: float) -> float:
    """Mass of TNT with the energy of a share of a fuel's heat (Yellow Book eq. 5.1; yields of 0.02 to 0.2 are in use).

    >>> round(tnt_equivalent_kg(1000.0, 46e6, 0.04), 1)
    407.1
    """
    return mass_kg * heat_j_kg * yield_share / TNT_J_KG


def brode_energy_j(pressure_pa: float, volume_m3: float, specific_heat_ratio: float) -> float:
    """Energy of a burst gas vessel after Brode (1959): (p1 - p0) V / (gamma - 1) (CCPS 2010 eq. 7.1).

    >>> round(brode_energy_j(50e6, 1.0, 1.4) / 1e6, 1)
    124.7
    """
    return max(pressure_pa - AMBIENT_PA, 0.0) * volume_m3 / (specific_heat_ratio - 1.0)


def isentropic_energy_j(pressure_pa: float, volume_m3: float, specific_heat_ratio: float) -> float:
    """Work that the gas of a vessel does in expanding to ambient pressure without heat (CCPS 2010 eq. 7.4).

    Never more than Brode's energy.

    >>> round(isentropic_energy_j(50e6, 1.0, 1.4) / 1e6, 1)
    103.7
    """
    ratio = AMBIENT_PA / pressure_pa
    share = 1.0 - ratio ** ((specific_heat_ratio - 1.0) / specific_heat_ratio)
    return pressure_pa * volume_m3 / (specific_heat_ratio - 1.0) * max(share, 0.0)


def burst_shock_pa(pressure_pa: float, gas_sound_m_s: float, specific_heat_ratio: float) -> float:
    """Overpressure of the shock at the surface of a burst vessel: the shock tube equation into air of 1.4.

    p1/p0 = x (1 - (g - 1)(a0/a1)(x - 1) / sqrt(2.8 (2.8 + 2.4 (x - 1))))^(-2 g / (g - 1)), x = shock's pressure / p0
    (Liepmann & Roshko 1957 eq. 3.11; the basis of Prugh's method, CCPS 2010 section 7.3). Solved by halving.

    >>> round(burst_shock_pa(2.0e6, 340.3, 1.4) / 1e3)
    275
    """
    target = pressure_pa / AMBIENT_PA
    if target <= 1.0:
        return 0.0
    low, high = 1.0, target
    for _halving in range(80):
        x = 0.5 * (low + high)
        slowed = (specific_heat_ratio - 1.0) * SOUND_M_S / gas_sound_m_s * (x - 1.0)
        base = 1.0 - slowed / math.sqrt(2.8 * (2.8 + 2.4 * (x - 1.0)))
        exponent = -2.0 * specific_heat_ratio / (specific_heat_ratio - 1.0)
        given = math.inf if base <= 0.0 else math.exp(min(math.log(x) + exponent * math.log(base), 700.0))
        low, high = (x, high) if given < target else (low, x)
    return (0.5 * (low + high) - 1.0) * AMBIENT_PA


def dust_class(kst_bar_m_s: float) -> str:
    """St class of a dust by its explosion constant Kst (VDI 3673, ISO 6184-1, GB/T 16426): 200 and 300 bar m/s.

    >>> dust_class(0.0), dust_class(200.0), dust_class(201.0), dust_class(320.0)
    ('St0', 'St1', 'St2', 'St3')
    """
    if kst_bar_m_s <= 0.0:
        return "St0"
    return "St1" if kst_bar_m_s <= 200.0 else "St2" if kst_bar_m_s <= 300.0 else "St3"


def vent_area_m2(
    *, volume_m3: float, kst_bar_m_s: float, pmax_bar: float, reduced_bar: float, static_bar: float
) -> float:
    """Area of vents that keeps a dust explosion in a compact enclosure below its strength; gauge pressures in bar.

    EN 14491:2012 section 5.3 (as VDI 3673): (3.264e-5 pmax Kst pred^-0.569 + 0.27 (pstat - 0.1) pred^-0.5) V^0.753;
    recalled (待核对). Valid for V 0.1 to 10 000 m3, pstat 0.1 to 1, pred pstat + 0.12 to 2 (or 1.5 as 1.5 bar), Kst to
    800, length to diameter 1.

    >>> round(vent_area_m2(volume_m3=10, kst_bar_m_s=150, pmax_bar=8, reduced_bar=0.4, static_bar=0.1), 2)
    0.37
    """
    burning = 3.264e-5 * pmax_bar * kst_bar_m_s * reduced_bar**-0.569
    opening = 0.27 * (static_bar - 0.1) * reduced_bar**-0.5
    return (burning + opening) * volume_m3**0.753


def vented_flame_m(volume_m3: float) -> float:
    """Length of the flame that a vented dust explosion throws out, m (EN 14491 section 6.2.1: 10 V^(1/3); recalled).

    >>> round(vented_flame_m(27.0), 6)
    30.0
    """
    return 10.0 * float(np.cbrt(volume_m3))


def vented_peak_pa(reduced_bar: float, area_m2: float, volume_m3: float) -> float:
    """Largest overpressure outside a vented dust explosion, a quarter of the flame's length away, Pa.

    EN 14491 section 6.2.2: 0.2 pred A^0.1 V^0.18 bar; recalled (待核对). Farther out it falls with distance^-1.5.

    >>> round(vented_peak_pa(0.4, 0.37, 10.0))
    10963
    """
    return 1e5 * 0.2 * reduced_bar * area_m2**0.1 * volume_m3**0.18


def cloud_share_airborne(superheat_k: float, heat_capacity_j_kg_k: float, heat_of_vaporisation_j_kg: float) -> float:
    """Share of a superheated liquid that is airborne when it is let go: what flashes, and as much again as spray.

    Flash share 1 - exp(-cp dT / hv); HSE and CCPS double it for the spray it tears along, at most all.

    >>> round(cloud_share_airborne(62.0, 2500.0, 426e3), 2)
    0.61
    """
    flashed = 1.0 - math.exp(-heat_capacity_j_kg_k * max(superheat_k, 0.0) / heat_of_vaporisation_j_kg)
    return min(2.0 * flashed, 1.0)


def ground_burst_pa(tnt_kg: float, distance_m: float) -> float:
    """Overpressure of a ground burst: 14 W/R3 + 4.3 W^(2/3)/R2 + 1.1 W^(1/3)/R in 1e5 Pa, W in kg of TNT.

    GB 6722-2014 13.3.2 eq. (3), used with GB/T 37243; the clause was read, its coefficients are recalled (待核对).

    >>> round(ground_burst_pa(1000.0, 588.6))
    2000
    """
    root = float(np.cbrt(tnt_kg)) / distance_m
    return 1e5 * (14.0 * root**3 + 4.3 * root**2 + 1.1 * root)


def ground_burst_distance_m(tnt_kg: float, overpressure_pa: float) -> float:
    """Distance at which the ground burst formula gives an overpressure, m (事故后果法外部安全防护距离).

    >>> [round(ground_burst_distance_m(1000.0, pa), 1) for pa in (2000.0, 5000.0, 9000.0)]
    [588.6, 257.6, 158.5]
    """
    # 14 x^3 + 4.3 x^2 + 1.1 x = p has one positive root x = W^(1/3)/R.
    roots = np.roots([14.0, 4.3, 1.1, -overpressure_pa / 1e5])
    root = float(max(one.real for one in roots if abs(one.imag) < 1e-9))
    return float(np.cbrt(tnt_kg)) / root
