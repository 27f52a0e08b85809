"""Who is reached in time: as computed by hand, less with closures, more with time and with one more station."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.stations import queries
from anlan.areas.rescue.stations.models import FireStation
from anlan.areas.transport.closures.models import Closure
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import SpeedProfile
from anlan.foundation.rules.models import Rule

ADDRESS, MAP = "/coverage/", "/coverage/map.json"


def reached(user, minutes=5.0, **given):
    found = queries.coverage_for(user, **{"minutes": minutes, "with_closures": True, "speeds": "free"} | given)
    return found.total.people.reached if found.total else None


def flood(lon, **given):
    return Closure.objects.create(
        code=f"C{lon}", name="试路", reason="flooded", area_id="371526", source="试", lon=lon, lat=36.85, **given
    )


def circle(area="371500"):
    found = indicators()["five_minute_fire_circle"].compute(area, timezone.now())
    return found.value, found.samples


def test_times_are_the_turnout_and_the_drive(people, station):
    found = queries.coverage_for(people["commander"], minutes=5, with_closures=False, speeds="free")
    times = dict(zip(found.villages.name, found.times.round(2).tolist(), strict=True))
    assert times["近村"] == pytest.approx(1 + 1.78, abs=0.02)
    assert times["中村"] == pytest.approx(1 + 5.35, abs=0.05)
    assert found.total.people.reached == 1000
    assert found.total.people.total == 15000
    assert [gap.name for gap in found.gaps] == ["邻村", "远村", "中村"]
    lines = {line.area.name: (line.people.percent, line.built_up.percent) for line in found.lines}
    assert lines == {"东昌府区": (0.0, 0.0), "高唐县": (14.3, 33.3)}


def test_more_time_reaches_more_and_closures_less_at_once(people, station):
    user = people["commander"]
    assert [reached(user, minutes) for minutes in (2, 3, 7, 60)] == [0, 1000, 3000, 15000]
    flood(116.25)
    assert [reached(user, minutes) for minutes in (2, 3, 7, 60)] == [0, 1000, 1000, 1000]
    assert reached(user, 7, with_closures=False) == 3000
    Closure.objects.update(reopened_at=timezone.now())
    assert reached(user, 7) == 3000


def test_one_more_station_says_what_it_gains(people, station):
    found = queries.coverage_for(
        people["commander"], minutes=5, with_closures=True, speeds="free", extra=(116.38, 36.85)
    )
    assert found.gained == 12000
    assert found.total.people.reached == 13000


def test_stations_that_are_not_on_duty_reach_nobody(people, station):
    FireStation.objects.update(status="planned")
    assert reached(people["commander"], 60) == 0


def test_everybody_sees_their_own_villages_but_all_stations_count(people, station):
    FireStation.objects.update(area_id="371502")
    found = queries.coverage_for(people["county"], minutes=60, with_closures=True, speeds="free")
    assert set(found.villages.name) == {"近村", "中村", "远村"}
    assert found.total.people.reached == 7000
    assert found.stations == []


def test_the_indicator_counts_subdistricts_and_no_closures(station):
    assert circle() == (9.1, 1)
    flood(116.21)
    assert circle() == (9.1, 1)
    assert circle("371526") == (33.3, 1)
    FireStation.objects.update(is_demo=True)
    assert circle() == (None, 0)


def measure(shares, **given):
    """A measured curve of the street's class, at half past an hour of a working day."""
    row = SpeedProfile(
        **{"code": "S1", "area_id": "371500", "day_kind": "workday", "road_class": "service", "source": "卡口实测",
           "shares": shares, "effective_from": date(2026, 1, 1)} | given
    )  # fmt: skip
    row.full_clean()
    row.save()
    return row


def test_the_page_asks_for_an_hour_and_says_whose_speeds_it_used(station, people, client_of):
    measure(" ".join(["1"] * 8 + ["0.3"] + ["1"] * 15))
    user = people["commander"]
    asked = {
        choice: reached(user, 7, speeds=choice) for choice in ("free", "workday-07", "workday-08", "worst", "rest-08")
    }
    assert asked == {"free": 3000, "workday-07": 3000, "workday-08": 1000, "worst": 1000, "rest-08": 3000}
    page = client_of("commander").get(ADDRESS, {"minutes": 7, "speeds": "workday-08"}).content.decode()
    assert "按工作日 08 时车速，来源：卡口实测（待核对）；全程按出发这一小时计" in page
    assert "指标按自由流车速计，车速核对后改按最不利时段" in page
    assert "最不利时段（工作日 08 时车速）" in client_of("commander").get(ADDRESS, {"speeds": "worst"}).content.decode()
    assert "alert-danger" in client_of("commander").get(ADDRESS, {"speeds": "workday-24"}).content.decode()


def test_the_indicator_moves_to_the_worst_hour_once_the_speeds_are_checked(station, client_of):
    Area.objects.filter(pk="371526001001").update(lon=116.23)
    row = measure(" ".join(["1"] * 8 + ["0.5"] + ["1"] * 15))
    found = indicators()["five_minute_fire_circle"].compute("371526", timezone.now())
    assert found.value == 33.3
    assert "最不利时段为 0.0%（按最不利时段（工作日 08 时车速），来源：卡口实测（待核对））" in found.basis
    row.status = "checked"
    row.save()
    Rule.objects.filter(code="roads.time_of_day").update(status="to_be_checked")
    found = indicators()["five_minute_fire_circle"].compute("371526", timezone.now())
    assert found.value == 0.0
    assert "自由流车速下为 33.3%" in found.basis
    assert "指标按此车速计" in client_of("commander").get(ADDRESS).content.decode()


def test_lights_and_sirens_win_back_what_the_rule_says(station, people):
    measure(" ".join(["0.3"] * 24))
    assert reached(people["commander"], 7, speeds="workday-08") == 1000
    rule = Rule.objects.get(code="roads.blue_light")
    rule.params["regained"] = 1
    rule.save()
    found = queries.coverage_for(people["commander"], minutes=7, with_closures=True, speeds="workday-08")
    assert found.total.people.reached == 3000
    assert "警灯警笛挽回拥堵损失的 100%（待核对）" in found.reach.speeds.words


def test_without_a_network_nothing_is_known(city, rules, client_of):
    assert circle() == (None, 0)
    assert "还没有路网" in client_of("commander").get(ADDRESS).content.decode()
    assert "problem" in client_of("commander").get(MAP).json()


def test_the_page_says_that_the_network_is_synthetic(station, client_of):
    page = client_of("duty_officer").get(ADDRESS, {"minutes": 7, "closures": "on"})
    text = page.content.decode()
    assert "路网是合成数据，不是真实道路" in text
    assert "20.0%" in text
    assert "9.0 / 7.0" in text
    part = client_of("duty_officer").get(ADDRESS, {"minutes": 7}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_the_map_shows_what_the_page_says(station, client_of):
    flood(116.25)
    body = client_of("duty_officer").get(MAP, {"minutes": 7, "closures": "on"}).json()
    assert body["reach"]["geometry"]["type"] in ("Polygon", "MultiPolygon")
    shown = {f["properties"]["name"]: f["properties"]["is_reached"] for f in body["villages"]["features"]}
    assert shown == {"近村": True, "中村": False, "远村": False, "邻村": False}
    assert sum(f["properties"]["is_closed"] for f in body["roads"]["features"]) == 1
    assert len(body["closures"]["features"]) == len(body["stations"]["features"]) == 1


@pytest.mark.parametrize(
    "query", [{"minutes": "x"}, {"minutes": 0}, {"minutes": 5, "lon": 200, "lat": 3}, {"lon": 10, "lat": 36}]
)
def test_a_question_that_makes_no_sense_is_answered_with_the_reason(station, client_of, query):
    assert "alert-danger" in client_of("commander").get(ADDRESS, query).content.decode()
    assert client_of("commander").get(MAP, query).status_code == 400


def test_those_who_may_not_see_stations_are_turned_away(client_of, street):
    for address in (ADDRESS, MAP):
        assert client_of("warehouse").get(address).status_code == 403
    assert client_of("hospital").post(reverse("stations:study")).status_code == 403
