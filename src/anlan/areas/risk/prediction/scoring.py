"""A run held against what was measured: how well it agrees, and what would agree better."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from anlan.areas.risk.prediction.models import Measurement, Run
from anlan.science.geo.local import Plane
from anlan.science.hazards.catalogue import Reading, Reestimate
from anlan.science.hazards.declaring import ScenarioError, read
from anlan.science.hazards.outcomes import as_json


@dataclass(frozen=True)
class Score:
    """What the model says where something was measured; `problem` tells why it says nothing."""

    rows: list[tuple[Measurement, float | None, float | None]]
    found: Reestimate | None = None
    problem: str = ""

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs that explain the measurements best, as a new run takes them."""
        return as_json(dataclasses.asdict(self.found.scenario)) if self.found else {}


def score(run: Run) -> Score | None:
    """The measurements beside the forecast and the best explanation; None where the model cannot be held so."""
    measured = list(run.measurements.select_related("entered_by"))
    model = run.model
    if model is None or model.reestimate is None or not measured:
        return None
    blank: list[tuple[Measurement, float | None, float | None]] = [(one, None, None) for one in measured]
    timed = [one for one in measured if one.at_s is not None]
    if len(timed) < len(measured):
        return Score(blank, problem="有实测没有填写时间，无法与推演对照")
    places = Plane(run.lon, run.lat).to_metres([(one.lon, one.lat) for one in measured])
    readings = [
        Reading(east_m=east, north_m=north, at_s=one.at_s, value=one.value, unit=one.unit)
        for one, (east, north) in zip(measured, places.tolist(), strict=True)
    ]
    try:
        found = model.reestimate(read(model.scenario, run.inputs), readings)
    except ScenarioError as error:
        return Score(blank, problem=str(error))
    return Score(list(zip(measured, found.forecast, found.fitted, strict=True)), found)
