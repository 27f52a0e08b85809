"""Fires of flammable gases and liquids: fireball, pool, jet, flash fire (火灾). See README.md."""

from anlan.science.hazards.catalogue import Hazard
from anlan.science.hazards.fire.model import impact, run
from anlan.science.hazards.fire.scenario import Fire

HAZARD = Hazard(
    code="fire",
    title="火灾",
    summary="火球、池火、喷射火、闪火的火焰尺寸、热辐射范围、死亡概率，以及烤爆邻近设备的事故链。",
    scenario=Fire,
    run=run,
    impact=impact,
    version="3",
)
