"""Follow a team from the alarm to its return, count its people, and call one out."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.turnouts import queries, rules
from anlan.areas.rescue.turnouts.models import RollCall, Turnout
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, clocks_of, meet_clocks, start_clock
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import record_entry
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notice
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.foundation.resources.services import assign_resource, move_assignment, request_resource
from anlan.foundation.rules.queries import rule

#: A roll call's clock starts here, so that only the miss itself is told and not each half of the interval.
QUIET_UNTIL_PERCENT = 80


def follow(assignment: Assignment) -> Turnout:
    """Bring a team's turn-out up to date with its assignment: keep the limits, start or stop counting people."""
    turnout = Turnout.objects.filter(assignment=assignment).first()
    if turnout is None:
        team, request = Team.objects.get(pk=assignment.object_id), assignment.request
        limits = rules.limits_of(team, assignment.assigned_at, request.needed_by)
        turnout = Turnout.objects.create(
            assignment=assignment, team=team, incident=request.incident, alarmed_at=assignment.assigned_at,
            turnout_limit_min=limits.turnout_min, arrival_due_at=limits.arrival_due_at, limit_basis=limits.basis,
            is_exercise=request.incident.is_exercise,
        )  # fmt: skip
    if assignment.status == Assignment.Status.ON_SITE:
        if not clocks_of(turnout).filter(met_at=None, cancelled_at=None).exists():
            _start_counting(turnout, assignment.on_site_at or timezone.now())
    elif assignment.status in (Assignment.Status.DONE, Assignment.Status.RELEASED):
        cancel_clocks(subject=turnout)
    return turnout


def _start_counting(turnout: Turnout, since: datetime) -> None:
    """The clock until the next roll call; a missed one reaches the leader, the duty officer and the commander."""
    interval = rule("rescue.roll_call")
    clock = start_clock(
        subject=turnout, kind=Clock.Kind.OPERATIONAL, title=f"人员清点：{turnout.team}"[:200],
        started_at=since, due_at=since + timedelta(minutes=interval.params["minutes"]),
        area_code=turnout.incident.area_id, rule=interval.reference, citation=interval.citation,
        incident_id=turnout.incident_id, department=turnout.team.department, is_exercise=turnout.is_exercise,
    )  # fmt: skip
    clock.escalated = QUIET_UNTIL_PERCENT
    clock.save(update_fields=["escalated"])


def demand_turnout(actor: User, turnout: Turnout) -> None:
    """Raise PermissionDenied unless the person leads the team or commands at the incident."""
    if not queries.may_act(actor, turnout):
        raise PermissionDenied(_("只有队伍自己和事发地指挥人员能登记“%(team)s”的行动。") % {"team": turnout.team})


@transaction.atomic
def move(*, actor: User, turnout: Turnout, status: str, at: datetime | None = None) -> Turnout:
    """Set out, arrive, finish or withdraw: the same steps as of every resource."""
    move_assignment(actor=actor, assignment=turnout.assignment, status=status, at=at)
    return turnout


@transaction.atomic
def mark_controlled(*, actor: User, turnout: Turnout, at: datetime | None = None) -> Turnout:
    """The situation is under control (控制)."""
    demand_turnout(actor, turnout)
    if turnout.assignment.status not in (Assignment.Status.ON_SITE, Assignment.Status.DONE):
        raise ValidationError(_("到场后才能登记控制时间。"))
    return _mark(actor, turnout, "controlled_at", at, "控制险情")


@transaction.atomic
def mark_returned(*, actor: User, turnout: Turnout, at: datetime | None = None) -> Turnout:
    """The team is back at its base (返回)."""
    demand_turnout(actor, turnout)
    if turnout.assignment.status != Assignment.Status.RELEASED:
        raise ValidationError(_("撤出以后才能登记返回驻地。"))
    return _mark(actor, turnout, "returned_at", at, "返回驻地")


def _mark(actor: User, turnout: Turnout, column: str, at: datetime | None, words: str) -> Turnout:
    if getattr(turnout, column) is not None:
        raise ValidationError(_("这个时间已经登记过了。"))
    now = timezone.now()
    at = min(at or now, now)
    if at < turnout.alarmed_at:
        raise ValidationError(_("时间不能早于接警时间。"))
    setattr(turnout, column, at)
    turnout.save(update_fields=[column])
    audit.record(actor=actor, action=f"turnouts.{column}", subject=turnout, details={"at": at})
    _tell(actor, turnout, f"{turnout.team}{words}", at)
    return turnout


def _tell(actor: User, turnout: Turnout, text: str, at: datetime | None = None, **data) -> None:
    record_entry(
        incident=turnout.incident, kind=TimelineEntry.Kind.RESOURCE, text=text, actor=actor, happened_at=at,
        data={"turnout": turnout.pk, **data},
    )  # fmt: skip


@transaction.atomic
def count_people(*, actor: User, turnout: Turnout, expected: int, counted: int, missing: str = "") -> RollCall:
    """Record a roll call and start the clock of the next; whoever is missing is an alarm at once."""
    demand_turnout(actor, turnout)
    if not turnout.is_working:
        raise ValidationError(_("队伍在现场时才需要清点。"))
    if counted > expected:
        raise ValidationError({"counted": _("实到不能多于应到；人数有增加时请先改应到。")})
    if counted < expected and not missing.strip():
        raise ValidationError({"missing": _("有人没有应答：请写明是谁、最后在哪里。")})
    now = timezone.now()
    clock = clocks_of(turnout).filter(met_at=None, cancelled_at=None).first()
    call = RollCall.objects.create(
        turnout=turnout, due_at=clock.due_at if clock else None, counted_at=now, expected=expected, counted=counted,
        missing=missing, made_by=str(actor),
    )  # fmt: skip
    meet_clocks(subject=turnout, at=now)
    _start_counting(turnout, now)
    turnout.people = expected
    turnout.save(update_fields=["people"])
    audit.record(
        actor=actor, action="turnouts.count", subject=turnout, details={"expected": expected, "counted": counted}
    )
    text = f"{turnout.team}人员清点：应到 {expected}，实到 {counted}"
    _tell(actor, turnout, f"{text}。{missing}" if missing else text, now, counted=counted, expected=expected)
    if not call.is_complete:
        _raise_missing(actor, turnout, call)
    return call


def _raise_missing(actor: User, turnout: Turnout, call: RollCall) -> None:
    """Somebody does not answer: the duty officer and the commander learn of it now."""
    incident = turnout.incident
    near = [incident.area_id[:6], settings.ANLAN.city]
    for role in ("duty_officer", "commander"):
        posts = Post.objects.filter(role=role, department__area_id__in=near).order_by("rank", "pk")
        post = min(posts, key=lambda one: near.index(one.department.area_id), default=None)
        if post is None:
            continue
        send_notice(
            actor=actor, post=post, title=f"现场失联：{turnout.team}应到 {call.expected} 实到 {call.counted}",
            body=f"{incident.title}，{incident.place}。{call.missing}", urgency=Notice.Urgency.CRITICAL,
            subject=turnout, incident_id=incident.pk, area_code=incident.area_id, link=turnout.get_absolute_url(),
            is_exercise=turnout.is_exercise,
        )  # fmt: skip


@transaction.atomic
def call_out(*, actor: User, incident: Incident, team: Team, reason: str = "") -> Assignment:
    """Call a team out: answer an open request for teams, or state one and answer it."""
    demand(actor, "act:resourcerequests")
    waiting = incident.resource_requests.filter(kind="team", status=ResourceRequest.Status.OPEN).first()
    wanted = waiting or request_resource(
        actor=actor, incident=incident, kind="team", what=f"{team.get_kind_display()}队伍"
    )
    return assign_resource(actor=actor, request=wanted, ledger="teams", object_id=team.pk, reason=reason)
