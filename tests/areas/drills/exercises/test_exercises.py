"""The ledger of exercises, the page of those who are late, the calendar, the indicators."""

from datetime import timedelta

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from anlan.areas.drills.exercises.models import Exercise, ExerciseUnit
from anlan.foundation.accounts.models import Department
from anlan.foundation.indicators.registry import indicators

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(people, rules):
    """Make a unit with the exercises that it held so many days ago."""

    def make(name: str, *days: int, category: str = "high_risk", area: str = "371526105", **rest) -> ExerciseUnit:
        today = timezone.localdate()
        found = ExerciseUnit.objects.create(
            code=name, name=name, category=category, area_id=area, since=today - timedelta(days=400), **rest
        )
        for number, ago in enumerate(days):
            day = today - timedelta(days=ago)
            Exercise.objects.create(
                code=f"{name}-{number}", name=f"{name}演练{number}", unit=found, area_id=area, kind="live",
                coverage="special", planned_on=day, status="held" if ago >= 0 else "planned",
                held_on=day if ago >= 0 else None,
            )  # fmt: skip
        return found

    return make


def test_the_page_shows_who_is_late_and_why(unit, client_of):
    unit("迟到化工", 300)
    unit("快到化工", 170)
    unit("按时化工", 10)
    page = client_of("analyst").get("/drills/").content.decode()
    assert page.index("迟到化工") < page.index("快到化工")
    assert "按时化工" not in page
    assert "国务院令第708号" in page
    assert "按时化工" in client_of("analyst").get("/drills/?show=all").content.decode()


def test_a_planned_exercise_does_not_count_and_is_shown(unit, client_of):
    unit("计划化工", 300, -10)
    page = client_of("analyst").get("/drills/").content.decode()
    assert "逾期" in page
    assert "计划化工演练1" in page


def test_everybody_sees_the_own_areas_and_enterprises_themselves(unit, client_of):
    works = Department.objects.get(code="works")
    unit("高唐化工", 300)
    unit("茌平化工", 300, area="371503001")
    unit("示例化工", 300, area="371572", department=works)
    county, own = (client_of(role).get("/drills/").content.decode() for role in ("county", "enterprise"))
    assert "高唐化工" in county
    assert "茌平化工" not in county
    assert "示例化工" in own
    assert "高唐化工" not in own
    assert client_of("warehouse").get("/drills/").status_code == 403


def test_an_enterprise_registers_its_own_exercise(unit, client_of):
    mine = unit("示例化工", area="371572", department=Department.objects.get(code="works"))
    other = unit("高唐化工")
    values = {
        "code": "E1", "name": "泄漏演练", "kind": "live", "coverage": "special", "area": "371572",
        "planned_on": "2026-01-01", "status": "held", "held_on": "2026-01-01",
    }  # fmt: skip
    browser = client_of("enterprise")
    assert browser.post("/registers/exercises/add/", values | {"unit": other.code}).status_code == 422
    assert browser.post("/registers/exercises/add/", values | {"unit": mine.code}).status_code == 302
    assert Exercise.objects.get(code="E1").unit == mine


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "held"}, "held_on"),
        ({"status": "held", "held_on": timezone.localdate() + timedelta(days=2)}, "held_on"),
        ({"held_on": timezone.localdate()}, "status"),
        ({"score": 90}, "score"),
        ({"participants": 5}, "participants"),
    ],
)
def test_what_does_not_fit_together_is_named(unit, changes, field):
    row = Exercise(
        code="E1", name="x", unit=unit("化工"), area_id="371526105", kind="live", coverage="special",
        planned_on=timezone.localdate(), **changes,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert list(refusal.value.message_dict) == [field]


def test_the_indicators_count_those_in_time_and_those_assessed(unit):
    measure = indicators()["drills.in_time"].compute
    assert measure("371500", timezone.now()).value is None
    unit("迟到化工", 300)
    good = unit("按时化工", 10)
    unit("按时轴承", 200, category="other_enterprise")
    found = measure("371500", timezone.now())
    assert (found.value, found.samples) == (66.7, 3)
    earlier = measure("371500", timezone.now() - timedelta(days=150))
    assert (earlier.value, earlier.samples) == (66.7, 3)
    good.exercises.update(score=90, lessons="补充对讲机")
    assert indicators()["drills.assessed"].compute("371500", timezone.now()).value == 33.3


def test_the_targets_count_the_unit_with_the_fewest(unit):
    compute = {name: indicators()[name].compute for name in ("high_risk_drills", "plant_site_drills")}
    assert compute["high_risk_drills"]("371500", timezone.now()).value is None
    unit("勤快化工", 10, 20)
    assert compute["high_risk_drills"]("371500", timezone.now()).value == 2
    unit("迟到商场", 300, category="crowded_place")
    found = compute["high_risk_drills"]("371500", timezone.now())
    assert (found.value, found.samples) == (0, 2)
    assert "2 家中 1 家不足" in found.basis
    site = unit("一厂", 10, category="plant_site")
    assert compute["plant_site_drills"]("371500", timezone.now()).value == 0
    site.exercises.update(kind="on_site")
    assert compute["plant_site_drills"]("371500", timezone.now()).value == 1
    ExerciseUnit.objects.filter(pk=site.pk).update(since=timezone.localdate())
    assert compute["plant_site_drills"]("371500", timezone.now()).value is None


def test_the_calendar_has_whole_days_in_scope(unit, client_of):
    unit("高唐化工", 10, -10)
    unit("茌平化工", -10, area="371503001")
    row = Exercise.objects.get(name="高唐化工演练1")
    row.status = "cancelled"
    row.save()
    page = client_of("county").post("/calendars/", {"calendar": "drills.exercises"})
    answer = Client().get(page.context["address"])
    events = {str(one["SUMMARY"]): one for one in icalendar.Calendar.from_ical(answer.content).events}
    assert len(events) == 2
    cancelled = events["实战演练 高唐化工演练1"]
    assert (cancelled["STATUS"], cancelled["SEQUENCE"]) == ("CANCELLED", 1)
    assert cancelled.start == row.planned_on


def test_the_sample_rows_load_once(city, rules):
    from anlan.areas.drills.exercises import demo

    demo.load(city)
    count = Exercise.objects.count()
    demo.load(city)
    assert Exercise.objects.count() == count > 100
