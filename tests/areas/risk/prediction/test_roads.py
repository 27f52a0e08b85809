"""What a zone does to the roads: which to close, where cordons stand, and that forces gather where one can drive to."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from anlan.areas.risk.prediction.roads import picture
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.services import confirm_closure
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.roads.registry import obstacles_at
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import CLASSES, build


@pytest.fixture
def roads(city):
    """A street through the place of the fire, one that passes 3 km north, and two that join them."""
    return keep_network(
        actor="test", area=city, title="试验路网", source="手工", is_synthetic=True,
        roads=build(
            nodes=[[116.26, 36.80], [116.34, 36.80], [116.26, 36.827], [116.34, 36.827]],
            start=[0, 0, 2, 1], end=[1, 2, 3, 3], speed_kmh=[60] * 4, names=["G308", "西路", "北路", "东路"],
            road_class=[CLASSES.index("trunk"), 4, 4, 4],
        ),
    )  # fmt: skip


def test_the_street_through_the_fire_is_closed_at_both_ends(ask, roads, client_of):
    run = ask()
    seen = picture(run)
    assert [(one.name, one.road_class, one.severity, one.entries) for one in seen.lines] == [("G308", "trunk", 4, 2)]
    west, east = sorted(seen.entries, key=lambda one: one.lon)
    reach = max(one["properties"]["reach_m"] for one in run.zones["features"] if one["properties"]["severity"] >= 2)
    assert west.distance_m == pytest.approx(reach, abs=3)
    assert (west.bearing, east.bearing) == (270, 90)
    page = client_of("duty_officer").get(reverse("prediction:run", args=[run.pk])).content.decode()
    for words in ("G308", "合成数据，不是真实道路", "提出 2 处封控建议"):
        assert words in page
    assert "处封控建议" not in client_of("analyst").get(reverse("prediction:run", args=[run.pk])).content.decode()


def test_forces_gather_where_a_road_leads(ask, roads):
    for one in picture(ask()).gathering:
        assert one.is_reached
        assert one.road in ("G308", "北路", "西路")


def test_without_roads_the_rule_alone_says_where(ask, client_of):
    run = ask()
    assert {one.is_reached for one in picture(run).gathering} == {None}
    assert "没有可用的路网" in client_of("duty_officer").get(reverse("prediction:run", args=[run.pk])).content.decode()


def test_roads_go_along_in_every_format(ask, roads, client_of):
    run = ask()
    browser = client_of("duty_officer")
    collection = json.loads(browser.get(reverse("prediction:export", args=[run.pk, "geojson"])).content)
    kinds = [one["properties"]["is"] for one in collection["features"]]
    assert (kinds.count("road"), kinds.count("entry"), kinds.count("gathering")) == (1, 2, 3)
    assert collection["properties"]["roads"]["network"]["is_synthetic"] is True
    assert "封闭道路：G308" in browser.get(reverse("prediction:export", args=[run.pk, "kml"])).content.decode()
    assert browser.get(reverse("prediction:export", args=[run.pk, "docx"])).status_code == 200
    assert browser.get(f"/api/v1/hazards/runs/{run.pk}").json()["roads"]["close"][0]["name"] == "G308"
    assert len(browser.get(reverse("prediction:zones", args=[run.pk])).json()["entries"]) == 2


def test_a_proposal_closes_nothing_until_a_named_person_confirms(ask, roads, incident, client_of, people):
    run = ask(incident=incident)
    address = reverse("prediction:close_roads", args=[run.pk])
    assert client_of("analyst").post(address).status_code == 403
    client_of("duty_officer").post(address)
    first, second = Closure.objects.all()
    assert {first.status, second.status} == {Closure.Status.PROPOSED}
    assert (first.incident, first.reason, first.area_id) == (incident, "controlled", "371526")
    assert not obstacles_at(timezone.now())
    assert any("封控建议" in entry.text for entry in incident.timeline.all())
    client_of("duty_officer").post(address)
    assert Closure.objects.count() == 2, "the same place is proposed once"
    page = client_of("transport").get(ledger("closures").url_of(first)).content.decode()
    assert "确认封控" in page
    assert "恢复通行" not in page
    confirm_closure(actor=people["transport"], record=first, with_others=True)
    assert len(obstacles_at(timezone.now())) == 2
    second.refresh_from_db()
    assert second.decided_by == people["transport"]
    with pytest.raises(ValidationError):
        confirm_closure(actor=people["transport"], record=second, with_others=False)
