"""How far a station may be and how large its area may be, by the rules in force."""

from dataclasses import dataclass

from anlan.areas.rescue.stations.models import FireStation
from anlan.foundation.rules.queries import rule

#: Limits in minutes that the page offers; the middle one is the plan's.
MINUTES = (3, 5, 8)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """The circle's time: what passes before a crew drives, and the whole."""

    turnout_min: float
    minutes: float
    citation: str


def arrival() -> Arrival:
    """Minutes by the rule `rescue.arrival`: one to turn out, four to drive."""
    found = rule("rescue.arrival")
    return Arrival(
        turnout_min=found.params["turnout_minutes"], minutes=found.params["minutes"], citation=found.citation
    )


def most_km2() -> dict[str, float]:
    """The largest area of a station by its kind; a special station has that of the first class."""
    most = {row["kind"]: float(row["most_km2"]) for row in rule("rescue.station_area").params["stations"]}
    return most | {FireStation.Kind.SPECIAL.value: most["first"]}


def is_built_up(township: str) -> bool:
    """Whether a township's code is that of a subdistrict (街道, GB/T 10114: 001 to 099).

    >>> is_built_up("371502001"), is_built_up("371502110")
    (True, False)
    """
    return "001" <= township[6:9] <= "099"
