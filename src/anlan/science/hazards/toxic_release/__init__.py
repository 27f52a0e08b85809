"""Release of a toxic substance to the air: source, spread, exposure (有毒物质泄漏扩散)."""

from collections.abc import Sequence

import numpy as np

from anlan.science.hazards.catalogue import Ensemble, Hazard, Reading, Reestimate
from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.toxic_release.model import impact, run
from anlan.science.hazards.toxic_release.probability import likely
from anlan.science.hazards.toxic_release.reestimation import Measurement, modelled
from anlan.science.hazards.toxic_release.reestimation import reestimate as explain
from anlan.science.hazards.toxic_release.scenario import Scenario


def ensemble(scenario: Scenario, count: int) -> Ensemble:
    """The likely zones of so many members, all members' fields computed together."""
    found = likely(scenario, np.empty((0, 2)), count=count)
    return Ensemble(zones=found.zones, members=found.members)


def reestimate(scenario: Scenario, readings: Sequence[Reading]) -> Reestimate:
    """Source strength and wind direction out of what gas monitors showed, in ppm or mg/m³."""
    what, weather = substance(scenario.substance), scenario.weather
    air = weather.temperature_c + 273.15, weather.pressure_kpa * 1000.0
    ppm = what.in_kg_m3(1.0, "ppm", *air)
    units = []
    for number, one in enumerate(readings):
        if one.unit not in ("ppm", "mg/m³", "mg/m3"):
            raise ScenarioError(
                {f"measurements[{number}].unit": tell("：单位 {unit} 不能换算，请用 ppm 或 mg/m³", unit=one.unit)}
            )
        units.append(1.0 if one.unit == "ppm" else 1e-6 / ppm)
    shown = tuple(
        Measurement(
            east_m=one.east_m, north_m=one.north_m, at_s=one.at_s, value_ppm=one.value * unit,
            averaging_s=one.averaging_s, detection_ppm=0.1 if one.detection is None else one.detection * unit,
        )
        for one, unit in zip(readings, units, strict=True)
    )  # fmt: skip
    found = explain(scenario, shown)
    low, high = found.factor_interval
    left, right = found.wind_interval_deg
    said = tell(
        "源强修正系数 {factor:.3g}（90% 区间 {low:.3g}–{high:.3g}），风向（来向）{wind:.0f}°（90% 区间 {left:.0f}°–{right:.0f}°）。",
        factor=found.factor,
        low=low,
        high=high,
        wind=found.wind_from_deg,
        left=left,
        right=right,
    )
    return Reestimate(
        forecast=tuple((modelled(scenario, shown) / units).tolist()), fac2=found.fac2_before, bias=found.bias_before,
        scenario=found.scenario, fitted=tuple((modelled(found.scenario, shown) / units).tolist()),
        fac2_fitted=found.fac2_after, bias_fitted=found.bias_after, notes=(said, *found.notes),
    )  # fmt: skip


HAZARD = Hazard(
    code="toxic_release",
    title="有毒物质泄漏扩散",
    summary="泄漏源强、毒气云扩散、室内外暴露和影响范围，可带风的变化、集合预报和监测反算。",
    scenario=Scenario,
    run=run,
    impact=impact,
    version="2",
    ensemble=ensemble,
    reestimate=reestimate,
)
