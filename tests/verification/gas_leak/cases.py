"""Published numbers beside ours: (name, observed, predicted, unit, tolerance, use, source), tolerance as a share.

`use`: judged; tuned (a choice of ours was made with sight of these); missed (outside what we claim, kept in sight).
"""

import csv
import math
from pathlib import Path

import numpy as np

from anlan.science.hazards.gas_leak import fires, jets, rooms, soil
from anlan.science.hazards.gas_leak.blowdown import Line, Side, blow_down, vessel_time
from anlan.science.hazards.gas_leak.gases import AIR_MOLAR_MASS, ATMOSPHERE, GAS_CONSTANT, mixture, usual
from anlan.science.hazards.gas_leak.release import critical_ratio, hole_flow
from tests.verification import examples

FOLDER = Path(__file__).parent
METHANE = usual("methane")
TEMPERATURE = 288.15


def rows(name):
    """Rows of one of the tables."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _gas(text):
    return mixture({part.split(":")[0]: float(part.split(":")[1]) for part in text.split()})


def _gases(row):
    gas, pressure, temperature = _gas(row["gas"]), float(row["pressure_pa"]), float(row["temperature_k"])
    if row["quantity"] == "compressibility":
        return gas.compressibility(pressure, temperature)
    return hole_flow(gas, pressure, temperature, 1.0, 1.0)


def _jets(row):
    number = {key: float(row[key]) for key in row if key not in ("gas", "unit", "use", "source")}
    gas = _gas(row["gas"])
    throat = jets.throat(gas, number["pressure_pa"], number["temperature_k"], number["ambient_pa"])
    air = number["ambient_pa"] * AIR_MOLAR_MASS / (GAS_CONSTANT * number["ambient_k"])
    stream = number["diameter_m"] * math.sqrt(number["discharge"])
    axis = jets.DECAY * math.sqrt(throat.density / air) * stream
    return number["distance_over_radius"] * number["diameter_m"] / 2.0 / axis


def _fires(row):
    rate = float(row["rate_kg_s"])
    speed = fires.expanded_speed(METHANE, jets.throat(METHANE, 6.1e6, 285.0))
    length = fires.flame_length(METHANE, rate, speed, 285.0, 0.0)
    if row["quantity"] == "flame_length":
        return length
    power = float(row["radiant_share"]) * rate * METHANE.combustion_heat
    flame = fires.flame((float(row["nozzle_x_m"]), 0.0, 3.25), (1.0, 0.0, 0.0), length, power)
    place = np.array([[float(row["x_m"]), float(row["y_m"]), float(row["z_m"])]])
    return float(fires.radiation(flame, place, 800.0)[0]) / 1e3


def _emptying(pressure, length, diameter, ratio):
    cross = math.pi / 4.0 * diameter**2
    long = Side(length=length, is_supplied=False, close_start=0.0, close_end=0.0)
    short = Side(length=diameter, is_supplied=False, close_start=0.0, close_end=0.0)
    line = Line(
        gas=METHANE,
        pressure=pressure,
        temperature=TEMPERATURE,
        diameter=diameter,
        friction=0.012,
        up=long,
        down=short,
        hole_area=cross / ratio,
        discharge=1.0,
        is_rupture=False,
    )
    made = blow_down(line, 15_000.0, points=1500)
    left = METHANE.density(1.01 * ATMOSPHERE, TEMPERATURE) * cross * (length + diameter)
    return float(np.interp(-left, -made.remaining, made.time))


def _published(row):
    case, a = row["case"], float(row["a"])
    if case == "critical_ratio":
        return critical_ratio(a)
    if case == "emptying_time":
        return _emptying(a, float(row["b"]), float(row["c"]), float(row["d"]))
    density = [METHANE.density(p, TEMPERATURE) for p in (a, ATMOSPHERE, ATMOSPHERE / critical_ratio(METHANE.gamma))]
    if case == "mean_over_initial":
        time = vessel_time(METHANE, a, TEMPERATURE, 1000.0, 1e-3, 1.001 * ATMOSPHERE)
        return (density[0] - density[1]) * 1000.0 / time / hole_flow(METHANE, a, TEMPERATURE, 1e-3, 1.0)
    if case == "sonic_share":
        return (density[0] - density[2]) / (density[0] - density[1])
    if case == "stirred_room":
        volume, seconds = float(row["c"]), float(row["d"])
        room = rooms.Enclosed(
            length=volume, width=1.0, height=1.0, leak_height=0.0, ventilation=float(row["b"]) / 3600.0
        )
        time = np.linspace(0.0, seconds, 50)
        return 100.0 * float(rooms.mixed(room, np.full(50, a / 3600.0), time).fraction[-1])
    flow, kind, depth = a / 3600.0 / METHANE.density(ATMOSPHERE, TEMPERATURE), soil.SOILS[row["c"]], float(row["b"])
    if case == "seepage_radius":
        distance = np.geomspace(0.05, 20.0, 4000)
        return float(distance[flow / kind.diffusivity * soil.green(distance, depth, is_sealed=False) >= 1.0].max())
    time = float(row["d"]) * 86_400.0
    paved, bare = (soil.reach(flow, kind, depth, 0.05, is_sealed=sealed, time=time) for sealed in (True, False))
    return paved / bare


def cases():
    """All of them but the accidents."""
    made = []
    for table, predict in (("gases", _gases), ("jets", _jets), ("fires", _fires), ("published", _published)):
        for at, row in enumerate(rows(table)):
            name = f"{table}-{row.get('quantity') or row.get('case') or 'decay'}-{at}"
            tolerance = float(row["tolerance"]) if row["tolerance"] else None
            made.append((name, float(row["observed"]), predict(row), row["unit"], tolerance, row["use"], row["source"]))
    return made


def groups():
    """The cases by data set and use, as the validation page shows them."""
    found = {}
    for name, observed, predicted, unit, _tolerance, use, source in cases():
        title = f"{name.partition('-')[0].capitalize()} ({use})"
        found.setdefault(title, []).append((name, observed, predicted, unit, source))
    return found | examples.groups("gas_leak")
