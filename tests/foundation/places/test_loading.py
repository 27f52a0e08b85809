"""Any city by its code; 聊城 with its zones, outlines and positions."""

from collections import Counter

import pytest
import shapely
from django.db.models import Sum

from anlan.foundation.places.loading import TABLE, UnknownCity, load_city
from anlan.foundation.places.models import Area

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (TABLE / "villages.csv").exists(), reason="run `make setup`: the code table is not here"),
]


def test_liaocheng_is_whole():
    load_city("371500")
    levels = Counter(Area.objects.values_list("level", flat=True))
    assert (levels["county"], levels["township"], levels["village"], levels["zone"]) == (8, 136, 2408, 3)
    county = Area.objects.get(pk="371503")
    assert county.former_code == "371523"
    assert county.geometry.is_valid
    assert county.min_lon < 116.25 < county.max_lon


def test_villages_share_their_townships_people_inside_their_county_and_say_that_it_is_made_up():
    load_city("371500")
    villages = Area.objects.filter(level="village")
    assert not villages.filter(lon=None).exists()
    assert not villages.exclude(position_note__contains="合成").exists()
    for township in Area.objects.filter(level="township").annotate(of_villages=Sum("children__population")):
        assert township.of_villages == township.population, township
    for county in Area.objects.filter(level="county"):
        own = villages.filter(parent__parent=county)
        positions = list(own.values_list("lon", "lat"))
        assert len(set(positions)) == len(positions)
        inside = shapely.contains_xy(county.geometry, *zip(*positions, strict=True))
        assert inside.all(), county


def test_loading_again_changes_nothing():
    load_city("371500")
    before = list(Area.objects.order_by("code").values())
    load_city("371500")
    assert list(Area.objects.order_by("code").values()) == before


def test_another_city_loads_without_own_facts():
    city = load_city("370100")
    assert city.name == "济南市"
    assert Area.objects.filter(parent=city, level="county").count() >= 10


@pytest.mark.parametrize("code", ["999900", "371502", "3715", "聊城", ""])
def test_a_wrong_code_is_named(code):
    with pytest.raises(UnknownCity):
        load_city(code)
