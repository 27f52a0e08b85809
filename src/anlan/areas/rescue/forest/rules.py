"""How soon a forest team should be there, how it goes on from the road's end, and how near water should be."""

from dataclasses import dataclass

from anlan.areas.rescue.stations.rules import Arrival
from anlan.foundation.roads.queries import Access
from anlan.foundation.rules.queries import rule

#: Limits in minutes that the page offers.
MINUTES = (15, 30, 60)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The rule `rescue.forest_reach`."""

    minutes: float
    walk_kmh: float
    #: On foot, from the road's end.
    walk: Access
    water_m: float
    citation: str
    status: str

    @property
    def arrival(self) -> Arrival:
        """As the circle takes it; each team has its own time to turn out."""
        return Arrival(turnout_min=0.0, minutes=self.minutes, citation=self.citation)


def limits() -> Limits:
    """The rule in force."""
    found = rule("rescue.forest_reach")
    params = found.params
    return Limits(
        minutes=params["minutes"], walk_kmh=params["walk_kmh"], water_m=params["water_m"], citation=found.citation,
        status=found.get_status_display(),
        walk=Access(
            metres_per_s=params["walk_kmh"] / 3.6, detour=params["walk_detour"], most_m=params["most_walk_m"],
            strip_m=params["most_walk_m"],
        ),
    )  # fmt: skip
