"""How large and how bright flames are: fireballs, pool fires, jet fires (火焰尺寸与表面辐射强度).

YB is the TNO Yellow Book CPR 14E (2005), chapter 6; its pool fire relations were compared with a transcription of its
worked example 6.6.3, the jet's with transcriptions of Chamberlain (1987) and ALOHA's technical documentation (NOAA OR&R
43). Fireball relations are recalled as in CCPS (2010) and YB (待核对). SI units.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from anlan.science.hazards.fire.radiation import Array, Flame
from anlan.science.hazards.fuels import Fuel

GRAVITY, GAS_CONSTANT = 9.80665, 8.314462618
AMBIENT_PA = 101_325.0
AIR_MOLAR_MASS = 0.02896
#: The brightest that fireballs have been seen, W/m2 (YB 6.5.7).
BRIGHTEST_FIREBALL_W_M2 = 400e3
#: Emissive power of soot, W/m2 (YB eq. 6.20).
SOOT_W_M2 = 20e3


def air_density_kg_m3(temperature_c: float) -> float:
    """Density of air at one atmosphere.

    >>> round(air_density_kg_m3(15.0), 3)
    1.225
    """
    return AMBIENT_PA * AIR_MOLAR_MASS / (GAS_CONSTANT * (temperature_c + 273.15))


@dataclass(frozen=True, kw_only=True)
class Fireball:
    """A fireball at its largest, and how long it burns."""

    diameter_m: float
    duration_s: float
    #: Of its centre.
    height_m: float
    emissive_w_m2: float
    #: Share of the heat of combustion that leaves as radiation.
    radiated_share: float


def fireball(mass_kg: float, burst_pa: float, fuel: Fuel) -> Fireball:
    """The fireball of so much fuel from a vessel that bursts at a pressure (BLEVE火球).

    CCPS (2010): D = 5.8 m^(1/3); t = 0.45 m^(1/3) up to 30 t, 2.6 m^(1/6) above; centre 0.75 D high. Radiated share
    0.27 P^0.32 with P in MPa (Roberts 1981, Fire Safety J. 4, 197; YB eq. 6.89), at most 0.4; E = share m Hc/(pi D2 t),
    at most 400 kW/m2 (YB). Above the cap the balance of heat is not kept: less is radiated than the share says.

    >>> from anlan.science.hazards.fuels import FUELS
    >>> ball = fireball(11_957.7, 1.5e6, FUELS["propane"])
    >>> round(ball.diameter_m, 1), round(ball.duration_s, 1), round(ball.emissive_w_m2, -3)
    (132.6, 10.3, 297000.0)
    """
    diameter = 5.8 * float(np.cbrt(mass_kg))
    duration = 0.45 * float(np.cbrt(mass_kg)) if mass_kg < 30_000.0 else 2.6 * mass_kg ** (1 / 6)
    share = min(0.27 * (burst_pa / 1e6) ** 0.32, 0.4)
    emissive = share * mass_kg * fuel.heat_of_combustion_j_kg / (math.pi * diameter**2 * duration)
    return Fireball(
        diameter_m=diameter,
        duration_s=duration,
        height_m=0.75 * diameter,
        emissive_w_m2=min(emissive, BRIGHTEST_FIREBALL_W_M2),
        radiated_share=share,
    )


@dataclass(frozen=True, kw_only=True)
class PoolFire:
    """A burning pool."""

    diameter_m: float
    burning_rate_kg_m2_s: float
    flame_length_m: float
    tilt_deg: float
    emissive_w_m2: float


def burning_rate_kg_m2_s(fuel: Fuel, diameter_m: float) -> float:
    """Burning rate m (1 - exp(-k beta D)) of a pool (YB eq. 6.66, Babrauskas 1983).

    >>> from anlan.science.hazards.fuels import FUELS
    >>> round(burning_rate_kg_m2_s(FUELS["gasoline"], 2.0), 4)
    0.0542
    """
    assert fuel.burning_rate_kg_m2_s is not None
    if fuel.k_beta_1_m is None:
        return fuel.burning_rate_kg_m2_s
    return fuel.burning_rate_kg_m2_s * (1.0 - math.exp(-fuel.k_beta_1_m * diameter_m))


def pool_flame(
    *,
    diameter_m: float,
    rate_kg_m2_s: float,
    heat_j_kg: float,
    wind_m_s: float,
    air_kg_m3: float,
    radiated_share: float,
    soot_share: float,
    air_viscosity_m2_s: float = 1.5e-5,
) -> PoolFire:
    """Length, tilt and brightness of a pool fire's flame.

    Length: Thomas, 55 (m/(rho sqrt(g D)))^0.67 u*^-0.21, u* = u10/uc >= 1, uc = (g m D/rho)^(1/3) (YB eq. 6.12-6.14).
    Tilt: tan t/cos t = 0.666 Fr^0.333 Re^0.117 (YB eq. 6.16, 6.68-6.70). Brightness: Emax = Fs m Hc/(1 + 4 L/D) (YB eq.
    6.71), E = (1 - s) Emax + s 20 kW/m2 with soot (YB eq. 6.20).

    >>> fire = pool_flame(diameter_m=42.445, rate_kg_m2_s=0.085, heat_j_kg=4.015e7, wind_m_s=5.0, air_kg_m3=1.2243,
    ...                   radiated_share=0.4, soot_share=0.8, air_viscosity_m2_s=7.5133e-6)
    >>> round(fire.flame_length_m, 2), round(fire.tilt_deg, 2), round(fire.emissive_w_m2, -2)
    (46.77, 50.83, 66500.0)
    """
    scaled_rate = rate_kg_m2_s / (air_kg_m3 * math.sqrt(GRAVITY * diameter_m))
    characteristic = float(np.cbrt(GRAVITY * rate_kg_m2_s * diameter_m / air_kg_m3))
    length = 55.0 * diameter_m * scaled_rate**0.67 * max(wind_m_s / characteristic, 1.0) ** -0.21
    froude = wind_m_s**2 / (GRAVITY * diameter_m)
    c = 0.666 * froude**0.333 * (wind_m_s * diameter_m / air_viscosity_m2_s) ** 0.117
    # (sqrt(4 c^2 + 1) - 1)/(2 c), without loss in light wind.
    tilt = math.degrees(math.asin(2.0 * c / (1.0 + math.sqrt(4.0 * c * c + 1.0))))
    clear = radiated_share * rate_kg_m2_s * heat_j_kg / (1.0 + 4.0 * length / diameter_m)
    return PoolFire(
        diameter_m=diameter_m,
        burning_rate_kg_m2_s=rate_kg_m2_s,
        flame_length_m=length,
        tilt_deg=tilt,
        emissive_w_m2=(1.0 - soot_share) * clear + soot_share * SOOT_W_M2,
    )


@dataclass(frozen=True, kw_only=True)
class JetFire:
    """A burning gas jet."""

    rate_kg_s: float
    exit_m_s: float
    flame_length_m: float
    tilt_deg: float
    #: Along the hole's axis to where the flame begins.
    lift_off_m: float
    frustum_length_m: float
    base_width_m: float
    tip_width_m: float
    emissive_w_m2: float
    radiated_share: float


def gas_release_kg_s(hole_m: float, pressure_pa: float, kelvin: float, fuel: Fuel, discharge: float) -> float:
    """Flow of gas through a hole, choked or not (YB eq. 2.22-2.26, whose examples take a discharge of 0.62).

    >>> from anlan.science.hazards.fuels import FUELS
    >>> round(gas_release_kg_s(0.1, 50e5, 288.15, FUELS["hydrogen"], 0.62), 2)
    15.33
    """
    gamma = fuel.specific_heat_ratio
    critical = (2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0))
    ratio = max(AMBIENT_PA / pressure_pa, critical)
    density = pressure_pa * fuel.molar_mass_kg_mol / (GAS_CONSTANT * kelvin)
    flow = 2.0 * gamma / (gamma - 1.0) * pressure_pa * density
    flow *= ratio ** (2.0 / gamma) - ratio ** ((gamma + 1.0) / gamma)
    return discharge * math.pi / 4.0 * hole_m**2 * math.sqrt(flow)


def jet_flame(
    *,
    hole_m: float,
    pressure_pa: float,
    kelvin: float,
    fuel: Fuel,
    wind_m_s: float,
    angle_deg: float,
    air_kg_m3: float,
    discharge: float,
) -> JetFire:
    """The flame of a gas jet as a frustum (Chamberlain 1987, Chem. Eng. Res. Des. 65, 299-309; YB 6.5.3).

    `angle_deg` lies between the hole's axis and the direction to which the wind blows: 90 is a vertical jet. The radiated
    share has ALOHA's correction for heavy gases (Cook et al. 1990). A calm has no direction, so the angle's part of the
    length fades in below about 1 m/s (ours: Chamberlain's flares burnt in wind; in a calm the formula would make a jet
    half or one and a half times as long by the sign of a wind that is not there). Measured on natural gas flares of 2 to 60 m; the
    molar mass enters through the stoichiometric mixture of paraffins.

    >>> from anlan.science.hazards.fuels import FUELS
    >>> jet = jet_flame(hole_m=0.1, pressure_pa=50e5, kelvin=288.15, fuel=FUELS["methane"], wind_m_s=5.0,
    ...                 angle_deg=90.0, air_kg_m3=1.225, discharge=0.62)
    >>> round(jet.rate_kg_s, 1), round(jet.flame_length_m, 1), round(jet.tilt_deg)
    (42.1, 38.7, 10)
    """
    gamma, molar = fuel.specific_heat_ratio, fuel.molar_mass_kg_mol
    rate = gas_release_kg_s(hole_m, pressure_pa, kelvin, fuel, discharge)
    expansion = (pressure_pa / AMBIENT_PA) ** ((gamma - 1.0) / gamma)
    jet_kelvin = kelvin / expansion
    mach = math.sqrt(2.0 / (gamma - 1.0) * (expansion - 1.0))
    speed = mach * math.sqrt(gamma * GAS_CONSTANT * jet_kelvin / molar)
    density = AMBIENT_PA * molar / (GAS_CONSTANT * jet_kelvin)
    # A nozzle that lets out the same flow and momentum as air of ambient density.
    source = math.sqrt(4.0 * rate / (math.pi * speed * density)) * math.sqrt(density / air_kg_m3)
    kg_kmol = molar * 1e3
    stoichiometric = kg_kmol / (15.816 * kg_kmol + 39.5)
    ca, cc = 0.024 * (GRAVITY * source / speed**2) ** (1 / 3), (2.85 / stoichiometric) ** (2 / 3)
    still = source * float(brentq(lambda y: ca * y ** (5 / 3) + 0.2 * y ** (2 / 3) - cc, 1e-6, 1e5))
    blown = 1.0 - math.exp(-2.0 * wind_m_s)
    length = still * (0.51 * math.exp(-0.4 * wind_m_s) + 0.49) * (1.0 - 6.07e-3 * (angle_deg - 90.0) * blown)
    ratio = wind_m_s / speed
    tilt_deg = _jet_tilt_deg(ratio, still * (GRAVITY / (source * speed) ** 2) ** (1 / 3), angle_deg)
    tilt = math.radians(tilt_deg)
    k = 0.185 * math.exp(-20.0 * ratio) + 0.015
    lift = length * (math.sin(k * tilt) / math.sin(tilt) if tilt > 1e-9 else k)
    slant = math.sqrt(length**2 - (lift * math.sin(tilt)) ** 2) - lift * math.cos(tilt)
    richardson = source * (GRAVITY / (source * speed) ** 2) ** (1 / 3)
    c = 1000.0 * math.exp(-100.0 * ratio) + 0.8
    thin = 1.0 - (1.0 - math.sqrt(air_kg_m3 / density) / 15.0) * math.exp(-70.0 * richardson ** (c * ratio))
    base = source * (13.5 * math.exp(-6.0 * ratio) + 1.5) * thin
    tip = length * (0.18 * math.exp(-1.5 * ratio) + 0.31) * (1.0 - 0.47 * math.exp(-25.0 * ratio))
    area = math.pi / 4.0 * (base**2 + tip**2)
    area += math.pi / 2.0 * (base + tip) * math.hypot(slant, (tip - base) / 2.0)
    heavy = 1.0 if kg_kmol < 21.0 else min(math.sqrt(kg_kmol / 21.0), 1.69)
    share = 0.21 * heavy * math.exp(-0.00323 * speed) + 0.11
    return JetFire(
        rate_kg_s=rate,
        exit_m_s=speed,
        flame_length_m=length,
        tilt_deg=tilt_deg,
        lift_off_m=lift,
        frustum_length_m=slant,
        base_width_m=base,
        tip_width_m=tip,
        emissive_w_m2=share * rate * fuel.heat_of_combustion_j_kg / area,
        radiated_share=share,
    )


def _jet_tilt_deg(ratio: float, richardson: float, angle_deg: float) -> float:
    """Angle between the hole's axis and the flame; never past the wind's direction (Chamberlain 1987, 4.1.2)."""
    towards = (angle_deg - 90.0) * (1.0 - math.exp(-25.6 * ratio))
    pushed = 8000.0 * ratio if ratio <= 0.05 else 134.0 + 1726.0 * math.sqrt(ratio - 0.026)
    return min(max(towards + pushed / richardson, 0.0), angle_deg)


def standing(fire: PoolFire, downwind: Array) -> Flame:
    """A pool fire's flame on the ground at the origin, leaning downwind; `downwind` is a unit vector east, north.

    >>> fire = PoolFire(diameter_m=10, burning_rate_kg_m2_s=0.05, flame_length_m=20, tilt_deg=30, emissive_w_m2=5e4)
    >>> [round(one, 1) for one in standing(fire, np.array([1.0, 0.0])).tip]
    [10.0, 0.0, 17.3]
    """
    tilt = math.radians(fire.tilt_deg)
    over = fire.flame_length_m * math.sin(tilt)
    tip = (float(over * downwind[0]), float(over * downwind[1]), fire.flame_length_m * math.cos(tilt))
    radius = fire.diameter_m / 2.0
    return Flame(
        base=(0.0, 0.0, 0.0), tip=tip, base_radius_m=radius, tip_radius_m=radius, has_level_ends=True,
        emissive_w_m2=fire.emissive_w_m2,
    )  # fmt: skip


def blowing(fire: JetFire, *, hole_axis: Array, downwind: Array, height_m: float) -> Flame:
    """A jet fire's flame from a hole above the origin; axes are unit vectors east, north, up, the wind's level.

    >>> fire = JetFire(rate_kg_s=1, exit_m_s=500, flame_length_m=10, tilt_deg=90, lift_off_m=1, frustum_length_m=9,
    ...                base_width_m=1, tip_width_m=3, emissive_w_m2=1e5, radiated_share=0.2)
    >>> flame = blowing(fire, hole_axis=np.array([0, 0, 1.0]), downwind=np.array([1.0, 0, 0]), height_m=2.0)
    >>> flame.base, [round(one, 1) for one in flame.tip]
    ((0.0, 0.0, 3.0), [9.0, 0.0, 3.0])
    """
    across = downwind - (downwind @ hole_axis) * hole_axis
    size = float(np.linalg.norm(across))
    tilt = math.radians(fire.tilt_deg)
    axis = hole_axis if size < 1e-9 else math.cos(tilt) * hole_axis + math.sin(tilt) * across / size
    base = np.array([0.0, 0.0, height_m]) + fire.lift_off_m * hole_axis
    tip = base + fire.frustum_length_m * axis
    return Flame(
        base=(float(base[0]), float(base[1]), float(base[2])),
        tip=(float(tip[0]), float(tip[1]), float(tip[2])),
        base_radius_m=fire.base_width_m / 2.0,
        tip_radius_m=fire.tip_width_m / 2.0,
        has_level_ends=False,
        emissive_w_m2=fire.emissive_w_m2,
    )
