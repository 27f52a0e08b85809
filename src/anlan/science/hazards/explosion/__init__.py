"""Explosions: condensed explosives, vapour clouds, burst vessels, dust (爆炸). See README.md."""

from anlan.science.hazards.catalogue import Hazard
from anlan.science.hazards.explosion.model import impact, run
from anlan.science.hazards.explosion.scenario import Explosion

HAZARD = Hazard(
    code="explosion",
    title="爆炸",
    summary="冲击波到达各处的超压、冲量与时间，人员伤亡和建筑破坏范围，外部安全防护距离，多米诺事故链。",
    scenario=Explosion,
    run=run,
    impact=impact,
    version="1",
)
