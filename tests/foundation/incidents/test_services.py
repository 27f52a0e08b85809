"""Incidents from the first call to the file: figures, grade, state, duplicates, replay as anyone saw it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.foundation.audit.models import AppendOnly, AuditEntry
from anlan.foundation.clocks.models import Clock
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.incidents import queries, services
from anlan.foundation.incidents.models import EventKind, Incident


@pytest.fixture
def kinds(db):
    services.load_event_kinds()


@pytest.fixture
def raised(people, rules, kinds):
    return services.raise_incident(
        actor=people["duty_officer"],
        title="姜店镇积水围困",
        kind="11B03",
        area="371526105",
        place="姜店镇驻地",
        lon=116.30,
        lat=36.80,
        figures={"trapped": 3, "dead": None},
        source="12345 热线",
    )


def test_event_kinds_are_loaded_once_and_say_what_is_checked(db):
    assert services.load_event_kinds() == 92
    assert services.load_event_kinds() == 0
    assert EventKind.objects.get(pk="11B03").is_checked
    assert not EventKind.objects.get(pk="12D00").is_checked
    assert EventKind.objects.get(pk="13A00").category == "health"


def test_raising_writes_number_timeline_audit_and_event(raised, people):
    assert raised.code.startswith("371526-")
    assert raised.code.endswith("-001")
    assert raised.dead is None
    assert raised.figures == {"trapped": 3}
    assert raised.timeline.get().data == {"status": "reported", "figures": {"trapped": 3}}
    assert OutboxRow.objects.get(topic="IncidentRaised").payload["incident"] == raised.pk
    assert AuditEntry.objects.filter(action="incident.raise", actor=str(people["duty_officer"])).exists()


def test_numbers_count_on_within_a_county_and_day(raised, people):
    second = services.raise_incident(
        actor=people["duty_officer"], title="又一起", kind="12G00", area="371526001", place="x"
    )
    assert second.code.endswith("-002")


def test_nobody_raises_outside_the_own_area_or_in_the_future(people, kinds):
    values = {"title": "x", "kind": "12G00", "place": "x"}
    with pytest.raises(PermissionDenied):
        services.raise_incident(actor=people["county"], area="371502001", **values)
    with pytest.raises(PermissionDenied):
        services.raise_incident(actor=people["analyst"], area="371502001", **values)
    late = timezone.now() + timedelta(hours=1)
    with pytest.raises(ValidationError) as refused:
        services.raise_incident(actor=people["county"], area="371526001", occurred_at=late, received_at=late, **values)
    assert "occurred_at" in refused.value.message_dict


def test_figures_need_a_source_and_keep_it(raised, people):
    with pytest.raises(ValidationError):
        services.update_figures(actor=people["duty_officer"], incident=raised, figures={"dead": 1}, source=" ")
    at = timezone.now() - timedelta(minutes=9)
    services.update_figures(
        actor=people["duty_officer"], incident=raised, figures={"dead": 1, "trapped": 3}, source="县人民医院", at=at
    )
    raised.refresh_from_db()
    found = {f.name: f for f in queries.figure_sources(raised)}
    assert (found["dead"].source, found["dead"].at) == ("县人民医院", at)
    assert found["trapped"].source == "12345 热线"
    assert raised.missing is None
    assert (
        services.update_figures(actor=people["duty_officer"], incident=raised, figures={"dead": 1}, source="x") is None
    )


@pytest.mark.parametrize("figures", [{"dead": -1}, {"nonsense": 3}, {"participants": "many"}])
def test_absurd_figures_are_refused(raised, people, figures):
    with pytest.raises(ValidationError):
        services.update_figures(actor=people["duty_officer"], incident=raised, figures=figures, source="x")


def accident(people, **figures):
    return services.raise_incident(
        actor=people["duty_officer"], title="泄漏", kind="12D00", area="371502001", place="x", figures=figures
    )


def test_confirmed_grade_keeps_rule_clause_and_person(people, rules, kinds):
    incident = accident(people, dead=3)
    services.confirm_grade(actor=people["commander"], incident=incident, grade="III")
    incident.refresh_from_db()
    assert incident.grade_rule == "grading.production_safety@1"
    assert "493" in incident.grade_basis
    assert str(people["commander"]) in incident.grade_confirmed_by
    window = Clock.objects.get(rule__startswith="regrading.")
    assert (window.due_at - window.started_at).days == 30


def test_fires_are_graded_again_for_seven_days(people, rules, kinds):
    incident = services.raise_incident(
        actor=people["duty_officer"], title="火灾", kind="12G00", area="371502001", place="x", figures={"dead": 1}
    )
    services.confirm_grade(actor=people["commander"], incident=incident, grade="IV")
    window = Clock.objects.get(rule__startswith="regrading.")
    assert (window.due_at - window.started_at).days == 7
    entry = services.update_figures(
        actor=people["duty_officer"], incident=incident, figures={"dead": 3}, source="市公安局"
    )
    assert "重新定级" in entry.text
    with pytest.raises(ValidationError):
        services.confirm_final_grade(actor=people["commander"], incident=incident)
    services.confirm_grade(actor=people["commander"], incident=incident, grade="III")
    services.confirm_final_grade(actor=people["commander"], incident=incident)
    window.refresh_from_db()
    assert window.met_at


def test_another_grade_than_the_rules_needs_a_reason(people, rules, kinds):
    incident = accident(people, dead=3)
    with pytest.raises(ValidationError):
        services.confirm_grade(actor=people["commander"], incident=incident, grade="IV")
    services.confirm_grade(actor=people["commander"], incident=incident, grade="II", reason="社会影响特别大")
    incident.refresh_from_db()
    assert incident.grade_basis.startswith("人工判定")


def test_states_follow_one_another(raised, people):
    with pytest.raises(ValidationError):
        services.change_status(actor=people["duty_officer"], incident=raised, status="ended")
    for status in ("confirmed", "responding", "ended", "closed"):
        services.change_status(actor=people["duty_officer"], incident=raised, status=status)
    raised.refresh_from_db()
    assert raised.status == "closed"
    assert raised.ended_at


def test_a_second_call_is_recognised_and_merged(raised, people):
    found = queries.likely_duplicates(
        area="371526105", text="姜店镇驻地积水，有人被困", lon=116.301, lat=36.801, kind="11B03", user=people["county"]
    )
    assert [d.incident for d in found] == [raised]
    assert found[0].score > 0.8
    assert found[0].likeness.distance_km < 1
    assert "积水" in found[0].likeness.shared_words
    assert not queries.likely_duplicates(area="371502001", text="养殖场失火", lon=115.9, lat=36.4)
    second = services.raise_incident(
        actor=people["county"], title="姜店镇驻地积水", kind="11B03", area="371526105", place="姜店镇驻地"
    )
    services.merge_incident(actor=people["county"], incident=second, into=raised, reason="同一积水点")
    second.refresh_from_db()
    assert (second.status, second.merged_into) == ("merged", raised)
    assert second.code in raised.timeline.last().text
    with pytest.raises(ValidationError):
        services.merge_incident(actor=people["county"], incident=raised, into=second)


def test_timeline_is_never_changed(raised):
    entry = raised.timeline.get()
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()


def test_replay_gives_what_is_recorded_now_and_what_was_known_before(raised, people):
    officer = people["duty_officer"]
    services.change_status(actor=officer, incident=raised, status="confirmed")
    between = timezone.now()
    services.update_figures(actor=officer, incident=raised, figures={"dead": 1, "trapped": 0}, source="县应急局")
    services.confirm_grade(actor=people["commander"], incident=raised, grade="IV")
    services.record_instruction(
        actor=officer, incident=raised, leader="市长", text="全力救人", at=timezone.now() - timedelta(minutes=5)
    )
    raised.refresh_from_db()
    state = queries.state_at(raised, timezone.now())
    assert (state.status, state.grade, state.figures) == (raised.status, raised.grade, raised.figures)
    before = queries.state_at(raised, between)
    assert (before.status, before.grade, before.figures) == ("confirmed", "", {"trapped": 3})
    assert len(state.entries) == raised.timeline.count()


def test_replay_as_one_person_holds_only_what_that_person_could_see(people, rules, kinds):
    officer, county = people["duty_officer"], people["county"]
    incident = services.raise_incident(actor=officer, title="全市暴雨", kind="11B03", area="371500", place="全市")
    services.add_note(actor=officer, incident=incident, text="内部记事")
    services.record_entry(incident=incident, kind="order", text="致高唐县", actor=officer, told=[county.pk])
    services.record_entry(incident=incident, kind="note", text="高唐县情况", actor=officer, area_code="371526")
    now = timezone.now()
    assert [e.text for e in queries.state_at(incident, now, county).entries] == ["致高唐县", "高唐县情况"]
    assert len(queries.state_at(incident, now, officer).entries) == 4
    assert incident in queries.incidents_for(county)


def test_people_open_their_own_areas_incidents_only(raised, people):
    town = services.raise_incident(actor=people["duty_officer"], title="x", kind="12G00", area="371502001", place="x")
    assert set(queries.incidents_for(people["county"])) == {raised}
    assert set(queries.incidents_for(people["commander"])) == {raised, town}
    assert not queries.incidents_for(people["enterprise"])
    with pytest.raises(PermissionDenied):
        services.add_note(actor=people["county"], incident=town, text="x")
    assert Incident.objects.count() == 2


def test_what_an_entry_tells_of_other_things_does_not_change_the_incident(raised, people):
    services.change_status(actor=people["duty_officer"], incident=raised, status="confirmed")
    services.record_entry(
        incident=raised, kind="resource", text="运单已签收", actor=people["duty_officer"],
        data={"waybill": 1, "status": "received"},
    )  # fmt: skip
    assert queries.state_at(raised, timezone.now()).status == "confirmed"
