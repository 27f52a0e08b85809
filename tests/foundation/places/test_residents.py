"""Who lives near a place, in the south as in the north of the country."""

from math import cos, radians

import pytest

from anlan.foundation.places.models import Area
from anlan.foundation.places.residents import villages_near


@pytest.mark.parametrize("lat", [18.3, 36.5, 50.2])
@pytest.mark.parametrize(("north_km", "east_km"), [(59.0, 0.0), (-59.0, 0.0), (0.0, 59.0), (0.0, -59.0), (41.0, -41.0)])
def test_everybody_within_the_distance_is_found(db, lat, north_km, east_km):
    there = lat + north_km / 111.2
    Area.objects.create(
        code="231102001201", name="远村", level="village", lon=116.0 + east_km / (111.2 * cos(radians(there))), lat=there,
        population=300,
    )  # fmt: skip
    assert [one.name for one in villages_near(116.0, lat, 60.0)] == ["远村"]
