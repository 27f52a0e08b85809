"""The command screen: live numbers, unknown ones unknown, exercises never mixed with the real thing."""

import pytest
from django.utils import timezone

from anlan.areas.risk.warning.models import Assessment
from anlan.foundation.incidents.models import EventKind, Incident, TimelineEntry
from anlan.web import situation


@pytest.fixture
def incident(city):
    kind, _ = EventKind.objects.get_or_create(code="11A01", defaults={"name": "洪水", "category": "natural"})

    def make(code: str, **values) -> Incident:
        defaults = {"title": f"事件{code}", "area_id": "371526105", "lon": 116.3, "lat": 36.8, "status": "responding"}
        return Incident.objects.create(code=code, kind=kind, place="姜店镇", **(defaults | values))

    return make


@pytest.mark.parametrize("panel", ["waiting", "warnings", "figures", "incidents", "orders", "clocks"])
def test_every_panel_answers_with_and_without_records(client_of, incident, panel):
    browser = client_of("commander")
    assert browser.get(f"/screen/panels/{panel}/").status_code == 200
    incident("1", status="reported")
    assert browser.get(f"/screen/panels/{panel}/").status_code == 200


def test_wall_opens_and_unknown_panels_do_not(client_of, city):
    browser = client_of("commander")
    assert "指挥大屏" in browser.get("/screen/").content.decode()
    assert browser.get("/screen/panels/no-such-panel/").status_code == 404


def test_figures_add_what_is_known_and_name_their_source(people, incident):
    incident("1", injured=2, evacuated=100)
    told = incident("2", injured=1)
    TimelineEntry.objects.create(
        incident=told,
        kind="figures",
        happened_at=timezone.now(),
        text="",
        actor="镇政府",
        area_code="371526105",
        source="姜店镇",
    )
    figures = situation.casualties(people["commander"])
    values = {str(entry["title"]): entry["value"] for entry in figures["entries"]}
    assert values == {"死亡": None, "失踪": None, "受伤": 3, "被困": None, "转移": 100}
    assert figures["source"] == "姜店镇"
    assert figures["is_exercise"] is False


def test_exercise_counts_only_when_nothing_is_real(people, incident):
    incident("1", injured=9, is_exercise=True)
    figures = situation.casualties(people["commander"])
    assert (figures["is_exercise"], figures["entries"][2]["value"]) == (True, 9)
    incident("2", injured=1)
    figures = situation.casualties(people["commander"])
    assert (figures["is_exercise"], figures["entries"][2]["value"]) == (False, 1)


def test_incident_to_verify_waits_until_it_is_verified(people, incident):
    row = incident("1", status="reported")
    assert [entry.title for entry in situation.waiting(people["commander"])] == ["事件1"]
    Incident.objects.filter(pk=row.pk).update(status="confirmed")
    assert situation.waiting(people["commander"]) == []


def test_map_layers_hold_the_own_area_only(client_of, incident):
    incident("1")
    incident("2", area_id="371502001")
    assert len(client_of("commander").get("/screen/layers.json").json()["incidents"]["features"]) == 2
    assert len(client_of("county").get("/screen/layers.json").json()["incidents"]["features"]) == 1


def test_assessed_county_is_painted_and_waits_for_a_decision(people, client_of, rules):
    now = timezone.now()
    made = Assessment.objects.create(
        area_id="371526",
        hazard="rainstorm",
        colour="orange",
        peak="orange",
        title="高唐县暴雨风险研判提示（橙色）",
        raised_at=now,
        changed_at=now,
    )
    assert situation.layers(people["commander"])["warned"] == {"371526": "orange"}
    waiting = [entry for entry in situation.waiting(people["commander"]) if entry.title == made.title]
    assert [entry.link for entry in waiting] == [f"/assessments/{made.pk}/"]
    assert made.title in client_of("commander").get("/screen/panels/warnings/").content.decode()
