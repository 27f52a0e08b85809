"""The duty desk (值班台): everything that waits for the officer of this shift, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

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
        "may_raise": user.may("add:incidents"),
    }
    return render(request, "web/desk.html", context)


def on_duty(user: User) -> list[tuple[Post, User]]:
    """The desks of the own areas with who answers now."""
    rows = Post.objects.filter(
        within(user.scope.prefixes, "department__area_id"), role__in=("duty_officer", "commander")
    )
    found = [(post, post.holders()) for post in rows.select_related("department").order_by("rank", "pk")[:20]]
    return [(post, holders[0]) for post, holders in found if holders]
