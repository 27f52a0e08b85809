"""Background work: what runs, what waits, what failed and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires
from anlan.foundation.jobs.models import Job


@requires("view:jobs")
def overview(request: HttpRequest) -> HttpResponse:
    """The latest pieces of long work, unfinished ones first."""
    rows = list(Job.objects.select_related("owner").order_by("-pk")[:100])
    rows.sort(key=lambda job: job.finished_at is not None)
    return render(request, "jobs/overview.html", {"jobs": rows})
