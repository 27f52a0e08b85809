"""The page of limits: what runs, what is late, what was missed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.foundation.accounts.access import requires
from anlan.foundation.clocks import queries
from anlan.foundation.clocks.models import Clock

#: Days that the list of missed limits looks back.
WINDOW = 30


@requires("view:duty")
def clock_list(request: HttpRequest) -> HttpResponse:
    """Running limits, late ones first; `?show=missed` lists those that were missed lately."""
    is_missed = request.GET.get("show") == "missed"
    running = queries.running(request.user)
    rows = queries.missed(request.user, WINDOW) if is_missed else running
    kind = request.GET.get("kind", "")
    if kind in Clock.Kind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows.prefetch_related("subject"), 60).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "duties": queries.duties(list(page)),
        "running": running.count(),
        "late": running.filter(due_at__lt=timezone.now()).count(),
        "late_legal": running.filter(due_at__lt=timezone.now(), kind=Clock.Kind.LEGAL).count(),
        "missed": queries.missed(request.user, WINDOW).count(),
        "window": WINDOW,
        "is_missed": is_missed,
        "kind": kind,
        "kinds": Clock.Kind.choices,
    }
    return render(request, "clocks/list.html", context)
