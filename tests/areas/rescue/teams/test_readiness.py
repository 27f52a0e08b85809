"""The score is the sum of what is proven, each part with its reason; shifts and records change it at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.teams import jobs, queries, services
from anlan.areas.rescue.teams.models import Certificate, Equipment, Member, Shift, Team
from anlan.foundation.audit.models import AuditEntry

TODAY = timezone.localdate


def parts(team):
    team.refresh_from_db()
    return {one["part"]: (one["points"], one["is_known"]) for one in team.readiness_parts}


def test_what_is_not_recorded_earns_nothing_and_is_said(crew):
    assert crew.team.readiness is None
    assert jobs.judge_readiness() == 1
    found = parts(crew.team)
    assert found["standby"] == (20, True)
    assert {name for name, (_points, known) in found.items() if not known} == {
        "shift", "certificates", "equipment", "drill", "inspection",
    }  # fmt: skip
    assert (crew.team.readiness, crew.team.readiness_unknown) == (20, 80)
    assert jobs.judge_readiness() == 0, "a score of today is not computed again"
    Team.objects.update(readiness_at=timezone.now() - timedelta(days=1))
    assert jobs.judge_readiness() == 1
    assert crew.team.history.count() == 1, "history keeps what people changed, not what was computed"


def test_each_part_moves_by_its_own_figures(crew):
    soon, past = TODAY() + timedelta(days=30), TODAY() - timedelta(days=1)
    for number, day in enumerate((soon, past)):
        Certificate.objects.create(member=crew.members[0], number=f"C{number}", name="证", expires_on=day)
    for number, (state, day) in enumerate(
        (("serviceable", soon), ("serviceable", past), ("repair", None), ("retired", None))
    ):
        Equipment.objects.create(
            team=crew.team, code=f"E{number}", name="泵", kind="pump", state=state, inspected_until=day
        )
    services.take_over(actor=crew.leader, team=crew.team, members=crew.members[:2], note="一台泵待修")
    services.record_training(
        actor=crew.leader, team=crew.team, kind="drill", title="拉动", held_on=TODAY() - timedelta(days=184)
    )
    found = parts(crew.team)
    assert found["shift"] == (12, True)
    assert found["certificates"] == (7, True)
    assert found["equipment"] == (6, True)
    assert found["drill"] == (0, True)
    services.record_training(actor=crew.leader, team=crew.team, kind="drill", title="拉动", held_on=TODAY())
    services.record_training(actor=crew.leader, team=crew.team, kind="inspection", title="装备", held_on=TODAY())
    piece = Equipment.objects.get(code="E2")
    services.report_equipment(actor=crew.leader, equipment=piece, state="serviceable")
    found = parts(crew.team)
    assert (found["drill"], found["inspection"], found["equipment"]) == ((10, True), (10, True), (13, True))
    assert crew.team.readiness == 20 + 12 + 7 + 13 + 10 + 10
    crew.team.standby = "off"
    crew.team.save()
    services.recompute([crew.team])
    assert parts(crew.team)["standby"] == (0, True)


def test_a_shift_ends_when_the_next_takes_over_and_is_not_believed_for_ever(crew):
    services.take_over(actor=crew.leader, team=crew.team, members=crew.members)
    assert parts(crew.team)["shift"] == (25, True)
    services.take_over(actor=crew.leader, team=crew.team, members=crew.members[:1])
    assert Shift.objects.filter(ended_at=None).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(team=crew.team)
    Shift.objects.filter(ended_at=None).update(started_at=timezone.now() - timedelta(hours=49))
    services.recompute([crew.team])
    assert parts(crew.team)["shift"] == (0, False)
    services.hand_over(actor=crew.leader, team=crew.team, note="泵已修好")
    assert queries.shift_of(crew.team) is None
    with pytest.raises(ValidationError):
        services.hand_over(actor=crew.leader, team=crew.team)
    assert AuditEntry.objects.filter(action="teams.take_over").count() == 2


def test_only_the_own_team_and_those_who_keep_it_take_over(crew):
    others = Team.objects.create(code="T2", name="别队", kind="flood", area_id="371526", people=5)
    stranger = Member.objects.create(team=others, code="X", name="外人")
    with pytest.raises(ValidationError):
        services.take_over(actor=crew.leader, team=crew.team, members=[stranger])
    with pytest.raises(ValidationError):
        services.take_over(actor=crew.leader, team=crew.team, members=[])
    for who in (crew.people["field"], crew.people["analyst"], crew.people["enterprise"]):
        with pytest.raises(PermissionDenied):
            services.take_over(actor=who, team=crew.team, members=crew.members)
    assert services.take_over(actor=crew.people["county"], team=crew.team, members=crew.members)
    far = Team.objects.create(code="T3", name="茌平队", kind="flood", area_id="371503", people=5)
    with pytest.raises(PermissionDenied):
        services.demand_team(crew.people["county"], far)


def test_the_page_explains_the_score_and_takes_a_shift(crew, browser_of):
    services.recompute([crew.team])
    browser = browser_of(crew.leader)
    page = browser.get(crew.team.get_absolute_url()).content.decode()
    assert "没有近期的接班记录" in page
    assert "另有 80 分没有记录" in page
    assert "待核对" in page
    wrong = browser.post(reverse("teams:take_over", args=[crew.team.pk]), {})
    assert wrong.status_code == 422
    assert "请勾选在岗队员" in wrong.content.decode()
    done = browser.post(
        reverse("teams:take_over", args=[crew.team.pk]), {"members": [m.pk for m in crew.members[:3]], "note": "正常"}
    )
    assert done.status_code == 302
    assert "在岗 3 人，最低 4 人" in browser.get(crew.team.get_absolute_url()).content.decode()
    late = browser.post(
        reverse("teams:train", args=[crew.team.pk]),
        {"kind": "drill", "title": "x", "held_on": (TODAY() + timedelta(days=2)).isoformat()},
    )
    assert late.status_code == 422
    assert browser_of(crew.people["hospital"]).get(crew.team.get_absolute_url()).status_code == 403
    assert browser_of(crew.people["enterprise"]).get(crew.team.get_absolute_url()).status_code == 404


def test_a_field_worker_of_another_team_sees_the_team_but_not_its_people(crew, browser_of):
    page = browser_of(crew.people["field"]).get(crew.team.get_absolute_url()).content.decode()
    assert "高唐排涝队" in page
    assert "队员1" not in page
    assert "队员1" in browser_of(crew.people["county"]).get(crew.team.get_absolute_url()).content.decode()


def test_what_runs_out_comes_first(crew):
    Certificate.objects.create(member=crew.members[0], number="C1", name="证", expires_on=TODAY() + timedelta(days=9))
    Certificate.objects.create(member=crew.members[0], number="C2", name="证", expires_on=TODAY() + timedelta(days=99))
    Member.objects.filter(pk=crew.members[1].pk).update(insured_until=TODAY() - timedelta(days=3))
    found = queries.endings(crew.people["county"])
    assert [one.days for one in found] == [-3, 9]
    assert queries.endings(crew.people["enterprise"]) == []
