"""Worked examples as somebody would check them from outside: a scenario as JSON, a field of the result."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anlan.cli.simulators.hazards import told
from anlan.science.hazards.catalogue import hazards

HERE = Path(__file__).parent
Case = tuple[str, float, float, str, str]


def rows(code: str) -> list[dict[str, str]]:
    """The table of a model's examples."""
    with (HERE / code / "examples.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def predicted(code: str, row: dict[str, str]) -> float:
    """What `anlan simulate` prints for an example; `at_m` picks a row of the table by distance."""
    values = json.loads(row["scenario"])
    if row["at_m"]:
        values["at_m"] = [float(row["at_m"])]
    found: Any = told(hazards()[code], values)["result"]
    if row["at_m"]:
        found = next(one for one in found["profile"] if abs(one["distance_m"] / float(row["at_m"]) - 1.0) < 1e-4)
    for step in row["field"].split("."):
        found = found[int(step) if isinstance(found, list) else step]
    return float(found)


def cases(code: str) -> Iterator[tuple[dict[str, str], Case]]:
    """The examples with what the model says of them."""
    for row in rows(code):
        yield row, (row["case"], float(row["value"]), predicted(code, row), row["unit"], row["source"])


def groups(code: str) -> dict[str, list[Case]]:
    """The examples by use."""
    found: dict[str, list[Case]] = {}
    for row, case in cases(code):
        found.setdefault(f"Worked examples, through the scenario file ({row['use']})", []).append(case)
    return found
