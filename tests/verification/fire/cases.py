"""Published fires and what the model says of them: (name, observed, predicted, unit, source)."""

import csv
import math
from pathlib import Path

import numpy as np

from anlan.science.hazards.fire.fields import FlameField
from anlan.science.hazards.fire.flames import PoolFire, fireball, jet_flame, pool_flame, standing
from anlan.science.hazards.fire.model import Burning, burning_of
from anlan.science.hazards.fire.radiation import Flame, heat_flux_w_m2, view_factor
from anlan.science.hazards.fire.scenario import Fire, JetSource, PoolSource
from anlan.science.hazards.fuels import FUELS

HERE = Path(__file__).parent
Case = tuple[str, float, float, str, str]


def rows(name: str) -> list[dict[str, str]]:
    """A table of this folder."""
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def upright(length: float, tilt_deg: float) -> Flame:
    """A leaning cylinder of radius 1."""
    tilt = math.radians(tilt_deg)
    return Flame(
        base=(0.0, 0.0, 0.0), tip=(length * math.sin(tilt), 0.0, length * math.cos(tilt)), base_radius_m=1.0,
        tip_radius_m=1.0, has_level_ends=True, emissive_w_m2=1.0,
    )  # fmt: skip


def view_factors() -> list[Case]:
    """The table and the examples of Yellow Book appendix 6.1 and section 6.6."""
    made = []
    for row in rows("view_factors.csv"):
        length, distance, tilt = (float(row[key]) for key in ("length_over_radius", "distance_over_radius", "tilt_deg"))
        predicted = float(view_factor(upright(length, tilt), np.array([[distance, 0.0, 0.0]]))[0])
        made.append(
            (f"L/R {length:g} X/R {distance:g} {tilt:g}°", float(row["view_factor"]), predicted, "", row["source"])
        )
    return made


def _scenario(row: dict[str, str]) -> Fire:
    diameter = float(row["diameter_m"])
    return Fire(
        pool=PoolSource(
            fuel="methane", area_m2=math.pi / 4 * diameter**2, burning_rate_kg_m2_s=float(row["rate_kg_m2_s"])
        ),
        wind_m_s=float(row["wind_m_s"]),
        wind_from_deg=float(row["wind_from_deg"]),
        temperature_c=float(row["temperature_c"]),
        humidity_percent=float(row["humidity_percent"]),
    )


def liquefied_gas_pools() -> list[Case]:
    """Heat measured round burning pools of liquefied natural gas, kW/m2."""
    made = []
    for row in rows("liquefied_gas_pools.csv"):
        field = burning_of(_scenario(row)).field
        bearing = math.radians(float(row["bearing_deg"]))
        place = float(row["distance_m"]) * np.array([[math.sin(bearing), math.cos(bearing)]])
        predicted = float(field.heat_w_m2(place)[0]) / 1e3
        name = f"{row['test']} {row['bearing_deg']}° {row['distance_m']} m"
        made.append((name, float(row["heat_kw_m2"]), predicted, "kW/m²", row["source"]))
    return made


def _yellow_book() -> PoolFire:
    return pool_flame(
        diameter_m=math.sqrt(4 * 28.3 / (math.pi * 0.02)), rate_kg_m2_s=0.085, heat_j_kg=4.015e7, wind_m_s=5.0,
        air_kg_m3=1.2243, radiated_share=0.4, soot_share=0.8, air_viscosity_m2_s=7.5133e-6,
    )  # fmt: skip


def _published(case: str, quantity: str) -> float:
    if case == "yellow_book_6.6.3":
        fire = _yellow_book()
        if quantity == "heat_w_m2":
            factor = float(view_factor(standing(fire, np.array([1.0, 0.0])), np.array([[100.0, 0.0, 0.0]]))[0])
            return fire.emissive_w_m2 * factor * 0.71474
        return float(getattr(fire, quantity))
    if case in ("truck_22.7_m3", "archie_150000_lb", "british_gas_2_t"):
        mass = {"truck_22.7_m3": 11_957.7, "archie_150000_lb": 68_039.0, "british_gas_2_t": 2000.0}[case]
        return float(getattr(fireball(mass, 1.5e6, FUELS["propane"]), quantity))
    test = {"phoenix_1": "Phoenix1", "phoenix_2": "Phoenix2", "montoir_2": "Montoir2"}[case]
    found = []
    for scenario in {_scenario(row) for row in rows("liquefied_gas_pools.csv") if row["test"].startswith(test)}:
        found.append(getattr(burning_of(scenario), quantity))
    return float(np.mean(found))


def published() -> list[Case]:
    """Sizes and brightness of fires in books and experiments."""
    return [
        (f"{row['case']} {row['quantity']}", float(row["value"]), _published(row["case"], row["quantity"]), row["unit"],
         row["source"])
        for row in rows("published.csv")
    ]  # fmt: skip


def jet_lengths() -> list[Case]:
    """Flame lengths of gas jets against L = 2.8893 Q^0.3728 with Q in MW, fitted to experiments up to 10 GW."""
    source = "Lowesmith et al. 2007, Process Safety and Environmental Protection 85(B3) 207-220；系数由公开代码核对"
    made = []
    for fuel, bar, hole_mm in (
        ("methane", 10, 20), ("methane", 60, 20), ("methane", 60, 100), ("methane", 60, 300), ("propane", 8, 25),
        ("propane", 8, 100), ("ethylene", 20, 50),
    ):  # fmt: skip
        jet = jet_flame(
            hole_m=hole_mm / 1e3, pressure_pa=bar * 1e5, kelvin=293.15, fuel=FUELS[fuel], wind_m_s=2.0, angle_deg=90.0,
            air_kg_m3=1.2, discharge=0.62,
        )  # fmt: skip
        observed = 2.8893 * (jet.rate_kg_s * FUELS[fuel].heat_of_combustion_j_kg / 1e6) ** 0.3728
        made.append((f"{fuel} {bar} bar {hole_mm} mm", observed, jet.flame_length_m, "m", source))
    return made


def _diesel(row: dict[str, str]) -> Burning:
    return burning_of(
        Fire(
            pool=PoolSource(
                fuel="kerosene", area_m2=math.pi / 4 * float(row["diameter_m"]) ** 2,
                burning_rate_kg_m2_s=float(row["rate_kg_m2_s"]),
            ),
            wind_m_s=float(row["wind_m_s"]), wind_from_deg=270.0, temperature_c=float(row["temperature_c"]),
            humidity_percent=float(row["humidity_percent"]),
        )
    )  # fmt: skip


def oil_pool_lengths() -> list[Case]:
    """Lengths of flames over burning diesel whose burning rate was measured, m."""
    return [
        (row["test"], float(row["flame_length_m"]), float(_diesel(row).flame_length_m or 0.0), "m", row["source"])
        for row in rows("oil_pools.csv")
    ]


def oil_pool_heat(use: str = "judged") -> list[Case]:
    """Heat from burning diesel, kW/m2; the wind is taken to blow to the radiometer, as the set-up has it."""
    found = []
    for row in rows("oil_pools.csv"):
        if row["use"] == use:
            heat = float(_diesel(row).field.heat_w_m2(np.array([[float(row["distance_m"]), 0.0]]))[0]) / 1e3
            found.append(
                (f"{row['test']} {row['distance_m']} m", float(row["heat_kw_m2"]), heat, "kW/m²", row["source"])
            )
    return found


def jet_burning(*, fuel: str, bar: float, celsius: float, hole_mm: float, wind_m_s: float, wind_deg: float) -> Burning:
    """A level jet towards the east, 3.25 m above the ground."""
    jet = JetSource(
        fuel=fuel, pressure_bar=bar, temperature_c=celsius, hole_mm=hole_mm, towards_deg=90.0, height_m=3.25
    )
    return burning_of(
        Fire(jet=jet, wind_m_s=wind_m_s, wind_from_deg=wind_deg, temperature_c=12.0, humidity_percent=50.0)
    )


def gas_jets(*uses: str) -> list[Case]:
    """Flows, flame lengths and heat of level gas jets that burnt, with the wind as the test had it."""
    made = []
    for row in rows("gas_jets.csv"):
        if row["use"] not in uses:
            continue
        burning = jet_burning(
            fuel=row["fuel"], bar=float(row["pressure_bar"]), celsius=float(row["temperature_c"]),
            hole_mm=float(row["hole_mm"]), wind_m_s=float(row["wind_m_s"]), wind_deg=270.0,
        )  # fmt: skip
        if row["quantity"] == "heat_kw_m2":
            assert isinstance(burning.field, FlameField)
            place = np.array([[float(row["along_m"]), 0.0, float(row["height_m"])]])
            predicted = float(heat_flux_w_m2(burning.field.flame, place, burning.field.vapour_pa)[0]) / 1e3
        else:
            name = {"rate_kg_s": "burning_kg_s"}.get(row["quantity"], row["quantity"])
            predicted = float(getattr(burning, name))
        made.append((f"{row['case']} {row['quantity']}", float(row["value"]), predicted, row["unit"], row["source"]))
    return made


#: Wind of the Loughborough tests: m/s and where from, with the jet towards 90 degrees.
LOUGHBOROUGH_WIND = {"jet1": (6.3, 271.0), "jet2": (6.2, 297.0)}


def natural_gas_jet_heat() -> list[Case]:
    """Heat beside two level natural gas jets, kW/m2, at the places in the table of the gas leak model."""
    with (HERE.parent / "gas_leak" / "fires.csv").open(encoding="utf-8") as file:
        measured = [row for row in csv.DictReader(file) if row["quantity"] == "radiation"]
    made = []
    for row in measured:
        wind, come = LOUGHBOROUGH_WIND[row["case"]]
        burning = jet_burning(
            fuel="methane", bar=61.0, celsius=12.0, hole_mm=1e3 * float(row["hole_m"]), wind_m_s=wind, wind_deg=come
        )
        place = np.array([[float(row["x_m"]) - float(row["nozzle_x_m"]), float(row["y_m"])]])
        predicted = float(burning.field.heat_w_m2(place)[0]) / 1e3
        name = f"{row['case']} ({row['x_m']}, {row['y_m']}) m"
        made.append((name, float(row["observed"]), predicted, "kW/m²", row["source"].split(";")[0]))
    return made


def groups() -> dict[str, list[Case]]:
    """The cases by data set; what the model does not reach stands apart."""
    return {
        "Worked examples and fireballs (judged)": published(), "View factors (judged)": view_factors(),
        "Heat round LNG pools (judged)": liquefied_gas_pools(), "Jet flame lengths (judged)": jet_lengths(),
        "Diesel pools, flame length (judged)": oil_pool_lengths(), "Diesel pools, heat (judged)": oil_pool_heat(),
        "Natural gas jets, heat (judged)": natural_gas_jet_heat(), "Gas jets (judged)": gas_jets("judged"),
        "Gas jets in a calm (tuned)": gas_jets("tuned"),
        "Gas jets, flow (recalled)": gas_jets("recalled"), "Missed": oil_pool_heat("missed") + gas_jets("missed"),
    }  # fmt: skip
