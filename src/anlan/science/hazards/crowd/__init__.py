"""Crowds in a venue: gates, density, queues, evacuation (大规模群体性聚集). See README.md."""

from anlan.science.hazards.catalogue import Hazard
from anlan.science.hazards.crowd.model import impact, run
from anlan.science.hazards.crowd.scenario import Crowd

HAZARD = Hazard(
    code="crowd",
    title="人群聚集",
    summary="场内人数和密度随时间的变化、排队、清场用时、拥堵位置、踩踏条件，以及何时关入口、开哪个出口。",
    scenario=Crowd,
    run=run,
    impact=impact,
    version="1",
)
