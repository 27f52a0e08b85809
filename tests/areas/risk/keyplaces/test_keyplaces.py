"""Schools and care homes are counted with their people; what is not known is said and not taken as nobody."""

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.utils import timezone

from anlan.areas.risk.keyplaces import demo
from anlan.areas.risk.keyplaces.models import KeyPlace
from anlan.foundation.ledger.zones import Crowd, inside


@pytest.fixture
def keep(city):
    def make(code, day, night, lon=116.30, kind="school"):
        row = KeyPlace(
            code=code, name=f"{code}号", kind=kind, area_id="371526105", people_day=day, people_night=night, lon=lon,
            lat=36.80, counted_on=timezone.localdate(), count_source="教体局",
        )  # fmt: skip
        row.full_clean()
        row.save()
        return row

    return make


def test_a_zone_counts_them_by_day_and_by_night(keep, people, client_of):
    keep("S1", 800, 300)
    keep("C1", 90, None, kind="care_home")
    keep("S2", 500, 0, lon=116.60)
    zone = shapely.box(116.25, 36.75, 116.35, 36.85)
    (found,) = [one for one in inside(zone, people["duty_officer"]).ledgers if one.ledger.name == "keyplaces"]
    assert (found.count, found.people) == (2, Crowd(day=890, night=300, unknown=1))
    page = client_of("duty_officer").post("/map/inside/", {"geometry": shapely.to_geojson(zone)}).content.decode()
    assert "890 人" in page
    assert "1 处人数不全" in page


def test_a_number_has_a_day_and_a_source(city):
    row = KeyPlace(code="S1", name="一中", kind="school", area_id="371526105", people_day=800)
    with pytest.raises(ValidationError, match="统计日期和来源"):
        row.full_clean()


def test_the_demonstration_has_schools_and_care_homes(city):
    demo.load(city)
    kinds = set(KeyPlace.objects.values_list("kind", flat=True))
    assert {"school", "kindergarten", "care_home"} <= kinds
    assert KeyPlace.objects.filter(people_day=None).exists()
