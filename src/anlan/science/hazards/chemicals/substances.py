"""Hazardous substances: what they are, how they behave, and how harmful they are.

>>> chlorine = substance("chlorine")
>>> chlorine.name, chlorine.cas, round(chlorine.boiling_point_k, 1)
('氯', '7782-50-5', 239.2)
>>> chlorine.aegl[2].values[2], chlorine.aegl[2].unit, substance("7782-50-5") is chlorine
(20.0, 'ppm', True)
"""

from dataclasses import dataclass
from functools import cache
from math import exp, log

from anlan.science.hazards.chemicals import toxicity
from anlan.science.hazards.chemicals.properties import TABLE

GAS_CONSTANT = 8.31446  # J/mol/K
#: Minutes for which AEGLs are given.
AEGL_MINUTES = (10.0, 30.0, 60.0, 240.0, 480.0)
AIR_MOLAR_MASS = 0.028964  # kg/mol, dry


@dataclass(frozen=True, kw_only=True)
class Published:
    """Published numbers with their unit and source; a number may be absent where none is recommended (NR)."""

    values: tuple[float | None, ...]
    unit: str
    source: str

    @property
    def is_checked(self) -> bool:
        """Whether somebody read the numbers; otherwise they are recalled."""
        return self.source != toxicity.SOURCES["R"]


@dataclass(frozen=True, kw_only=True)
class Probit:
    """Y = a + b ln(C^n t) with t in minutes and C in `unit`."""

    a: float
    b: float
    n: float
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Substance:
    """A hazardous substance (危险化学品); what is not known is None."""

    code: str
    name: str
    english: str
    cas: str
    un: str
    formula: str
    molar_mass: float  # kg/mol
    melting_point_k: float | None
    boiling_point_k: float | None
    critical_k: float | None
    critical_pa: float | None
    antoine: tuple[float, float, float] | None
    #: Temperatures that the vapour pressure was fitted between, K.
    antoine_range_k: tuple[float, float] | None
    liquid_density_kg_m3: float | None
    liquid_density_slope: float
    heat_of_vaporisation: float | None  # J/kg at the boiling point
    gas_heat: float | None  # J/kg/K
    liquid_heat: float | None  # J/kg/K
    sources: str
    #: AEGL-1, -2, -3 of `AEGL_MINUTES`; ERPG-1, -2, -3; IDLH; MAC, PC-TWA, PC-STEL. Empty or None: not known.
    aegl: tuple[Published | None, ...]
    erpg: Published | None
    idlh: Published | None
    workplace: Published | None
    probit: Probit | None

    def vapour_pressure_pa(self, temperature_k: float) -> float:
        """Saturation pressure; ln p = a - b / (T + c).

        >>> round(substance("ammonia").vapour_pressure_pa(239.8) / 101325, 2)
        1.0
        """
        assert self.antoine is not None
        a, b, c = self.antoine
        return exp(a - b / (temperature_k + c)) if temperature_k + c > 0 else 0.0

    def saturation_k(self, pressure_pa: float) -> float:
        """Boiling temperature at a pressure.

        >>> round(substance("chlorine").saturation_k(101325.0))
        239
        """

        assert self.antoine is not None
        a, b, c = self.antoine
        return b / (a - log(pressure_pa)) - c

    def liquid_density(self, temperature_k: float) -> float:
        """Density of the liquid, kg/m3, linear in temperature.

        >>> 1380 < substance("chlorine").liquid_density(298.0) < 1430
        True
        """
        assert self.liquid_density_kg_m3 is not None
        start = min(self.boiling_point_k or 293.15, 293.15)
        return max(self.liquid_density_kg_m3 + self.liquid_density_slope * (temperature_k - start), 50.0)

    def latent_heat(self, temperature_k: float) -> float:
        """Heat of vaporisation, J/kg, after Watson (exponent 0.38).

        >>> round(substance("ammonia").latent_heat(298.15) / 1000)
        1161
        """
        assert self.heat_of_vaporisation is not None
        assert self.critical_k is not None
        assert self.boiling_point_k is not None
        ratio = max(self.critical_k - temperature_k, 0.5) / (self.critical_k - self.boiling_point_k)
        return float(self.heat_of_vaporisation * ratio**0.38)

    def gas_density(self, temperature_k: float, pressure_pa: float) -> float:
        """Density of the pure gas, kg/m3, ideal.

        >>> round(substance("chlorine").gas_density(298.15, 101325.0), 2)
        2.9
        """
        return pressure_pa * self.molar_mass / (GAS_CONSTANT * temperature_k)

    @property
    def heat_ratio(self) -> float | None:
        """Ratio of the heat capacities of the ideal gas.

        >>> round(substance("chlorine").heat_ratio, 2)
        1.4
        """
        if self.gas_heat is None:
            return None
        return self.gas_heat / (self.gas_heat - GAS_CONSTANT / self.molar_mass)

    @property
    def is_complete(self) -> bool:
        """Whether the properties that release and evaporation need are known."""
        needed = (self.boiling_point_k, self.critical_k, self.antoine, self.liquid_density_kg_m3,
                  self.heat_of_vaporisation, self.gas_heat, self.liquid_heat)  # fmt: skip
        return all(one is not None for one in needed)

    def in_kg_m3(self, value: float, unit: str, temperature_k: float, pressure_pa: float) -> float:
        """A concentration in kg/m3 of air at a temperature and a pressure.

        >>> round(substance("chlorine").in_kg_m3(10.0, "ppm", 298.15, 101325.0) * 1e6, 1)
        29.0
        """
        if unit == "mg/m3":
            return value * 1e-6
        if unit != "ppm":
            raise ValueError(f"no concentration unit {unit!r}")
        return value * 1e-6 * self.gas_density(temperature_k, pressure_pa)


def substance(name: str) -> Substance:
    """A substance by its code, CAS number or Chinese name; KeyError when it is not in the library."""
    return _by_name()[name]


@cache
def substances() -> dict[str, Substance]:
    """All substances by code.

    >>> len(substances()) >= 64
    True
    """
    return {one.code: one for one in (_read(line) for line in TABLE.splitlines())}


@cache
def _by_name() -> dict[str, Substance]:
    found = dict(substances())
    for one in substances().values():
        found[one.cas] = found[one.name] = one
    return found


def _read(line: str) -> Substance:
    code, name, english, cas, un, formula, *cells, sources = line.split("|")
    number = [float(cell) if cell else None for cell in cells]
    mass, melting, boiling, critical, pressure, a, b, c, low, high, _error, density, slope, latent, gas, liquid = number
    levels = _rows(toxicity.AEGL).get(code)
    erpg = _rows(toxicity.ERPG).get(code)
    workplace = _rows(toxicity.WORKPLACE).get(code)
    assert mass is not None
    return Substance(
        code=code,
        name=name,
        english=english,
        cas=cas,
        un=un,
        formula=formula,
        molar_mass=mass / 1000.0,
        melting_point_k=melting,
        boiling_point_k=boiling,
        critical_k=critical,
        critical_pa=None if pressure is None else pressure * 1e5,
        antoine=None if a is None or b is None or c is None else (a, b, c),
        antoine_range_k=None if low is None or high is None else (low, high),
        liquid_density_kg_m3=density,
        liquid_density_slope=slope or 0.0,
        heat_of_vaporisation=None if latent is None else latent * 1000.0,
        gas_heat=gas,
        liquid_heat=liquid,
        sources=sources,
        aegl=(None, None, None) if levels is None else _aegl(levels),
        erpg=None if erpg is None else _published(erpg[0], erpg[1] if len(erpg) > 1 else "", "E"),
        idlh=_idlh().get(code),
        workplace=None if workplace is None else _published(workplace[0], "mg/m3", workplace[1]),
        probit=_probit(code),
    )


def _rows(table: str) -> dict[str, list[str]]:
    return {line.split("|")[0]: line.split("|")[1:] for line in table.splitlines()}


def _published(cell: str, unit: str, mark: str) -> Published:
    values = tuple(None if one == "-" else float(one) for one in cell.split())
    return Published(values=values, unit=unit or "ppm", source=toxicity.SOURCES[mark])


def _aegl(row: list[str]) -> tuple[Published | None, ...]:
    return tuple(None if cell == "-" else _published(cell, row[3], row[4]) for cell in row[:3])


@cache
def _idlh() -> dict[str, Published]:
    found = {}
    for one in toxicity.IDLH.replace("\n", ";").split(";"):
        if one.strip():
            code, value, *unit = one.split()
            found[code] = _published(value, unit[0] if unit else "", "H" if code == "hydrogen_sulfide" else "R")
    return found


def _probit(code: str) -> Probit | None:
    row = _rows(toxicity.PROBIT).get(code)
    if row is None:
        return None
    a, b, n = (float(one) for one in row[0].split())
    return Probit(a=a, b=b, n=n, unit=row[1], source=toxicity.SOURCES[row[2]])
