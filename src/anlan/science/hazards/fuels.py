"""Flammable substances as fires and explosions need them (可燃物质).

Net heats of combustion, densities and burning rates: V. Babrauskas, "Estimating large pool fire burning rates", Fire
Technology 19 (1983) 251-261, as in NUREG-1805 table 3-2 and TNO Yellow Book CPR 14E table 6.5; recalled, the burning
rates of gasoline, LNG, methanol and benzene compared with a transcription of Yellow Book table 6.5. Methanol and ethanol
burn at 0.015 kg/(m2 s) whatever the diameter (Yellow Book). Where Babrauskas has no row, the heat is the gross heat of
the ChEDL tables (PyPI chemicals 1.5.2) less that of condensing the water, and there is no burning rate. Boiling points and heats of vaporisation of liquefied gases: CRC
Handbook as in ChEDL; their liquid heat capacities at 25 °C: Poling et al. and CRC (vinyl chloride: Perry, DIPPR 100 at
0 °C) as in ChEDL. Flammability limits and molar masses: ChEDL tables. Ratios of specific heats are recalled (待核对).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Boiling:
    """A liquefied gas as it boils at one atmosphere."""

    boiling_c: float
    heat_of_vaporisation_j_kg: float
    liquid_heat_capacity_j_kg_k: float


#: By code of the fuel.
BOILING: dict[str, Boiling] = {
    code: Boiling(boiling_c=boiling, heat_of_vaporisation_j_kg=heat * 1e3, liquid_heat_capacity_j_kg_k=capacity * 1e3)
    for code, boiling, heat, capacity in (
        ("lpg", -42.1, 432.0, 2.72),
        ("propane", -42.1, 432.0, 2.72),
        ("butane", -0.5, 386.0, 2.44),
        ("propylene", -47.7, 438.0, 2.66),
        ("butadiene", -4.4, 415.0, 2.30),
        ("vinyl_chloride", -13.8, 333.0, 1.25),
        ("ethylene_oxide", 10.6, 580.0, 2.00),
    )
}


@dataclass(frozen=True, kw_only=True)
class Fuel:
    """A flammable substance."""

    label: str
    molar_mass_kg_mol: float
    #: Net (water stays vapour), J/kg.
    heat_of_combustion_j_kg: float
    #: Volume fractions in air; None where the table has none.
    lower_limit: float | None
    upper_limit: float | None
    specific_heat_ratio: float
    liquid_density_kg_m3: float
    #: Burning rate of a very wide pool, kg/(m2 s); None where it has not been measured.
    burning_rate_kg_m2_s: float | None = None
    #: Extinction coefficient times beam length, 1/m; None where the rate does not depend on the diameter.
    k_beta_1_m: float | None = None
    #: Share of a wide pool's flame that soot hides (Yellow Book 6.5.4: about 0.8 for oil products).
    soot_share: float = 0.8


def _fuel(
    label: str,
    molar_mass: float,
    heat_mj: float,
    limits: tuple[float | None, float | None],
    gamma: float,
    density: float,
    rate: float | None = None,
    k_beta: float | None = None,
    soot: float = 0.8,
) -> Fuel:
    return Fuel(
        label=label,
        molar_mass_kg_mol=molar_mass,
        heat_of_combustion_j_kg=heat_mj * 1e6,
        lower_limit=limits[0],
        upper_limit=limits[1],
        specific_heat_ratio=gamma,
        liquid_density_kg_m3=density,
        burning_rate_kg_m2_s=rate,
        k_beta_1_m=k_beta,
        soot_share=soot,
    )


FUELS: dict[str, Fuel] = {
    "lpg": _fuel("液化石油气（按丙烷）", 0.0441, 46.0, (0.017, 0.109), 1.13, 585, 0.099, 1.4, 0.6),
    "propane": _fuel("丙烷", 0.0441, 46.0, (0.017, 0.109), 1.13, 585, 0.099, 1.4, 0.6),
    "butane": _fuel("丁烷", 0.0581, 45.7, (0.014, 0.093), 1.10, 573, 0.078, 2.7, 0.6),
    "methane": _fuel("甲烷、天然气、LNG", 0.01604, 50.0, (0.044, 0.17), 1.31, 415, 0.078, 1.1, 0.0),
    "ethylene": _fuel("乙烯", 0.02805, 47.2, (0.023, 0.36), 1.24, 568),
    "propylene": _fuel("丙烯", 0.04208, 45.8, (0.02, 0.109), 1.15, 609),
    "hydrogen": _fuel("氢气", 0.002016, 120.0, (0.04, 0.77), 1.41, 70, 0.017, 6.1, 0.0),
    "acetylene": _fuel("乙炔", 0.02604, 48.2, (0.023, 1.0), 1.23, 620),
    "butadiene": _fuel("1,3-丁二烯", 0.05409, 44.6, (0.014, 0.163), 1.12, 615),
    "vinyl_chloride": _fuel("氯乙烯", 0.0625, 18.0, (0.036, 0.33), 1.18, 911),
    "ethylene_oxide": _fuel("环氧乙烷", 0.04405, 27.6, (0.026, 1.0), 1.21, 882),
    "propylene_oxide": _fuel("环氧丙烷", 0.05808, 31.2, (0.019, 0.37), 1.13, 829),
    "methanol": _fuel("甲醇", 0.03204, 20.0, (0.06, 0.36), 1.20, 796, 0.015, None, 0.0),
    "ethanol": _fuel("乙醇", 0.04607, 26.8, (0.031, 0.19), 1.13, 794, 0.015, None, 0.0),
    "acetone": _fuel("丙酮", 0.05808, 25.8, (0.025, 0.143), 1.11, 791, 0.041, 1.9),
    "hexane": _fuel("己烷", 0.08618, 44.7, (0.01, 0.089), 1.06, 650, 0.074, 1.9),
    "heptane": _fuel("庚烷", 0.1002, 44.6, (0.0105, 0.067), 1.05, 675, 0.101, 1.1),
    "benzene": _fuel("苯", 0.07811, 40.15, (0.012, 0.086), 1.11, 874, 0.085, 2.7),
    "xylene": _fuel("二甲苯", 0.10617, 40.8, (0.01, 0.076), 1.07, 870, 0.090, 1.4),
    "diethyl_ether": _fuel("乙醚", 0.07412, 34.2, (0.017, 0.39), 1.08, 714, 0.085, 0.7),
    "gasoline": _fuel("汽油", 0.105, 43.7, (0.014, 0.076), 1.05, 740, 0.055, 2.1),
    "kerosene": _fuel("煤油、柴油", 0.17, 43.2, (0.007, 0.05), 1.04, 820, 0.039, 3.5),
    "crude": _fuel("原油", 0.2, 42.6, (None, None), 1.04, 855, 0.045, 2.8),
    "fuel_oil": _fuel("重燃料油", 0.3, 39.7, (None, None), 1.03, 970, 0.035, 1.7),
}

#: Labels by code, for the choices of a scenario.
FUEL_LABELS = {code: fuel.label for code, fuel in FUELS.items()}
#: Those that burn as pools with a measured rate.
POOL_FUEL_LABELS = {code: fuel.label for code, fuel in FUELS.items() if fuel.burning_rate_kg_m2_s is not None}
