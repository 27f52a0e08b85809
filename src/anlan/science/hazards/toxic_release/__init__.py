"""Release of a toxic substance to the air: source, spread, exposure (有毒物质泄漏扩散)."""

from anlan.science.hazards.catalogue import Hazard
from anlan.science.hazards.toxic_release.model import impact, run
from anlan.science.hazards.toxic_release.scenario import Scenario

HAZARD = Hazard(
    code="toxic_release",
    title="有毒物质泄漏扩散",
    summary="泄漏源强、毒气云扩散、室内外暴露和影响范围，可带风的变化、集合预报和监测反算。",
    scenario=Scenario,
    run=run,
    impact=impact,
    version="1",
)
