"""A run held against what was measured: how well it agrees, and what would agree better."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.risk.prediction import measuring
from anlan.areas.risk.prediction.measuring import Monitored
from anlan.areas.risk.prediction.models import Measurement, Run
from anlan.areas.risk.prediction.wording import all_said
from anlan.foundation.accounts.models import User
from anlan.science.geo.local import Plane
from anlan.science.hazards.catalogue import Reading, Reestimate
from anlan.science.hazards.declaring import ScenarioError, read
from anlan.science.hazards.outcomes import as_json

Measured = Measurement | measuring.Reading


@dataclass(frozen=True)
class Score:
    """What the model says where something was measured; `problem` tells why it says nothing."""

    rows: list[tuple[Measured, float | None, float | None]]
    monitored: Monitored
    found: Reestimate | None = None
    problem: str = ""

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs that explain the measurements best, as a new run takes them."""
        return as_json(dataclasses.asdict(self.found.scenario)) if self.found else {}

    @property
    def basis(self) -> str:
        """What the re-estimation rests on, as the source of the inputs that it gives."""
        read_, typed = self.monitored.readings, sum(isinstance(one, Measurement) for one, _f, _b in self.rows)
        said = [f"人工实测 {typed} 个"] if typed else []
        if read_:
            first, last = (timezone.localtime(one.observed_at) for one in (read_[0], read_[-1]))
            names = "、".join(dict.fromkeys(one.instrument.name for one in read_))
            said.append(f"仪表读数 {len(read_)} 个（{names}，{first:%m-%d %H:%M}–{last:%H:%M}）")
        return f"按{'、'.join(said)}反算"[:300]


def score(run: Run, user: User) -> Score | None:
    """The measurements beside the forecast and the best explanation; None where the model cannot be held so."""
    model = run.model
    if model is None or model.reestimate is None:
        return None
    shown = measuring.monitored(run, user)
    typed = list(run.measurements.select_related("entered_by"))
    measured: list[Measured] = [*typed, *shown.readings]
    blank: list[tuple[Measured, float | None, float | None]] = [(one, None, None) for one in measured]
    if not measured:
        return Score([], shown)
    if any(one.at_s is None for one in typed):
        return Score(blank, shown, problem=_("有实测没有填写时间，无法与推演对照"))
    try:
        found = _explained(run, _readings(run, measured))
    except ScenarioError as error:
        return Score(blank, shown, problem="；".join(all_said(error.told)))
    return Score(list(zip(measured, found.forecast, found.fitted, strict=True)), shown, found)


def _readings(run: Run, measured: Sequence[Measured]) -> list[Reading]:
    places = Plane(run.lon, run.lat).to_metres([(one.lon, one.lat) for one in measured])
    return [
        Reading(
            east_m=east, north_m=north, at_s=one.at_s, value=one.value, unit=one.unit,
            detection=getattr(one, "detection", None), averaging_s=getattr(one, "averaging_s", 60.0),
        )
        for one, (east, north) in zip(measured, places.tolist(), strict=True)
    ]  # fmt: skip


def _explained(run: Run, readings: list[Reading]) -> Reestimate:
    """What explains the readings; kept for a while, since an open page asks again every minute."""
    key = f"prediction-score-{run.pk}-{hash(tuple(readings))}"
    found = cache.get(key)
    if found is None:
        found = run.model.reestimate(read(run.model.scenario, run.inputs), readings)
        cache.set(key, found, 600)
    return found
