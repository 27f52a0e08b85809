"""Leaks of fuel gas from pipes: how much, where it can burn or explode, which valves to close (燃气管道泄漏)."""

from anlan.science.hazards.catalogue import Hazard
from anlan.science.hazards.gas_leak.model import impact, run
from anlan.science.hazards.gas_leak.scenario import GasLeak

HAZARD = Hazard(
    code="gas_leak",
    title="燃气管道泄漏",
    summary="推算泄漏多少燃气、多久可能爆炸、火焰和爆炸伤及多远、关哪些阀门及影响哪些用户。",
    scenario=GasLeak,
    run=run,
    impact=impact,
    version="1",
)
