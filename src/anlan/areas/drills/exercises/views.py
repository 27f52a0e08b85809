"""Which units owe an exercise."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.areas.drills.exercises.models import ExerciseUnit
from anlan.areas.drills.exercises.queries import SOON, standings
from anlan.foundation.accounts.access import requires
from anlan.foundation.ledger.registry import ledger


@requires("view:exerciseunits")
def due(request: HttpRequest) -> HttpResponse:
    """Units with their day and the rules behind it, the most overdue first; `?show=all` adds those with time left."""
    units = ledger("exerciseunits").rows(request.user)
    category, words = request.GET.get("category", ""), request.GET.get("q", "").strip()
    if category in ExerciseUnit.Category.values:
        units = units.filter(category=category)
    if words:
        units = units.filter(name__icontains=words)
    rows = standings(units, timezone.localdate())
    is_all = request.GET.get("show") == "all"
    shown = rows if is_all else [row for row in rows if row.is_overdue or row.is_soon]
    context = {
        "page": Paginator(shown, 50).get_page(request.GET.get("page")),
        "count": len(rows),
        "overdue": sum(row.is_overdue for row in rows),
        "soon": sum(row.is_soon for row in rows),
        "days": SOON.days,
        "is_all": is_all,
        "category": category,
        "categories": ExerciseUnit.Category.choices,
        "words": words,
        "may_add": request.user.may("add:exercises"),
    }
    return render(request, "exercises/due.html", context)
