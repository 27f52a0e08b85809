"""Whom to send and why; what a fire crew leaves uncovered and who stands in."""

import pytest
from django.urls import reverse

from anlan.areas.rescue.stations.models import FireStation
from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.turnouts import queries, services
from anlan.areas.rescue.turnouts.models import Turnout
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import SpeedProfile
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build


@pytest.fixture
def street(city, rules):
    """A street of 20 km at 60 km/h; 近村 (1000 people) near its west end, 东村 (4000) near its east end."""
    for code, name, people, lon in (("371526001001", "近村", 1000, 116.22), ("371526001002", "东村", 4000, 116.38)):
        Area.objects.create(
            code=code, name=name, level="village", parent_id=code[:9], population=people, lon=lon, lat=36.85
        )
    stops = [116.2 + 0.02 * at for at in range(11)]
    roads = build(nodes=[[lon, 36.85] for lon in stops], start=range(10), end=range(1, 11), speed_kmh=[60.0] * 10)
    return keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)


@pytest.fixture
def crews(street):
    """Two fire crews at their stations, west and east."""
    made = {}
    for name, lon in (("西", 116.2), ("东", 116.4)):
        station = FireStation.objects.create(code=name, name=f"{name}站", kind="first", area_id="371526", people=30,
                                             vehicles=5, lon=lon, lat=36.85)  # fmt: skip
        made[name] = Team.objects.create(code=name, name=f"{name}队", kind="fire", area_id="371526", people=30,
                                         station=station, lon=lon, lat=36.85, readiness=90)  # fmt: skip
    return made


@pytest.fixture
def fire(flood):
    """The inundation lies on the street, four kilometres east of the west station."""
    flood.lon, flood.lat = 116.24, 36.85
    flood.save()
    return flood


def found(people, incident, **given):
    return {one.team.code: one for one in queries.recommend(people["county"], incident, **given)}


def test_teams_drive_at_the_speeds_of_now_and_the_page_says_whose(crew, crews, fire, browser_of):
    for day in ("workday", "rest"):
        SpeedProfile.objects.create(
            code=day,
            area_id="371500",
            day_kind=day,
            road_class="service",
            source="卡口实测",
            shares=" ".join(["0.5"] * 24),
        )
    assert found(crew.people, fire)["西"].drive_min == pytest.approx(7.1, abs=0.3)
    page = browser_of(crew.people["county"]).get(reverse("turnouts:recommend", args=[fire.pk])).content.decode()
    assert "来源：卡口实测（待核对）" in page
    assert "；全程按出发这一小时计" in page


def test_the_nearer_ready_and_suited_team_comes_first_with_the_reason(crew, crews, fire):
    order = list(found(crew.people, fire))
    assert order[:2] == ["西", "东"]
    west = found(crew.people, fire)["西"]
    assert west.turnout_min == 1
    assert west.drive_min == pytest.approx(3.6, abs=0.3)
    assert west.reasons[0] == "专业对口"
    assert "战备 90 分" in west.reasons
    Team.objects.filter(code="西").update(readiness=10)
    assert list(found(crew.people, fire))[0] == "东", "a crew that is not ready counts as farther"
    Team.objects.filter(code="西").update(readiness=90, standby="rest")
    last = list(found(crew.people, fire))[-1]
    assert last == "西"
    Team.objects.create(code="M", name="医疗", kind="medical", area_id="371526", people=9, lon=116.24, lat=36.85)
    assert not found(crew.people, fire)["M"].is_suited


def test_what_a_leaving_crew_uncovers_and_who_stands_in(crew, crews, fire):
    choices = found(crew.people, fire)
    west, east = choices["西"].left, choices["东"].left
    assert (west.villages, west.people, west.names) == (1, 1000, ("近村",))
    assert west.stand_in is None, "moving the east crew would uncover more"
    assert (east.people, east.stand_in.station.code, east.stand_in.people_after) == (4000, "西", 1000)
    assert east.stand_in.minutes == pytest.approx(17.8, abs=0.5)


def test_a_second_crew_keeps_the_station_and_a_crew_that_is_out_does_not_help(crew, crews, fire):
    second = Team.objects.create(code="西二", name="西二队", kind="fire", area_id="371526", people=9,
                                 station=crews["西"].station, lon=116.2, lat=36.85)  # fmt: skip
    assert found(crew.people, fire)["西"].left is None
    second.standby = "off"
    second.save()
    assert found(crew.people, fire)["西"].left.people == 1000
    services.call_out(actor=crew.people["county"], incident=fire, team=crews["西"])
    assert found(crew.people, fire)["东"].left.stand_in is None, "the west crew is out itself"


def test_without_roads_the_straight_line_is_said_to_be_one(crew, fire):
    (choice,) = queries.recommend(crew.people["county"], fire)
    assert choice.total_min is None
    assert any("行车时间未知" in reason for reason in choice.reasons)
    assert choice.left is None


def test_the_page_calls_out_and_links_to_the_map(crew, crews, fire, browser_of):
    address = reverse("turnouts:recommend", args=[fire.pk])
    browser = browser_of(crew.people["county"])
    page = browser.get(address).content.decode()
    assert "建议移防" in page
    assert f"away={crews['东'].station.pk}" in page
    assert browser.post(address, {"team": crews["西"].pk}).status_code == 302
    assert Turnout.objects.get().team == crews["西"]
    again = browser.post(address, {"team": crews["西"].pk})
    assert again.status_code == 422
    assert "请写明理由" in again.content.decode()
    assert browser_of(crew.people["analyst"]).post(address, {"team": crew.team.pk}).status_code == 422
    coverage = browser.get("/coverage/", {"minutes": 5, "away": crews["西"].station.pk}).content.decode()
    assert "按“西站”的力量已全部出动计算" in coverage


def test_teams_of_other_areas_are_not_offered(crew, crews, fire):
    Team.objects.create(code="X", name="茌平队", kind="fire", area_id="371503", people=9, lon=116.24, lat=36.85)
    assert "X" not in found(crew.people, fire)
    assert list(found(crew.people, fire, kind="flood")) == ["T1"]
