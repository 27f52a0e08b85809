"""Which area a place lies in."""

import shapely
from django.db.models import Q

from anlan.foundation.places.models import Area
from anlan.science.geo.distance import great_circle_km


def county_at(lon: float, lat: float) -> Area | None:
    """The county whose outline holds a place, else that of the nearest township."""
    counties = Area.objects.filter(
        level=Area.Level.COUNTY, min_lon__lte=lon, max_lon__gte=lon, min_lat__lte=lat, max_lat__gte=lat
    )
    for county in counties:
        if shapely.intersects_xy(county.geometry, lon, lat):
            return county
    box = Q(lon__range=(lon - 0.5, lon + 0.5), lat__range=(lat - 0.5, lat + 0.5))
    seats = Area.objects.filter(box, level__in=(Area.Level.TOWNSHIP, Area.Level.COUNTY)).select_related("parent")
    nearest = min(seats, key=lambda seat: great_circle_km(lon, lat, seat.lon, seat.lat), default=None)
    return nearest.parent if nearest is not None and nearest.level == Area.Level.TOWNSHIP else nearest
