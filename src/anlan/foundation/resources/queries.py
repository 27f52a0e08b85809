"""Which resources could answer a request: nearest and readiest first, over all deployable registers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.registry import Ledger, deployables, ledger
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.science.geo.distance import great_circle_km

#: States in which a resource is bound to an incident.
BUSY = (Assignment.Status.ASSIGNED, Assignment.Status.UNDER_WAY, Assignment.Status.ON_SITE)


@dataclass(frozen=True)
class Candidate:
    """A resource that may be asked for, with what speaks for and against it."""

    ledger: Ledger
    record: models.Model
    #: Straight line, kilometres; None where a position is missing.
    distance_km: float | None
    #: 0 to 100; None where the register does not know.
    readiness: int | None
    is_available: bool
    #: The incident that it is bound to.
    busy_with: str

    @property
    def is_free(self) -> bool:
        return self.is_available and not self.busy_with

    @property
    def reason(self) -> str:
        """Why it stands where it stands, in words that can be kept with the assignment."""
        distance = _("位置未知") if self.distance_km is None else _("直线 %(km)s 千米") % {"km": self.distance_km}
        ready = _("战备分未知") if self.readiness is None else _("战备 %(n)s 分") % {"n": self.readiness}
        parts = [distance, ready]
        if self.busy_with:
            parts.append(_("正在处置：%(incident)s") % {"incident": self.busy_with})
        elif not self.is_available:
            parts.append(_("台账登记为不可用"))
        return "，".join(parts)

    @property
    def department(self) -> Department | None:
        return getattr(self.record, "department", None)

    def order(self) -> tuple:
        """Free ones first; then by distance, stretched by lacking readiness (half ready counts twice as far)."""
        ready = 50 if self.readiness is None else max(self.readiness, 10)
        stretched = 1e6 if self.distance_km is None else self.distance_km * 100 / ready
        return (not self.is_free, stretched, -ready)


def resource_kinds() -> dict[str, str | Promise]:
    """The kinds that some register offers, with that register's title."""
    return {entry.deployable: entry.title for entry in deployables()}


def candidates(request: ResourceRequest, user: User, *, most: int = 10) -> list[Candidate]:
    """Resources of the wanted kind that the person may see, the best first."""
    busy = {
        (a.ledger, a.object_id): a.request.incident.title
        for a in Assignment.objects.filter(status__in=BUSY).select_related("request__incident")
    }
    found = []
    for entry in deployables(request.kind):
        rows = entry.rows(user)
        if entry.owner == "department_id":
            rows = rows.select_related("department")
        for record in rows:
            if answers(record, request):
                found.append(_candidate(entry, record, request, busy.get((entry.name, record.pk), "")))
    return sorted(found, key=Candidate.order)[:most]


def answers(record: models.Model, request: ResourceRequest) -> bool:
    """Whether a record may answer: exercises only in exercises, and what reported to one incident only there."""
    is_real = request.incident.is_exercise or not getattr(record, "is_exercise", False)
    return is_real and getattr(record, "incident_id", None) in (None, request.incident_id)


def _candidate(entry: Ledger, record: models.Model, request: ResourceRequest, busy_with: str) -> Candidate:
    ends = (request.lon, request.lat, getattr(record, "lon", None), getattr(record, "lat", None))
    distance = None if None in ends else round(great_circle_km(*ends), 1)
    return Candidate(
        entry, record, distance, getattr(record, "readiness", None), getattr(record, "is_available", True), busy_with
    )


def candidate(request: ResourceRequest, user: User, ledger_name: str, object_id: int) -> Candidate:
    """One chosen resource, judged like the others; DoesNotExist where the person may not see it."""
    entry = ledger(ledger_name)
    record = entry.rows(user).get(pk=object_id)
    if not answers(record, request):
        raise entry.model.DoesNotExist
    bound = Assignment.objects.filter(ledger=ledger_name, object_id=object_id, status__in=BUSY)
    first = bound.select_related("request__incident").first()
    return _candidate(entry, record, request, first.request.incident.title if first else "")


def requests_of(incident: Incident) -> list[ResourceRequest]:
    """What an incident asked for, with what was assigned."""
    return list(incident.resource_requests.prefetch_related("assignments__department"))


def requests_for(user: User) -> models.QuerySet[ResourceRequest]:
    """The requests that a person may see: of the incidents that it may open, and those its own unit answers."""
    own = models.Q(assignments__department_id=user.department_id) if user.department_id else models.Q(pk__in=[])
    seen = own
    if user.may("view:resourcerequests"):
        seen |= models.Q(incident__in=incidents_for(user))
    rows = ResourceRequest.objects.filter(pk__in=ResourceRequest.objects.filter(seen).values("pk"))
    return rows.select_related("incident__area").prefetch_related("assignments__department")


def next_moves(assignment: Assignment) -> list[tuple[str, str | Promise]]:
    """The states that an assigned resource may go to from here."""
    order = list(Assignment.Status)
    return [(status.value, status.label) for status in order[order.index(Assignment.Status(assignment.status)) + 1 :]]


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """The incident room's panel: what was asked for, what is on its way, what is missing."""
    inside = user.scope.contains(incident.area_id)
    return {
        "incident": incident,
        "requests": requests_of(incident),
        "kinds": resource_kinds(),
        "may_request": inside and user.may("add:resourcerequests") and incident.is_open,
        "may_assign": inside and user.may("act:resourcerequests"),
    }


def free(kind: str, user: User, *, also: Collection[tuple[str, int]] = ()) -> list[tuple[Ledger, models.Model]]:
    """Resources of a kind that the person may see and that nothing binds; `also` those that are to be free again."""
    bound = set(Assignment.objects.filter(status__in=BUSY).values_list("ledger", "object_id")) - set(also)
    return [
        (entry, record)
        for entry in deployables(kind)
        for record in entry.rows(user)
        if (entry.name, record.pk) not in bound and getattr(record, "is_available", True)
    ]
