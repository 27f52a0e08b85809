"""Fuel gases as mixtures: what they weigh, how they expand and compress, when they burn (燃气性质).

Symbols: y mole fraction, M molar mass (kg/mol), gamma ratio of specific heats of the ideal gas, Z compressibility
factor (-), LFL and UFL flammable limits in air (mole fraction), p pressure (Pa absolute), T temperature (K).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

#: J/(mol K), CODATA 2018.
GAS_CONSTANT = 8.314462618
AIR_MOLAR_MASS = 0.0289652
ATMOSPHERE = 101_325.0


@dataclass(frozen=True, kw_only=True)
class Component:
    """A pure gas."""

    label: str
    #: kg/mol, K, Pa, -: CoolProp 8.0.0 (Bell et al. 2014, Ind. Eng. Chem. Res. 53, 2498).
    molar_mass: float
    critical_temperature: float
    critical_pressure: float
    acentric: float
    #: J/(mol K), ideal gas at 288.15 K, CoolProp 8.0.0.
    heat_capacity: float
    #: Mole fractions in air at 25 °C, Zabetakis 1965, US Bureau of Mines Bulletin 627, table 2 (recalled, 待核对).
    lower_limit: float | None = None
    upper_limit: float | None = None
    #: J/mol, net, 25 °C, from standard enthalpies of formation (recalled, 待核对).
    combustion_heat: float = 0.0
    #: Moles of oxygen that a mole burns with.
    oxygen: float = 0.0


def _of(label: str, *values: float, burns: tuple[float, float, float, float] | None = None) -> Component:
    mass, temperature, pressure, acentric, heat = values
    made = Component(
        label=label,
        molar_mass=mass / 1e3,
        critical_temperature=temperature,
        critical_pressure=pressure * 1e6,
        acentric=acentric,
        heat_capacity=heat,
    )
    if burns is None:
        return made
    lower, upper, combustion, oxygen = burns
    return Component(
        **{
            **made.__dict__,
            "lower_limit": lower / 100.0,
            "upper_limit": upper / 100.0,
            "combustion_heat": combustion * 1e3,
            "oxygen": oxygen,
        }
    )


#: Columns: g/mol, K, MPa, -, J/(mol K); burns: % in air, % in air, kJ/mol, mol/mol.
COMPONENTS: dict[str, Component] = {
    "methane": _of("甲烷", 16.0428, 190.564, 4.5992, 0.01142, 35.352, burns=(5.0, 15.0, 802.6, 2.0)),
    "ethane": _of("乙烷", 30.0690, 305.322, 4.8722, 0.0990, 51.281, burns=(3.0, 12.4, 1428.6, 3.5)),
    "propane": _of("丙烷", 44.0956, 369.890, 4.2512, 0.1521, 71.395, burns=(2.1, 9.5, 2043.1, 5.0)),
    "butane": _of("丁烷", 58.1222, 425.125, 3.7960, 0.2008, 95.968, burns=(1.8, 8.4, 2657.3, 6.5)),
    "ethylene": _of("乙烯", 28.0538, 282.350, 5.0417, 0.0866, 41.917, burns=(2.7, 36.0, 1322.9, 3.0)),
    "hydrogen": _of("氢", 2.01588, 33.145, 1.2964, -0.219, 28.756, burns=(4.0, 75.0, 241.8, 0.5)),
    "carbon_monoxide": _of("一氧化碳", 28.0101, 132.860, 3.4982, 0.0497, 29.131, burns=(12.5, 74.0, 283.0, 0.5)),
    "carbon_dioxide": _of("二氧化碳", 44.0098, 304.128, 7.3773, 0.2239, 36.678),
    "nitrogen": _of("氮", 28.0135, 126.192, 3.3958, 0.0372, 29.121),
}


@dataclass(frozen=True, kw_only=True)
class FuelGas:
    """A mixture by mole fractions that sum to one."""

    fractions: tuple[tuple[str, float], ...]

    def mean(self, name: str) -> float:
        """Mole-weighted mean of a component's figure."""
        return sum(share * getattr(COMPONENTS[code], name) for code, share in self.fractions)

    @cached_property
    def molar_mass(self) -> float:
        """kg/mol."""
        return self.mean("molar_mass")

    @cached_property
    def gamma(self) -> float:
        """Ratio of specific heats of the ideal gas at 15 °C."""
        heat = self.mean("heat_capacity")
        return heat / (heat - GAS_CONSTANT)

    @cached_property
    def combustion_heat(self) -> float:
        """Net heat of combustion, J/kg."""
        return self.mean("combustion_heat") / self.molar_mass

    @cached_property
    def stoichiometric(self) -> float:
        """Mole fraction of gas in air that burns with nothing left."""
        return 1.0 / (1.0 + self.mean("oxygen") / 0.2095)

    @cached_property
    def lower_limit(self) -> float:
        """Lower flammable limit, mole fraction in air: Le Chatelier's rule, inert parts diluting (LFL, 爆炸下限)."""
        return self._limit("lower_limit")

    @cached_property
    def upper_limit(self) -> float:
        """Upper flammable limit, mole fraction in air: Le Chatelier's rule, inert parts diluting (UFL, 爆炸上限)."""
        return self._limit("upper_limit")

    def _limit(self, name: str) -> float:
        return 1.0 / sum(
            share / limit
            for code, share in self.fractions
            if (limit := getattr(COMPONENTS[code], name)) is not None and share > 0
        )

    def density(self, pressure: float, temperature: float) -> float:
        """kg/m3 of the real gas."""
        factor = self.compressibility(pressure, temperature)
        return pressure * self.molar_mass / (factor * GAS_CONSTANT * temperature)

    def compressibility(self, pressure: float, temperature: float) -> float:
        """Z of the gas phase by Soave-Redlich-Kwong, no binary interaction (Soave 1972, Chem. Eng. Sci. 27, 1197).

        Range checked here: 0.1-10 MPa, 263-323 K; within 2 % of the reference equations of state.
        """
        root = small = 0.0
        for code, share in self.fractions:
            one = COMPONENTS[code]
            slope = 0.480 + 1.574 * one.acentric - 0.176 * one.acentric**2
            alpha = (1.0 + slope * (1.0 - math.sqrt(temperature / one.critical_temperature))) ** 2
            unit = GAS_CONSTANT * one.critical_temperature
            root += share * math.sqrt(0.42748 * unit**2 / one.critical_pressure * alpha)
            small += share * 0.08664 * unit / one.critical_pressure
        a = root**2 * pressure / (GAS_CONSTANT * temperature) ** 2
        b = small * pressure / (GAS_CONSTANT * temperature)
        factor = 1.0
        for _ in range(50):  # Newton from the ideal gas finds the root of the gas phase
            value = factor**3 - factor**2 + (a - b - b**2) * factor - a * b
            step = value / (3.0 * factor**2 - 2.0 * factor + a - b - b**2)
            factor -= step
            if abs(step) < 1e-12:
                break
        return factor

    def dew_pressure(self, temperature: float) -> float:
        """Pa above which some gas may become liquid: Wilson's vapour pressures in an ideal mixture; infinite where
        every part is above its critical temperature.

        Source: Wilson 1968, as in Poling, Prausnitz & O'Connell 2001, 8-12 (recalled, 待核对).
        """
        share_by_pressure = 0.0
        for code, share in self.fractions:
            one = COMPONENTS[code]
            if temperature < one.critical_temperature:
                exponent = 5.373 * (1.0 + one.acentric) * (1.0 - one.critical_temperature / temperature)
                share_by_pressure += share / (one.critical_pressure * math.exp(exponent))
        return 1.0 / share_by_pressure if share_by_pressure > 0 else math.inf


def mixture(fractions: Mapping[str, float]) -> FuelGas:
    """A fuel gas from amounts by component, brought to a sum of one.

    >>> gas = mixture({"methane": 100.0})
    >>> round(gas.gamma, 3), round(gas.combustion_heat / 1e6, 1), round(gas.stoichiometric, 4)
    (1.308, 50.0, 0.0948)
    >>> round(mixture({"methane": 80.0, "hydrogen": 20.0}).lower_limit, 4)
    0.0476
    """
    total = sum(fractions.values())
    return FuelGas(fractions=tuple((code, share / total) for code, share in fractions.items() if share > 0))


#: Usual city gases, mole %. Compositions vary from source to source: typical figures, to be replaced by the city's.
USUAL: dict[str, dict[str, float]] = {
    "natural_gas": {"methane": 95.0, "ethane": 2.5, "propane": 0.5, "nitrogen": 1.0, "carbon_dioxide": 1.0},
    "methane": {"methane": 100.0},
    "lpg": {"propane": 50.0, "butane": 50.0},
    "coal_gas": {
        "hydrogen": 58.0,
        "methane": 25.0,
        "carbon_monoxide": 7.0,
        "ethylene": 2.5,
        "nitrogen": 5.0,
        "carbon_dioxide": 2.5,
    },
    "hydrogen": {"hydrogen": 100.0},
}


def usual(kind: str, hydrogen_percent: float = 0.0) -> FuelGas:
    """A usual city gas with so much hydrogen blended in, % of volume.

    >>> round(usual("natural_gas").molar_mass * 1000, 2), round(usual("lpg").lower_limit, 4)
    (16.93, 0.0194)
    """
    base = USUAL[kind]
    total = sum(base.values())
    blended = {code: share / total * (100.0 - hydrogen_percent) for code, share in base.items()}
    blended["hydrogen"] = blended.get("hydrogen", 0.0) + hydrogen_percent
    return mixture(blended)
