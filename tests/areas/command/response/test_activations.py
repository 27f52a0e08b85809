"""From facts to a proposed level, a second person's confirmation, orders on the way, and the end."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.command.response import queries
from anlan.areas.command.response.models import Activation, Fact, Order, Plan
from anlan.areas.command.response.services import activations
from anlan.foundation.clocks.models import Clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import AssessmentRaised, WarningIssued
from anlan.foundation.incidents.queries import state_at
from anlan.foundation.notices.models import Notice


def warn(colour: str, status: str = "actual", **extra) -> None:
    publish(
        WarningIssued(
            area_code="371500",
            warning=1,
            colour=colour,
            title="市气象台暴雨预警",
            hazard="11B03",
            status=status,
            **extra,
        )
    )


def test_facts_come_from_warnings_assessments_and_figures(flood):
    warn("orange")
    publish(AssessmentRaised(area_code="371526", assessment=1, colour="yellow", title="研判", hazard="11B03"))
    known = queries.facts_for(flood)
    assert known["rain_warning"].value == "orange"
    assert known["rain_warning"].source == "市气象台暴雨预警"
    assert known["rain_assessment"].value == "yellow"
    assert known["trapped"].value == 3
    warn("orange", status="cancelled")
    assert "rain_warning" not in queries.facts_for(flood)


def test_old_facts_and_facts_of_exercises_do_not_count(flood):
    warn("red", is_exercise=True)
    Fact.objects.create(
        name="rain_warning", area_code="371500", value="red", source="x",
        observed_at=timezone.now() - timedelta(hours=25),
    )  # fmt: skip
    assert "rain_warning" not in queries.facts_for(flood)


@pytest.mark.parametrize(("colour", "level"), [("blue", "IV"), ("yellow", "IV"), ("orange", "III"), ("red", "II")])
def test_the_highest_level_with_a_met_condition_is_proposed(flood, plan, colour, level):
    warn(colour)
    proposal = queries.propose_level(plan, queries.facts_for(flood))
    assert proposal.level == level
    met = proposal.met[0]
    assert (met.fact, met.value, met.rule) == ("rain_warning", colour, "response.flood_control.city@1")
    assert not met.is_checked


def propose(people, flood, plan, **rest) -> Activation:
    warn("orange")
    return activations.propose_activation(actor=people["duty_officer"], incident=flood, plan=plan, level="III", **rest)


def test_without_a_met_condition_somebody_says_why(people, flood, plan):
    with pytest.raises(ValidationError) as refused:
        activations.propose_activation(actor=people["duty_officer"], incident=flood, plan=plan, level="III")
    assert "reason" in refused.value.message_dict
    made = activations.propose_activation(
        actor=people["duty_officer"], incident=flood, plan=plan, level="III", reason="会商意见"
    )
    assert made.basis == []


def test_nobody_confirms_the_own_proposal(people, flood, plan):
    with pytest.raises(PermissionDenied):
        activations.confirm_activation(actor=people["duty_officer"], activation=propose(people, flood, plan))
    made = Activation.objects.get()
    made.proposed_by = people["commander"]
    made.save()
    with pytest.raises(ValidationError) as refused:
        activations.confirm_activation(actor=people["commander"], activation=made)
    assert "双人" in str(refused.value)
    assert not Order.objects.exists()


def test_dry_run_is_exactly_what_confirming_sends(people, flood, plan, django_assert_max_num_queries):
    made = propose(people, flood, plan)
    drafts = queries.dry_run(plan=plan, level="III", incident=flood).drafts
    assert len(drafts) >= 100
    with django_assert_max_num_queries(40 + 5 * len(drafts)):
        orders = activations.confirm_activation(actor=people["commander"], activation=made)
    expected = {(d.card.code, d.department.pk, d.post and d.post.pk, d.person and d.person.pk) for d in drafts}
    assert {(o.card.code, o.department_id, o.post_id, o.person_id) for o in orders} == expected
    made.refresh_from_db()
    assert made.basis[0]["fact"] == "rain_warning"
    assert made.matter
    assert made.measures
    flood.refresh_from_db()
    assert flood.status == "responding"


def test_every_order_has_two_clocks_a_notice_and_an_entry(people, flood, plan):
    orders = activations.confirm_activation(actor=people["commander"], activation=propose(people, flood, plan))
    order = next(o for o in orders if o.card.code == "XQ-02" and o.department.area_id == "371526")
    clocks = Clock.objects.filter(subject_id=order.pk, subject_type__model="order").order_by("due_at")
    assert [c.kind for c in clocks] == ["operational", "legal"]
    assert clocks[0].due_at - clocks[0].started_at == timedelta(minutes=15)
    assert Notice.objects.get(subject_id=order.pk, subject_type__model="order").post == order.post
    entry = flood.timeline.get(data__order=order.pk)
    assert entry.told == [people["county"].pk]
    assert queries.response_level(flood) == "III"


def test_orders_that_reach_nobody_are_shown_before_they_are_sent(people, flood, plan):
    run = queries.dry_run(plan=plan, level="III", incident=flood)
    assert {d.department.name for d in run.unreachable} > {"市水利局"}
    assert all(d.problem for d in run.unreachable)
    assert not any(d.department.name == "高唐县应急管理局" for d in run.unreachable)


def test_only_the_named_counties_get_orders(people, flood, plan):
    run = queries.dry_run(plan=plan, level="III", incident=flood, areas=["371526"])
    assert {d.area.pk for d in run.drafts if d.area} == {"371526"}


def test_a_rejected_level_keeps_the_reason(people, flood, plan):
    made = propose(people, flood, plan)
    with pytest.raises(ValidationError):
        activations.reject_activation(actor=people["commander"], activation=made, reason="")
    activations.reject_activation(actor=people["commander"], activation=made, reason="雨带南移")
    made.refresh_from_db()
    assert made.status == "rejected"
    assert "雨带南移" in made.reason
    with pytest.raises(ValidationError):
        activations.confirm_activation(actor=people["commander"], activation=made)


def confirmed(people, flood, plan) -> Activation:
    made = propose(people, flood, plan)
    activations.confirm_activation(actor=people["commander"], activation=made)
    return Activation.objects.get(pk=made.pk)


def test_raising_the_level_adds_orders_and_keeps_what_runs(people, flood, plan):
    before = confirmed(people, flood, plan)
    sent = Order.objects.count()
    made = activations.change_level(actor=people["duty_officer"], activation=before, level="II", reason="雨量超预报")
    added = activations.confirm_activation(actor=people["commander"], activation=made)
    assert {o.card.code for o in added} >= {"FX-22", "FX-30"}
    assert "FX-01" not in {o.card.code for o in added}
    assert Order.objects.count() == sent + len(added)
    before.refresh_from_db()
    assert before.status == "changed"
    assert queries.response_level(flood) == "II"


def test_lowering_the_level_takes_back_what_nobody_began(people, flood, plan):
    before = confirmed(people, flood, plan)
    made = activations.change_level(actor=people["duty_officer"], activation=before, level="IV", reason="雨势减弱")
    assert activations.confirm_activation(actor=people["commander"], activation=made) == []
    left = {o.card.code for o in Order.objects.exclude(status="cancelled")}
    assert "FX-24" not in left
    assert "FX-01" in left


def test_ending_needs_conditions_and_closes_what_is_open(people, flood, plan):
    running = confirmed(people, flood, plan)
    with pytest.raises(ValidationError):
        activations.end_activation(actor=people["commander"], activation=running, conditions="", summary="x")
    activations.end_activation(
        actor=people["commander"], activation=running, conditions="雨停，积水排除", summary="无人员伤亡"
    )
    running.refresh_from_db()
    flood.refresh_from_db()
    assert (running.status, flood.status) == ("ended", "ended")
    open_phases = {o.card.phase for o in Order.objects.filter(status__in=queries.OPEN)}
    assert open_phases == {"recover"}
    assert not Clock.objects.filter(
        subject_type__model="order", met_at=None, cancelled_at=None,
        subject_id__in=Order.objects.filter(status="cancelled"),
    ).exists()  # fmt: skip


def test_replay_equals_the_records_after_it_all(people, flood, plan):
    running = confirmed(people, flood, plan)
    activations.end_activation(actor=people["commander"], activation=running, conditions="雨停", summary="x")
    state = state_at(flood, timezone.now())
    assert {n: s["status"] for n, s in state.orders.items()} == dict(Order.objects.values_list("pk", "status"))
    assert {n: s["status"] for n, s in state.activations.items()} == dict(
        Activation.objects.values_list("pk", "status")
    )
    flood.refresh_from_db()
    assert state.status == flood.status
    before = state_at(flood, running.proposed_at + timedelta(seconds=0))
    assert before.orders == {}


def test_a_plan_is_chosen_by_the_kind_of_event(flood, plan):
    assert [p.code for p in queries.plans_for(flood)] == ["flood-control"]
    Plan.objects.update(status="retired")
    assert queries.plans_for(flood) == []
