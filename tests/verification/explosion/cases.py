"""Published blasts and what the model says of them: (name, observed, predicted, unit, source)."""

import csv
from pathlib import Path

from anlan.science.hazards.explosion.kingery import blast_wave
from anlan.science.hazards.explosion.model import condensed_strength
from anlan.science.hazards.explosion.multi_energy import scaled_overpressure
from anlan.science.hazards.explosion.scenario import Condensed
from tests.verification import examples

HERE = Path(__file__).parent
Case = tuple[str, float, float, str, str]
#: Ammonium nitrate that exploded, kg, by accident: all of it.
NITRATE_KG = {"beirut_2020": 2750e3, "tianjin_2015_second": 800e3}


def rows(name: str) -> list[dict[str, str]]:
    """A table of this folder."""
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def blast_waves() -> list[Case]:
    """Waves of TNT in tables and by other formulas."""
    made = []
    for row in rows("blast_waves.csv"):
        wave = blast_wave([float(row["distance_m"])], float(row["tnt_kg"]), row["burst"])
        predicted = float(getattr(wave, row["quantity"])[0])
        name = f"{row['burst']} {row['tnt_kg']} kg {row['distance_m']} m {row['quantity']}"
        made.append((name, float(row["value"]), predicted, row["unit"], row["source"]))
    return made


def vapour_clouds() -> list[Case]:
    """Multi-energy strengths against the blast curves of Tang & Baker for the same overpressure inside the cloud."""
    made = []
    for row in rows("vapour_clouds.csv"):
        predicted = float(scaled_overpressure([float(row["scaled_distance"])], int(row["strength"]))[0])
        made.append(
            (f"强度{row['strength']} r'={row['scaled_distance']}", float(row["value"]), predicted, "", row["source"])
        )
    return made


def accidents() -> list[Case]:
    """TNT equivalents of accidents with ammonium nitrate, t; observed is the middle of what is published."""
    made = []
    for row in rows("accidents.csv"):
        strength = condensed_strength(Condensed(explosive="ammonium_nitrate", mass_kg=NITRATE_KG[row["case"]]))
        middle = 0.5 * (float(row["low"]) + float(row["high"]))
        made.append((row["case"], middle, (strength.tnt_kg or 0.0) / 1e3, row["unit"], row["source"]))
    return made


def groups() -> dict[str, list[Case]]:
    """The cases by data set; what the model was checked against while it was written stands apart."""
    found: dict[str, list[Case]] = {}
    for row, case in zip(rows("blast_waves.csv"), blast_waves(), strict=True):
        found.setdefault(f"Blast waves ({row['use']})", []).append(case)
    return found | {
        "Vapour clouds (judged)": vapour_clouds(), "Accidents (judged, recalled)": accidents(),
        **examples.groups("explosion"),
    }  # fmt: skip
