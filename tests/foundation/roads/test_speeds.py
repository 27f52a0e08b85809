"""Speeds by time of day: what is refused, which row counts where, and whose speeds are told."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from anlan.foundation.calendars.days import days_off
from anlan.foundation.ledger.imports import Import
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.roads.models import RoadClass, SpeedProfile
from anlan.foundation.roads.queries import roads_of, seconds_with
from anlan.foundation.roads.services import keep_network
from anlan.foundation.roads.speeds import hours_from, speeds_at, speeds_for
from anlan.foundation.rules.models import Rule
from anlan.science.geo.roads.graph import CLASSES, build

#: 08:30 in China on a Friday, on the Saturday after, and on a Saturday that is worked.
FRIDAY, SATURDAY, WORKED = (datetime(2026, *day, 0, 30, tzinfo=UTC) for day in ((11, 27), (11, 28), (10, 10)))
HALF = " ".join(["0.5"] * 24)


@pytest.fixture
def network(city, rules):
    """A road through the seat of 高唐县 and one through that of 东昌府区, and a lane beside each."""
    roads = build(
        nodes=[[116.23, 36.86], [116.24, 36.86], [115.95, 36.47], [115.96, 36.47]], start=[0, 0, 2, 2], end=[1, 1, 3, 3],
        speed_kmh=[60] * 4, road_class=[2, 5, 2, 5], names=["鼓楼路", "", "鼓楼路", ""],
    )  # fmt: skip
    return keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)


def profile(**given):
    row = SpeedProfile(
        **{"code": f"S{SpeedProfile.objects.count()}", "area_id": "371500", "day_kind": "workday", "road_class": "primary",
           "source": "卡口实测", "shares": HALF, "effective_from": date(2026, 1, 1)} | given
    )  # fmt: skip
    row.full_clean()
    row.save()
    return row


def shares(network, at=FRIDAY):
    return speeds_at(network, roads_of(network), at).share.tolist()


def test_the_register_names_the_classes_of_the_search():
    assert tuple(RoadClass.values) == CLASSES


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"shares": " ".join(["0.5"] * 22)}, "shares", "要有 24 个数（0 时到 23 时），现在是 22 个"),
        ({"shares": ""}, "shares", "现在是 0 个"),
        ({"shares": HALF.replace("0.5", "0", 1)}, "shares", "0 时的 0 必须大于 0，不通车请登记道路阻断"),
        ({"shares": HALF[:-3] + "-1"}, "shares", "23 时的 -1 必须大于 0"),
        ({"shares": HALF[:-3] + "nan"}, "shares", "23 时的 nan 必须大于 0"),
        ({"shares": HALF[:-3] + "65"}, "shares", "23 时的 65 超过 2 倍自由流车速，请核对单位"),
        ({"shares": HALF[:-3] + "快"}, "shares", "23 时的“快”不是数字"),
        ({"status": "checked"}, "status", "写明实测开始和结束日期"),
        ({"measured_from": date(2026, 5, 2), "measured_to": date(2026, 5, 1)}, "measured_to", "不能早于实测开始"),
        ({"effective_to": date(2026, 1, 1)}, "effective_to", "要晚于启用日期"),
        ({"code": "另", "effective_from": date(2026, 6, 1)}, "effective_from", "与“S0 聊城市 · 省道、主干路 · 工作日”重叠"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field(network, given, field, words):
    profile()
    if field != "effective_from":
        given |= {"road_class": "tertiary"}
    with pytest.raises(ValidationError) as problem:
        profile(**given)
    assert words in " ".join(problem.value.message_dict[field])


def test_a_later_period_follows_an_earlier_one(network):
    first = profile()
    first.effective_to = date(2026, 6, 1)
    first.full_clean()
    first.save()
    profile(effective_from=date(2026, 6, 1), shares=" ".join(["0.8"] * 24))
    assert shares(network, datetime(2026, 5, 29, tzinfo=UTC))[0] == 0.5
    assert shares(network)[0] == 0.8


#: Columns of a file of speeds, and a row with a share for all hours.
COLUMNS = ("编号", "区域", "日类", "道路等级", "来源", "启用日期", "停用日期", "各小时车速比")


def row(code, since, until="", share="0.5", *, kind="省道、主干路", day="工作日"):
    return (code, "371500", day, kind, "卡口实测", since, until, " ".join([share] * 24))


@pytest.fixture
def read(network, people, tmp_path):
    """Read rows of a file as who may write the register; the outcome and the refusals by row."""

    def run(*rows, save=True):
        path = tmp_path / "speeds.csv"
        path.write_text("\n".join(",".join(cells) for cells in [COLUMNS, *rows]), encoding="utf-8")
        outcome = Import(ledger("speedprofiles"), people["transport"]).run(path, save=save)
        return outcome, {one["row"]: " ".join(one["fields"].values()) for one in outcome.problems}

    return run


@pytest.mark.parametrize("save", [False, True])
def test_of_two_rows_of_one_file_that_overlap_the_second_is_refused_naming_both(read, save):
    outcome, told = read(
        row("S1", "2026-01-01"), row("S2", "2026-06-01", share="0.8"), row("S3", "2026-01-01", kind="县道、次干路"),
        row("S4", "2026-01-01", day="休息日"), row("S5", "2025-01-01", "2026-01-01"), save=save,
    )  # fmt: skip
    assert (outcome.created, outcome.refused) == (4, 1)
    assert "与本文件第 2 行“S1 聊城市 · 省道、主干路 · 工作日”重叠（2026-01-01 起使用）" in told[3]
    assert set(SpeedProfile.objects.values_list("code", flat=True)) == ({"S1", "S3", "S4", "S5"} if save else set())
    assert outcome.refused_rows[0]["编号"] == "S2"


def test_overlaps_are_found_from_one_part_of_a_file_to_the_next(read, monkeypatch):
    monkeypatch.setattr("anlan.foundation.ledger.imports.CHUNK", 1)
    for save in (False, True):
        outcome, told = read(row("S1", "2026-01-01"), row("S2", "2026-02-01"), save=save)
        assert (outcome.created, list(told)) == (1, [3])
        assert "S1" in told[3]


def test_a_file_may_end_a_row_and_follow_it_by_the_next(read):
    profile(code="S1")
    outcome, told = read(row("S1", "2026-01-01", "2026-06-01"), row("S2", "2026-06-01", share="0.8"))
    assert told == {}
    assert (outcome.changed, outcome.created) == (1, 1)
    # A row of the register is held against the file as before.
    _outcome, told = read(row("S3", "2026-07-01"))
    assert "请先给那一条填停用日期" in told[2]


def test_rows_that_overlap_all_the_same_are_said(network):
    """Two rows that reached the database past the form."""
    for code, share in (("一", "0.5"), ("二", "0.8")):
        SpeedProfile.objects.create(
            code=code, area_id="371500", day_kind="workday", road_class="primary", source="卡口实测",
            shares=" ".join([share] * 24), effective_from=date(2026, 1, 1),
        )  # fmt: skip
    found = speeds_at(network, roads_of(network), FRIDAY)
    assert found.share[0] == 0.8
    assert "卡口实测（与 一 重叠，取启用较晚的；请给其中一条填停用日期）" in found.words


def test_the_smaller_area_and_the_named_road_count_before_the_larger(network):
    profile()
    assert shares(network) == [0.5, 1, 0.5, 1]
    profile(area_id="371526", shares=" ".join(["0.7"] * 24))
    assert shares(network) == [0.7, 1, 0.5, 1]
    profile(road_name="鼓楼路", shares=" ".join(["0.9"] * 24))
    assert shares(network) == [0.9, 1, 0.9, 1]
    profile(area_id="371572", road_class="residential")  # a zone is its townships; none of these roads lies there
    assert shares(network) == [0.9, 1, 0.9, 1]


def test_the_day_decides_and_holidays_are_known(network):
    profile()
    assert [shares(network, at)[0] for at in (FRIDAY, SATURDAY, WORKED)] == [0.5, 1, 0.5]
    assert shares(network, datetime(2026, 10, 1, tzinfo=UTC))[0] == 1
    far = speeds_at(network, roads_of(network), datetime(2031, 10, 1, tzinfo=UTC))
    assert far.share[0] == 0.5
    assert "当年放假安排没有登记，按周末推定" in far.words
    assert days_off().is_known(date(2026, 10, 1))


def test_the_words_name_the_hour_the_sources_and_what_is_unchecked(network):
    assert (
        speeds_at(network, roads_of(network), FRIDAY).words
        == "按工作日 08 时车速，来源：系统默认（规则 roads.time_of_day@1）（待核对）"
    )
    profile(status="checked", measured_from=date(2026, 3, 1), measured_to=date(2026, 3, 31))
    found = speeds_at(network, roads_of(network), FRIDAY)
    assert found.words.endswith("系统默认（规则 roads.time_of_day@1）（待核对）、卡口实测")
    assert not found.is_checked
    profile(road_class="residential", status="checked", measured_from=date(2026, 3, 1), measured_to=date(2026, 3, 31))
    assert speeds_at(network, roads_of(network), FRIDAY).is_checked
    assert speeds_for(network, roads_of(network), "free").words == "按自由流车速（不计各时段的交通量）"


def test_a_wrong_version_of_the_default_is_driven_freely_and_said(network):
    rule = Rule.objects.get(code="roads.time_of_day")
    rule.params["workday"]["primary"] = [1] * 23
    rule.pk, rule.version = None, 2
    rule.save()
    found = speeds_at(network, roads_of(network), FRIDAY)
    assert found.share.tolist() == [1] * 4
    assert "有误，按自由流计：workday.primary 要有 24 个数" in found.words


def test_the_catalogue_has_the_hours_of_every_class(db):
    from anlan.foundation.rules.services import load_rules

    load_rules()
    params = Rule.objects.get(code="roads.time_of_day").params
    for day in ("workday", "rest"):
        assert set(params[day]) == set(CLASSES)
        table = np.array([params[day][name] for name in CLASSES])
        assert table.shape == (7, 24)
        assert ((table > 0.5) & (table <= 1)).all()


def test_seconds_grow_as_speeds_fall_and_hours_run_on_past_midnight(network):
    roads = roads_of(network)
    profile(shares=" ".join(["0.5"] * 23 + ["0.25"]))
    free, late = seconds_with(roads, []), seconds_with(roads, [], speeds=speeds_for(network, roads, "workday-23"))
    assert (late / free).tolist() == pytest.approx([4, 1, 4, 1])
    assert speeds_for(network, roads, "worst").hour == 23
    hours = hours_from(network, roads, datetime(2026, 11, 27, 14, 30, 20, tzinfo=UTC))  # 22:30 on a Friday
    assert hours.into_s == 1820
    assert hours.share[hours.group[0], :4].tolist() == [0.5, 0.25, 1, 1]
    assert hours.share.shape[1] == 24


def test_a_dispatcher_imports_measured_speeds_and_others_do_not(network, client_of):
    page = client_of("transport").get("/registers/speedprofiles/")
    assert page.status_code == 200
    assert client_of("warehouse").get("/registers/speedprofiles/").status_code == 403
    for role, status in (("transport", 302), ("duty_officer", 403), ("county", 422)):
        answer = client_of(role).post("/registers/speedprofiles/add/", {
            "code": "S9", "area": "371500", "day_kind": "workday", "road_class": "primary", "shares": HALF,
            "source": "卡口实测", "status": "to_be_checked", "effective_from": "2026-01-01",
        })  # fmt: skip
        assert answer.status_code == status, role
