"""The oversight pages: areas, tasks, targets."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import Department
from anlan.foundation.indicators.models import Observation
from anlan.foundation.ledger.registry import ledger
from anlan.oversight.plan import PlanError, load
from anlan.oversight.queries import further, is_built, standing, standings, task_standings


@requires("view:oversight")
def overview(request: HttpRequest) -> HttpResponse:
    """All targets, tasks and projects as they stand now."""
    plan = load()
    found = standings()
    tasks = task_standings(found)
    areas = [(area, [t for t in tasks if t.task.area == area.folder]) for area in plan.areas]
    context = {
        "plan": plan,
        "areas": areas,
        "standings": found,
        "general": [s for s in found if s.target.task is None],
        "projects": [(project, is_built(project)) for project in plan.projects],
        "counts": {
            state: sum(s.state == state for s in found) for state in ("met", "open", "direction", "silent", "missing")
        },
        "live_tasks": sum(t.state != "missing" for t in tasks),
        "as_of": found[0].as_of if found else None,
    }
    return render(request, "oversight/overview.html", context)


@requires("view:oversight")
def task(request: HttpRequest, number: int) -> HttpResponse:
    """One task: its words, units, deadline, targets and what realises it."""
    try:
        found = load().task(number)
    except PlanError:
        raise Http404(number) from None
    context = {
        "task": found,
        "area": next(area for area in load().areas if area.folder == found.area),
        "standings": [standing(target) for target in load().targets_of(number)],
        "further": further(found),
        "is_built": is_built(found),
        "units": {unit.name: unit for unit in Department.objects.filter(name__in=(*found.lead, *found.responsible))},
    }
    return render(request, "oversight/task.html", context)


@requires("view:oversight")
def target(request: HttpRequest, code: str) -> HttpResponse:
    """One target: value, samples, basis, counties, movement, and the records behind it."""
    try:
        found = load().target(code)
    except PlanError:
        raise Http404(code) from None
    now = standing(found)
    series = Observation.objects.filter(code=code).order_by("as_of")
    points = [[int(o.as_of.timestamp() * 1000), o.value] for o in series if o.value is not None][-2000:]
    context = {
        "standing": now,
        "rows": [now],
        "target": found,
        "points": points,
        "drill_down": _drill_down(now, request),
    }
    return render(request, "oversight/target.html", context)


def _drill_down(now, request):
    if now.indicator is None or not now.indicator.drill_down:
        return None
    try:
        entry = ledger(now.indicator.drill_down)
    except KeyError:
        return None
    return entry if entry.may(request.user, "view") else None
