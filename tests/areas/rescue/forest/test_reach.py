"""Who reaches which forest by road and on foot, what is missed, where water is, and what one more team gains."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from anlan.areas.rescue.forest import queries
from anlan.areas.rescue.forest.jobs import find_team_sites
from anlan.areas.rescue.forest.models import ForestCell, TeamStudy, WaterPoint
from anlan.areas.rescue.stations.models import FireStation
from anlan.areas.rescue.teams.models import Team
from anlan.areas.transport.closures.models import Closure
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.jobs.models import Job
from anlan.foundation.places.models import Area
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.foundation.roads.models import SpeedProfile
from anlan.foundation.roads.services import keep_network
from anlan.foundation.rules.models import Rule
from anlan.science.geo.roads.graph import build

ADDRESS, MAP, SITES = "/forest/", "/forest/map.json", "/forest/sites/"
#: 60 km/h are about 0.0112 degrees of longitude a minute here, and 500 m about 0.0045 of latitude.
ROAD_LAT, OFF = 36.85, 0.0045


@pytest.fixture
def road(city, rules):
    """A road of 36 km through 高唐县."""
    stops = [116.1 + 0.02 * at for at in range(21)]
    roads = build(
        nodes=[[lon, ROAD_LAT] for lon in stops], start=range(20), end=range(1, 21), speed_kmh=[60.0] * 20,
    )  # fmt: skip
    return keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)


@pytest.fixture
def study(django_capture_on_commit_callbacks):
    """Ask by the page's form; the list of studies when the job is done."""

    def ask(browser, **form):
        with django_capture_on_commit_callbacks(execute=True):
            answer = browser.post(SITES, form, headers={"HX-Request": "true"})
        shown = answer if "alert-danger" in answer.content.decode() else browser.get(SITES)
        return shown.content.decode()

    return ask


def team(code, role, lon, **given):
    return Team.objects.create(
        **{"code": code, "name": f"队{code}", "kind": "forest", "forest_role": role, "area_id": "371526", "people": 20,
           "lon": lon, "lat": ROAD_LAT, "turnout_limit_min": 10} | given
    )  # fmt: skip


def cell(code, lon, off=0.0, **given):
    return ForestCell.objects.create(
        **{"code": code, "name": f"林{code}", "farm": "试林场", "kind": "shelter", "hectares": 100, "is_key": True,
           "area_id": "371526", "lon": lon, "lat": ROAD_LAT + off} | given
    )  # fmt: skip


@pytest.fixture
def forest(road):
    """A full-time team at the west end, a reserve in the middle; cells near both and one at the east end."""
    team("A", "full_time", 116.1)
    team("B", "reserve", 116.3, turnout_limit_min=20)
    cell("1", 116.2)
    cell("2", 116.2, OFF, is_key=False, hectares=300)
    cell("3", 116.49, farm="东林场")
    return road


def ask(user, minutes=30.0, **given):
    return queries.reach_for(user, **{"minutes": minutes, "with_closures": True, "speeds": "free"} | given)


def by_code(found):
    return {one.cell.code: one for one in found.lines}


def test_times_are_turnout_drive_and_walk_for_each_form_of_team(people, forest):
    lines = by_code(ask(people["county"]))
    west, part_time, reserve = lines["1"].by_role
    assert west.minutes == pytest.approx(10 + 8.9, abs=0.1)
    assert reserve.minutes == pytest.approx(20 + 8.9, abs=0.1)
    assert part_time.minutes is None
    assert part_time.team is None
    assert (str(west.team), lines["1"].minutes) == ("队A", west.minutes)
    # 500 m off the road take 700 m of walking at 3 km/h.
    assert lines["2"].minutes - lines["1"].minutes == pytest.approx(14, abs=0.3)
    assert lines["3"].minutes == pytest.approx(20 + 17, abs=0.3)  # the reserve is nearer than the full-time team
    assert [one.cell.code for one in ask(people["county"]).gaps] == ["3", "2"]


def test_shares_are_of_hectares(people, forest):
    found = ask(people["county"])
    assert (found.key.percent, found.whole.percent) == (50.0, 20.0)
    assert [(one.name, one.whole.percent, one.key.percent) for one in found.farms] == [
        ("东林场", 0.0, 0.0),
        ("试林场", 25.0, 100.0),
    ]
    assert ask(people["county"], 60).whole.percent == 100.0
    cell("4", None, lat=None)
    assert ask(people["county"]).unplaced == 1


def test_teams_that_cannot_come_do_not_count_and_those_of_no_form_do(people, forest):
    Team.objects.filter(code="A").update(standby="rest")
    assert by_code(ask(people["county"]))["1"].minutes == pytest.approx(28.9, abs=0.1)
    Team.objects.filter(code="B").update(forest_role="")
    line = by_code(ask(people["county"]))["1"]
    assert line.minutes == pytest.approx(28.9, abs=0.1)
    assert [one.minutes for one in line.by_role] == [None, None, None]
    Team.objects.update(kind="flood")
    assert by_code(ask(people["county"]))["1"].minutes is None


def test_closures_and_the_hour_slow_and_what_is_too_far_from_a_road_is_not_reached(people, forest):
    SpeedProfile.objects.create(
        code="S", area_id="371500", day_kind="workday", road_class="service", source="实测",
        shares=" ".join(["0.5"] * 24), effective_from=date(2026, 1, 1),
    )  # fmt: skip
    slow = ask(people["county"], speeds="workday-08")
    assert by_code(slow)["1"].minutes == pytest.approx(10 + 17.8, abs=0.2)
    assert "实测（待核对）" in slow.ways.speeds.words
    cell("9", 116.2, 0.08)
    assert by_code(ask(people["county"]))["9"].minutes is None
    Closure.objects.create(
        code="C", name="试路", reason="flooded", area_id="371526", source="试", lon=116.15, lat=ROAD_LAT, radius_m=100
    )
    assert by_code(ask(people["county"]))["1"].minutes == pytest.approx(28.9, abs=0.1)
    assert by_code(ask(people["county"], with_closures=False))["1"].minutes == pytest.approx(18.9, abs=0.1)


def test_one_more_team_says_what_it_gains(people, forest):
    Rule.objects.get(code="rescue.turnout")  # 15 minutes for a forest team of which nothing is known
    assert ask(people["county"], extra=(116.49, ROAD_LAT)).gained == (100, 100)
    assert ask(people["county"], 60, extra=(116.49, ROAD_LAT)).gained == (0, 0)


def test_the_suggested_seat_gains_most_key_forest(people, forest, client_of, study):
    Area.objects.filter(pk="371526105").update(lon=116.45, lat=ROAD_LAT)
    Area.objects.filter(pk="371526001").update(lon=116.2, lat=ROAD_LAT)
    found = ask(people["county"])
    suggestion = queries.suggest(people["county"], found, 1)
    assert [(one.name, one.hectares) for one in suggestion.sites] == [("姜店镇", 100.0)]
    assert suggestion.siting.gap == 0
    ForestCell.objects.update(is_key=False)
    suggestion = queries.suggest(people["county"], ask(people["county"]), 1)
    assert [(one.name, one.hectares) for one in suggestion.sites] == [("鱼邱湖街道", 300.0)]
    page = study(client_of("county"), minutes=30, closures="on", count=1)
    assert "鱼邱湖街道" in page
    assert "没有登记重点林区" in page
    assert "没有缺口：林区都已按时到达" in study(client_of("county"), minutes=60)
    assert "alert-danger" in study(client_of("county"), count=99)
    assert TeamStudy.objects.count() == 2


def test_a_study_is_kept_with_its_question_its_author_and_its_time(people, forest, client_of, study):
    Area.objects.filter(pk="371526105").update(lon=116.45, lat=ROAD_LAT)
    study(client_of("county"), minutes=30, closures="on", count=1, speeds="free")
    kept = TeamStudy.objects.get()
    assert (kept.status, kept.minutes, kept.with_closures, kept.count, kept.network) == ("done", 30, True, 1, forest)
    assert kept.sites == [{"name": "姜店镇", "lon": 116.45, "lat": ROAD_LAT, "hectares": 100.0}]
    assert (kept.gap, kept.of_key, kept.candidates, kept.speeds_note) == (
        0,
        True,
        2,
        "按自由流车速（不计各时段的交通量）",
    )
    assert (kept.asked_by, kept.job.status, kept.job.owner) == (people["county"], "done", people["county"])
    assert kept.finished_at >= kept.asked_at
    page = client_of("county").get(ADDRESS).content.decode()
    assert "森林消防增设 1 队" in page
    assert "高唐值班" in page
    # Who sees less does not see what was chosen from more; who has another area sees nothing of it.
    assert "森林消防增设" in client_of("duty_officer").get(SITES).content.decode()
    people["county"].department.__class__.objects.filter(pk=people["county"].department.pk).update(area_id="371502")
    assert "还没有测算" in client_of("county").get(SITES).content.decode()


def test_the_page_answers_before_it_is_computed_and_asks_again_meanwhile(people, forest, client_of, study, monkeypatch):
    monkeypatch.setattr("anlan.areas.rescue.forest.services.enqueue", lambda *args, title, owner, **given: Job.objects.create(title=title, owner=owner, done=8, total=17))  # fmt: skip
    browser = client_of("county")
    for _ in range(2):
        page = study(browser, minutes=30, count=1)
    assert TeamStudy.objects.count() == 1
    assert page.count("every 2s") == 1
    assert "已算 8 / 17 步" in page
    assert "47%" in page
    TeamStudy.objects.update(asked_at=timezone.now() - timedelta(minutes=6))
    study(browser, minutes=30, count=1)
    assert TeamStudy.objects.count() == 2


def test_a_study_that_breaks_says_so_and_does_not_hang(people, forest, monkeypatch):
    def broken(*args, **given):
        raise RuntimeError("no memory")

    monkeypatch.setattr(queries, "suggest", broken)
    asked = TeamStudy.objects.create(
        prefixes=["371526"], network=forest, minutes=30, with_closures=False, speeds="free", among="seats", count=1,
        asked_by=people["county"],
    )  # fmt: skip
    with pytest.raises(RuntimeError):
        find_team_sites(progress=lambda done, total: None, study_id=asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.problem) == ("failed", "RuntimeError: no memory")


def test_the_suggestion_may_rest_on_brigades_and_enterprise_teams_that_are_there(people, forest, client_of, study):
    brigade = {"kind": "volunteer", "area_id": "371526", "people": 12, "vehicles": 2, "lat": ROAD_LAT}
    FireStation.objects.create(code="V1", name="东镇专职队", lon=116.45, **brigade)
    FireStation.objects.create(code="V2", name="邻县专职队", lon=116.49, **brigade | {"area_id": "371502"})
    Team.objects.create(
        code="E1", name="东厂救援队", kind="enterprise", area_id="371526", people=10, lon=116.48, lat=ROAD_LAT
    )
    found = ask(people["county"])
    for among, name in (("brigades", "东镇专职队"), ("enterprises", "东厂救援队")):
        suggestion = queries.suggest(people["county"], found, 2, among)
        assert [(one.name, one.hectares) for one in suggestion.sites] == [(name, 100.0)]
        assert suggestion.candidates == 1
        assert name in study(client_of("county"), minutes=30, among=among)
    Team.objects.filter(code="E1").delete()
    page = study(client_of("county"), minutes=30, among="enterprises")
    assert "您的范围内没有这类带位置的候选点" in page


def water(code, lon, **given):
    return WaterPoint.objects.create(
        **{"code": code, "name": f"水{code}", "kind": "pond", "area_id": "371526", "lon": lon, "lat": ROAD_LAT} | given
    )


def test_the_nearest_water_of_the_month_counts(people, forest):
    month = timezone.localdate().month
    water("干", 116.2, from_month=month % 12 + 1, to_month=month % 12 + 1)
    water("近", 116.21)
    water("远", 116.48)
    lines = by_code(ask(people["county"]))
    assert {code: (str(one.water), one.is_watered) for code, one in lines.items()} == {
        "1": ("水近", True), "2": ("水近", True), "3": ("水远", True),
    }  # fmt: skip
    assert lines["1"].water_m == pytest.approx(891, abs=5)
    WaterPoint.objects.filter(code="近").update(lon=116.23, area_id="371502")
    line = by_code(ask(people["county"]))["1"]
    assert (line.is_watered, line.is_water_named) == (False, False)


def test_a_season_may_run_past_the_turn_of_the_year():
    point = WaterPoint(from_month=11, to_month=3)
    assert [point.is_usable(date(2026, month, 1)) for month in (10, 11, 1, 3, 4)] == [False, True, True, True, False]
    assert WaterPoint().is_usable(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from_month": 3}, "to_month"),
        ({"from_month": 13, "to_month": 3}, "from_month"),
        ({"by_pump": False}, "by_pump"),
    ],
)
def test_water_that_makes_no_sense_is_refused(city, given, field):
    point = WaterPoint(**{"code": "W", "name": "水", "kind": "pond", "area_id": "371526"} | given)
    with pytest.raises(ValidationError) as problem:
        point.full_clean()
    assert field in problem.value.message_dict


def test_the_reader_sees_the_own_forest_and_no_names_beyond(people, forest, client_of):
    cell("8", 116.2, area_id="371502", name="邻县林班")
    Team.objects.filter(code="A").update(area_id="371502", name="邻县队")
    water("远", 116.2, area_id="371502", name="邻县塘")
    for address in (ADDRESS, MAP):
        text = client_of("county").get(address, {"minutes": 30, "speeds": "free"}).content.decode()
        assert "林1" in text
        assert "邻县" not in text
    assert "范围外的队伍" in client_of("county").get(ADDRESS).content.decode()
    whole = client_of("duty_officer").get(ADDRESS).content.decode()
    assert "邻县林班" in whole
    assert "邻县队" in whole


def test_the_page_says_at_whose_speeds_and_by_which_rule(forest, client_of):
    text = client_of("department").get(ADDRESS).content.decode()
    assert "路网是合成数据，不是真实道路" in text
    assert "按自由流车速" in text
    assert "系统约定：森林消防队伍到达林区的时限、离路步行和取水距离，待核对" in text
    assert "50.0%" in text
    part = client_of("department").get(ADDRESS, {"minutes": 60}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "没有缺口" in part
    body = client_of("department").get(MAP, {"minutes": 30}).json()
    assert [one["properties"]["is_reached"] for one in body["cells"]["features"]] == [True, False, False]
    assert len(body["teams"]["features"]) == 2


@pytest.mark.parametrize(
    "query", [{"minutes": "x"}, {"minutes": 1}, {"speeds": "gestern"}, {"lon": 200, "lat": 3}, {"lon": 10, "lat": 36}]
)
def test_a_question_that_makes_no_sense_is_answered_with_the_reason(forest, client_of, query):
    assert "alert-danger" in client_of("commander").get(ADDRESS, query).content.decode()
    assert client_of("commander").get(MAP, query).status_code == 400


def test_without_forest_or_roads_the_page_says_what_to_do(city, rules, client_of):
    assert "还没有路网" in client_of("department").get(ADDRESS).content.decode()
    assert "problem" in client_of("department").get(MAP).json()


def test_without_forest_the_page_offers_to_enter_it(road, client_of):
    assert "登记或导入林区单元" in client_of("department").get(ADDRESS).content.decode()
    assert "登记或导入林区单元" not in client_of("auditor").get(ADDRESS).content.decode()


def test_those_who_may_not_see_forest_are_turned_away(forest, client_of):
    for address in (ADDRESS, MAP, SITES):
        for role in ("warehouse", "hospital", "enterprise", "system_administrator"):
            assert client_of(role).get(address).status_code == 403


def measured(code, area="371500"):
    found = indicators()[code].compute(area, timezone.now())
    return found.value, found.samples


def test_the_indicators_count_key_forest_only(forest):
    assert measured("rescue.key_forest_reached") == (50.0, 2)
    assert (
        "合成路网），按自由流车速" in indicators()["rescue.key_forest_reached"].compute("371500", timezone.now()).basis
    )
    assert measured("rescue.key_forest_watered") == (0.0, 2)
    water("近", 116.2)
    assert measured("rescue.key_forest_watered") == (50.0, 2)
    assert measured("rescue.key_forest_reached", "371502") == (None, 0)
    Team.objects.update(is_demo=True)
    assert measured("rescue.key_forest_reached") == (0.0, 2)
    ForestCell.objects.update(is_demo=True)
    assert measured("rescue.key_forest_watered") == (None, 0)


def test_a_team_without_a_position_or_called_elsewhere_is_not_ready(forest, flood):
    one, other = Team.objects.order_by("code")
    request = ResourceRequest.objects.create(incident=flood, kind="team", what="排涝", quantity=1, requested_by="试")
    Assignment.objects.create(
        request=request, ledger="teams", object_id=one.pk, title="队A", assigned_by="试", assigned_at=timezone.now()
    )
    assert queries.ready_teams() == [other]
    Team.objects.filter(code="B").update(lon=None, lat=None)
    assert queries.ready_teams() == []
