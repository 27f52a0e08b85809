"""Scenarios out of a hazard source, and which criterion a protected target has; pure, the numbers come from rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.science.hazards.chemicals import Substance, substances
from anlan.science.hazards.fire.scenario import GAS_LABELS
from anlan.science.hazards.fuels import BOILING, FUELS, POOL_FUEL_LABELS

#: Rules that a study uses; their versions are kept with it.
RULES = (
    "risk.individual_criteria", "risk.societal_criteria", "risk.release_frequencies", "risk.ignition",
    "risk.weather_classes", "risk.wind_rose", "risk.scenario_defaults",
)  # fmt: skip
#: Names under which registers keep what the library of chemicals knows under another CAS number.
SAME = {"68476-85-7": "propane", "86290-81-5": "gasoline"}
#: The library's name of a fuel where it differs from that of the fires and explosions.
FUEL_NAMES = {"propane": "lpg"}
#: Liquefied under pressure at 20 °C.
WARM_K = 293.15


@dataclass(frozen=True, kw_only=True)
class Tank:
    """Stored substance that scenarios are derived for."""

    name: str
    cas: str
    mass_kg: float
    #: Vessels that the mass is spread over evenly.
    count: int
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Scenarios of a tank, and what is left out with the reason."""

    scenarios: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]


def substance_of(cas: str) -> Substance | None:
    """What the library of chemicals knows under a CAS number."""
    known = substances()
    if cas in SAME:
        return known[SAME[cas]]
    return next((one for one in known.values() if cas and one.cas == cas), None)


def derive(tank: Tank, rules: Mapping[str, Mapping[str, Any]]) -> Derived:
    """The scenarios of a tank by the release frequencies; nothing is made up for what the models do not cover."""
    what = substance_of(tank.cas)
    if what is None or what.boiling_point_k is None:
        return Derived(scenarios=(), left_out=(f"{tank.name}：物质库没有这个 CAS 号，没有推导情景。",))
    fuel = FUEL_NAMES.get(what.code, what.code)
    is_warm = what.boiling_point_k < WARM_K
    if what.critical_k is not None and what.critical_k < WARM_K:
        told = f"{tank.name}：常温下不能加压液化，低温或高压气体储存的情景请用推演记录加入。"
        return Derived(scenarios=(), left_out=(told,))
    made: list[dict[str, Any]] = []
    if is_warm and what.probit is not None:
        made += _toxic(tank, what, rules)
    if is_warm and fuel in FUELS and fuel in BOILING:
        made += _burning_gas(tank, fuel, rules)
    if not is_warm and fuel in POOL_FUEL_LABELS and what.liquid_density_kg_m3:
        made += _burning_liquid(tank, fuel, what.liquid_density_kg_m3, rules)
    left = []
    if not made:
        left.append(f"{tank.name}：没有可自动推导的情景（既不是有死亡概率关系的有毒气体，也不是模型已有的燃料）。")
    elif not is_warm and what.probit is not None:
        left.append(f"{tank.name}：液体挥发的毒性没有计入，请用推演记录加入。")
    return Derived(scenarios=tuple(made), left_out=tuple(left))


def _frequency(rules: Mapping, code: str) -> Mapping[str, Any]:
    return next(one for one in rules["risk.release_frequencies"]["params"]["releases"] if one["code"] == code)


def _scenario(
    tank: Tank,
    rules: Mapping,
    release: str,
    words: str,
    hazard: str,
    inputs: dict,
    factors: Sequence[tuple[str, float]],
) -> dict[str, Any]:
    """One scenario: its frequency is that of the release times the vessels times the factors, each told."""
    found = _frequency(rules, release)
    parts = [(found["name"], found["per_year"])]
    if tank.count > 1:
        parts.append(("储罐数", float(tank.count)))
    parts += factors
    per_year = 1.0
    for _name, value in parts:
        per_year *= value
    return {
        "title": f"{tank.name} · {found['name'].partition('：')[2]} · {words}", "hazard": hazard, "inputs": inputs,
        "lon": tank.lon, "lat": tank.lat, "per_year": per_year, "basis": [[name, value] for name, value in parts],
        "source": f"{rules['risk.release_frequencies']['reference']}",
    }  # fmt: skip


def _toxic(tank: Tank, what: Substance, rules: Mapping) -> list[dict[str, Any]]:
    mass, weather = tank.mass_kg / tank.count, rules["risk.weather_classes"]["params"]
    sources = (
        ("pressure_vessel_rupture", {"kind": "instant", "mass_kg": mass}),
        ("pressure_vessel_10min", {"kind": "rate", "rate_kg_s": mass / 600.0, "duration_s": 600.0}),
        ("pressure_vessel_10mm", {"kind": "tank_liquefied", "hole_mm": 10.0, "mass_kg": mass}),
    )
    found = []
    for release, source in sources:
        for air in weather["classes"]:
            inputs = {
                "substance": what.code, "source": source,
                "weather": {
                    "wind_m_s": air["wind_m_s"], "wind_from_deg": 270.0, "sky": air["sky"],
                    "temperature_c": weather["temperature_c"], "humidity_pct": weather["humidity_pct"],
                },
            }  # fmt: skip
            words = f"毒性扩散（{air['name']}）"
            factors = [("天气份额", air["share"])]
            found.append(_scenario(tank, rules, release, words, "toxic_release", inputs, factors))
    return found


def _burning_gas(tank: Tank, fuel: str, rules: Mapping) -> list[dict[str, Any]]:
    mass = tank.mass_kg / tank.count
    ignition, assumed = (rules[code]["params"] for code in ("risk.ignition", "risk.scenario_defaults"))
    cloud = {"cloud": {"fuel": fuel, "mass_kg": mass, "stored_c": assumed["stored_c"]}}
    immediate, lasting = ignition["immediate_instant_large"], ignition["immediate_continuous_large"]
    jet = {"jet": {"fuel": fuel, "pressure_bar": assumed["jet_bar"], "hole_mm": 10.0, "towards_deg": 90.0},
           "wind_from_deg": 270.0}  # fmt: skip
    told = "延迟点火", "爆炸份额", "立即点火"
    boom = ignition["explosion_share"]
    found = [
        _scenario(
            tank, rules, "pressure_vessel_rupture", "火球", "fire", {"fireball": {"fuel": fuel, "mass_kg": mass}},
            [(told[2], immediate), ("火球份额", ignition["bleve_share"])],
        ),
        _scenario(
            tank, rules, "pressure_vessel_rupture", "蒸气云爆炸", "explosion", cloud,
            [(told[0], 1.0 - immediate), (told[1], boom)],
        ),
        _scenario(
            tank, rules, "pressure_vessel_10min", "蒸气云爆炸", "explosion", cloud,
            [(told[0], 1.0 - lasting), (told[1], boom)],
        ),
    ]  # fmt: skip
    if fuel in GAS_LABELS:
        factors = [(told[2], ignition["immediate_continuous_small"])]
        found.append(_scenario(tank, rules, "pressure_vessel_10mm", "喷射火", "fire", jet, factors))
    return found


def _burning_liquid(tank: Tank, fuel: str, density: float, rules: Mapping) -> list[dict[str, Any]]:
    depth = rules["risk.scenario_defaults"]["params"]["pool_depth_m"]
    volume = tank.mass_kg / tank.count / density
    pool = {
        "pool": {"fuel": fuel, "area_m2": min(max(volume / depth, 1.0), 20_000.0), "liquid_m3": volume},
        "wind_from_deg": 270.0,
    }
    factors = [("立即点火", rules["risk.ignition"]["params"]["immediate_liquid"])]
    return [
        _scenario(tank, rules, release, "池火", "fire", pool, factors)
        for release in ("atmospheric_tank_rupture", "atmospheric_tank_10min")
    ]


def class_of_people(people: int | None, classes: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The class of a place where people live, by how many; the strictest where nobody knows."""
    if people is None:
        return classes[0]
    return next(one for one in sorted(classes, key=lambda one: -one["residents"]) if people >= one["residents"])
