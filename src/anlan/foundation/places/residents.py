"""Where people live: villages, and townships whose villages are not known, with the source of each figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.foundation.places.geometry import near
from anlan.foundation.places.models import Area

#: Villages this far from a place are looked at.
FARTHEST_KM = 60.0


@dataclass(frozen=True, kw_only=True)
class Village:
    """Where people live: the seat of a village, or of a township whose villages are not known."""

    code: str
    name: str
    township: str
    lon: float
    lat: float
    people: int | None


def villages_near(lon: float, lat: float, farthest_km: float = FARTHEST_KM) -> list[Village]:
    """Where people live within a distance: villages, and townships none of whose villages has a position."""
    box = near(lon, lat, farthest_km)
    villages = Area.objects.filter(box, level=Area.Level.VILLAGE).select_related("parent")
    seats = Area.objects.filter(box, level=Area.Level.TOWNSHIP).exclude(children__lon__isnull=False)
    found = [
        Village(
            code=one.code, name=one.name, township=one.parent.name if one.parent else "", lon=one.lon, lat=one.lat,
            people=one.population,
        )
        for one in villages
    ]  # fmt: skip
    found += [
        Village(code=one.code, name=one.name, township=one.name, lon=one.lon, lat=one.lat, people=one.population)
        for one in seats
    ]
    return found


def population_notes(codes: Sequence[str]) -> list[str]:
    """Where positions and numbers of the counted people come from, each source once."""
    rows = Area.objects.filter(pk__in=codes).values_list("population_note", "position_note").distinct()
    return sorted({text for row in rows for text in row if text})
