"""The duty desk (值班台): everything that waits for the officer of this shift, on one page."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.areas.command.duty import queries as duty
from anlan.areas.command.duty.models import DutyLog
from anlan.areas.risk.monitoring.queries import waiting_alarms
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.places.codes import within
from anlan.web import queries, situation


@requires("view:duty")
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, what runs, who is on duty, and the button for a call."""
    user = request.user
    incidents = queries.open_incidents(user)
    clocks = queries.running_clocks(user)
    alarms = waiting_alarms(user) if user.may("view:alarms") else None
    items = situation.waiting(user)
    board = situation.orders(user) if user.may("view:orders") else None
    context = {
        "items": items,
        "incidents": incidents[:12],
        "clocks": clocks[:12],
        "late": clocks.filter(due_at__lt=timezone.now()).count(),
        "alarms": alarms.order_by("-recorded_at")[:8] if alarms is not None else None,
        "board": board,
        "people": on_duty(user),
        "shift": duty.shift_of(user),
        "due": duty.handover_due(user),
        "to_sign": duty.handovers_to_sign(user),
        "swaps": [swap for swap in duty.swaps_for(user)[:20] if swap.is_open],
        "log": duty.log_for(user)[:6],
        "log_kinds": DutyLog.Kind.choices,
        "may_log": user.may("act:duty"),
        "may_raise": user.may("add:incidents"),
    }
    return render(request, "web/desk.html", context)


@dataclass(frozen=True)
class OnDuty:
    """Somebody who answers now; by the roster there is an end."""

    person: User
    title: str
    until: datetime | None = None


def on_duty(user: User) -> list[OnDuty]:
    """Who stands duty in the own areas by the roster; where no shift is planned, who holds the desk."""
    shifts = duty.on_shift().filter(pk__in=duty.shifts_for(user).values("pk")).select_related("post__department")
    found = [OnDuty(shift.user, str(shift.post), shift.end) for shift in shifts[:20]]
    rows = Post.objects.filter(
        within(user.scope.prefixes, "department__area_id"), role__in=("duty_officer", "commander")
    )
    for post in rows.exclude(shifts__in=duty.on_shift()).select_related("department").order_by("rank", "pk")[:20]:
        if holders := post.holders():
            found.append(OnDuty(holders[0], str(post)))
    return found
