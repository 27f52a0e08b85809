"""Who is cut off: what no seat reaches any more, because of this closure, with the people who are known."""

import pytest
from django.utils import timezone

from anlan.areas.transport.closures.isolation import cut_off
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.queries import isolation_by
from anlan.foundation.places.models import Area
from anlan.foundation.roads.registry import Obstacle, obstacles_at
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build

#: A line of places along 36.87 N, the seat of 高唐县 in the west: 116.23 .. 116.29, then a spur to the north.
NODES = [[116.23, 36.87], [116.26, 36.87], [116.29, 36.87], [116.26, 36.90]]
VILLAGES = {
    "201": (116.245, 36.87, 300),
    "202": (116.275, 36.87, 500),
    "203": (116.26, 36.89, None),
    "204": (116.4, 36.5, 9),
}


def obstacle(lon, lat=36.87, factor=float("inf")):
    return Obstacle(title="x", area_code="371526", lon=lon, lat=lat, radius_m=60, factor=factor)


@pytest.fixture
def row(city, rules):
    Area.objects.exclude(pk="371526").update(lon=None, lat=None)
    for code, (lon, lat, people) in VILLAGES.items():
        Area.objects.create(
            code=f"371526105{code}" if code != "201" else "371526105205", name=f"村{code}", level="village",
            parent_id="371526105", lon=lon, lat=lat, population=people, population_note="普查" if people else "",
        )  # fmt: skip
    roads = build(nodes=NODES, start=[0, 1, 1], end=[1, 2, 3], speed_kmh=[60.0] * 3)
    return keep_network(actor="test", roads=roads, area=city, title="试", source="试", is_synthetic=True)


def names(found):
    return sorted(one.name for one in found.cut_off)


def test_what_lies_beyond_the_block_is_cut_off_and_what_lies_before_it_is_not(row):
    found = cut_off(("3715",), [obstacle(116.25)])
    assert names(found) == ["村202", "村203"]
    assert (found.people, found.unknown, found.sources) == (500, 1, ("普查",))
    assert names(cut_off(("3715",), [obstacle(116.24)])) == ["村201", "村202", "村203"]
    assert names(cut_off(("3715",), [obstacle(116.27)])) == ["村202"]
    assert names(cut_off(("3715",), [obstacle(116.28)])) == []


def test_a_jam_cuts_nobody_off_and_other_counties_are_not_told(row):
    assert names(cut_off(("3715",), [obstacle(116.25, factor=4)])) == []
    assert names(cut_off(("371502",), [obstacle(116.25)])) == []


def test_a_block_answers_for_what_it_alone_cuts_off(row):
    near, far = obstacle(116.25), obstacle(116.268)
    assert names(cut_off(("3715",), [near, far], by=[far])) == []
    assert names(cut_off(("3715",), [near, far], by=[near])) == ["村203"]


def test_the_page_says_who_and_how_many(row, client_of, people):
    closure = Closure.objects.create(
        code="A", name="桥", reason="collapsed", area_id="371526", source="试", lon=116.25, lat=36.87
    )
    assert len(obstacles_at(timezone.now())) == 1
    assert names(isolation_by(people["transport"], closure)) == ["村202", "村203"]
    page = client_of("transport").get(f"/roads/closures/{closure.pk}/").content.decode()
    assert "村202" in page
    assert "约 500 人" in page
    assert "另有 1 处人口未知" in page
    assert "约 500 人" in client_of("transport").get("/roads/").content.decode()


def test_without_a_network_it_is_unknown(city, rules):
    assert cut_off(("3715",), []) is None
