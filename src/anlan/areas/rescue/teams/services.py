"""What teams do day by day: take over, hand over, record training, report the state of equipment; and their score."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.rescue.teams import queries, rules
from anlan.areas.rescue.teams.models import Equipment, Member, Shift, Team, Training
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.rules.queries import rule


def demand_team(actor: User, team: Team) -> None:
    """Raise PermissionDenied unless the person acts for the team."""
    demand(actor, "act:teams")
    if not queries.may_lead(actor, team):
        raise PermissionDenied(_("只有队长、所属单位和主管部门能代表“%(team)s”操作。") % {"team": team})


def recompute(teams: Iterable[Team], *, now: datetime | None = None) -> int:
    """Compute the readiness of teams anew; history keeps what people changed, not what was computed."""
    now = now or timezone.now()
    parts, teams = rule("rescue.readiness").params["parts"], list(teams)
    facts = queries.facts_of(teams, now)
    for team in teams:
        judged = rules.judge(parts, facts[team.pk])
        team.readiness = sum(part.points for part in judged)
        team.readiness_unknown = sum(part.most for part in judged if not part.is_known)
        team.readiness_parts, team.readiness_at = rules.kept(judged), now
    columns = ["readiness", "readiness_unknown", "readiness_parts", "readiness_at"]
    Team.objects.bulk_update(teams, columns, batch_size=200)
    return len(teams)


@transaction.atomic
def take_over(*, actor: User, team: Team, members: Sequence[Member], note: str = "") -> Shift:
    """Begin a shift with the people who are there; the one before it ends at the same moment."""
    demand_team(actor, team)
    if not members:
        raise ValidationError({"members": _("请勾选在岗队员；没有队员时先在队员台账登记。")})
    if any(one.team_id != team.pk or not one.is_active for one in members):
        raise ValidationError({"members": _("只能选本队在队的队员。")})
    now = timezone.now()
    Team.objects.select_for_update().get(pk=team.pk)
    team.shifts.filter(ended_at=None).update(ended_at=now, handed_by=str(actor))
    shift = Shift.objects.create(team=team, started_at=now, taken_by=str(actor), note=note)
    shift.members.set(members)
    audit.record(actor=actor, action="teams.take_over", subject=shift, details={"members": [m.code for m in members]})
    recompute([team], now=now)
    return shift


@transaction.atomic
def hand_over(*, actor: User, team: Team, note: str = "") -> Shift:
    """End the running shift with nobody taking over yet."""
    demand_team(actor, team)
    shift = team.shifts.select_for_update().filter(ended_at=None).first()
    if shift is None:
        raise ValidationError(_("现在没有进行中的班次。"))
    shift.ended_at, shift.handed_by = timezone.now(), str(actor)
    shift.note = "；".join(part for part in (shift.note, note) if part)[:300]
    shift.save(update_fields=["ended_at", "handed_by", "note"])
    audit.record(actor=actor, action="teams.hand_over", subject=shift, details={"note": note})
    recompute([team])
    return shift


@transaction.atomic
def record_training(
    *,
    actor: User,
    team: Team,
    kind: str,
    title: str,
    held_on: date,
    people: int | None = None,
    hours: float | None = None,
    result: str = "",
) -> Training:
    """Keep a drill, a training or an inspection that was held."""
    demand_team(actor, team)
    made = Training(
        team=team, kind=kind, title=title, held_on=held_on, people=people, hours=hours, result=result,
        is_demo=team.is_demo,
    )  # fmt: skip
    made.full_clean()
    made._history_user = actor
    made.save()
    audit.record(actor=actor, action="teams.train", subject=made, details={"kind": kind, "held_on": held_on})
    recompute([team])
    return made


@transaction.atomic
def report_equipment(
    *, actor: User, equipment: Equipment, state: str, inspected_until: date | None = None
) -> Equipment:
    """Say what state a piece of equipment is in, and until when its inspection holds when that is new."""
    demand_team(actor, equipment.team)
    before = equipment.state
    equipment.state = state
    equipment.inspected_until = inspected_until or equipment.inspected_until
    equipment.full_clean()
    equipment._history_user = actor
    equipment.save()
    audit.record(actor=actor, action="teams.equipment", subject=equipment, details={"from": before, "to": state})
    recompute([equipment.team])
    return equipment
