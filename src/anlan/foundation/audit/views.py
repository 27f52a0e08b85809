"""The audit administrator's page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.audit.services import record, verify


@requires("view:audit")
def log(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, filtered by person, action and subject; `verify` checks the whole chain."""
    rows = AuditEntry.objects.all()
    for field, name in (
        ("actor__icontains", "actor"),
        ("action__icontains", "action"),
        ("subject__icontains", "subject"),
    ):
        if text := request.GET.get(name, "").strip():
            rows = rows.filter(**{field: text})
    outcome = None
    if request.method == "POST":
        count, problems = verify()
        record(actor=request.user, action="audit.verify", details={"entries": count, "problems": len(problems)})
        outcome = {"count": count, "problems": problems}
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    return render(request, "audit/log.html", {"page": page, "outcome": outcome})
