"""Which limits run in a person's areas, the legal and the operational ones of a record side by side."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.models import Clock
from anlan.foundation.places.codes import within


def clocks_for(user: User) -> QuerySet[Clock]:
    """The limits of the person's areas; an enterprise's only its own."""
    rows = Clock.objects.filter(within(user.scope.prefixes, "area_code"), cancelled_at=None)
    if user.scope.owner is not None:
        rows = rows.filter(department_id=user.scope.owner)
    return rows.select_related("department", "subject_type").order_by("due_at")


def running(user: User) -> QuerySet[Clock]:
    """Those whose duty is not done, the latest first."""
    return clocks_for(user).filter(met_at=None)


def missed(user: User, days: int) -> QuerySet[Clock]:
    """Those of the last days whose duty was done late or is late."""
    late = Q(met_at__gt=F("due_at")) | Q(met_at=None, due_at__lt=timezone.now())
    return clocks_for(user).filter(late, due_at__gte=timezone.now() - timedelta(days=days)).order_by("-due_at")


@dataclass
class Duty:
    """A record with its limits, the most urgent first."""

    subject: str
    link: str
    legal: list[Clock] = field(default_factory=list)
    operational: list[Clock] = field(default_factory=list)

    @property
    def clocks(self) -> list[Clock]:
        return self.legal + self.operational

    @property
    def is_exercise(self) -> bool:
        return any(clock.is_exercise for clock in self.clocks)


def duties(clocks: list[Clock]) -> list[Duty]:
    """The limits under the records that they run on, in the order in which the records first come."""
    found: dict[tuple[int, int], Duty] = {}
    for clock in clocks:
        key = clock.subject_type_id, clock.subject_id
        if key not in found:
            found[key] = Duty(str(clock.subject or clock.title), link_of(clock))
        (found[key].legal if clock.kind == Clock.Kind.LEGAL else found[key].operational).append(clock)
    return list(found.values())


def link_of(clock: Clock) -> str:
    """The page of the record that the limit runs on, else of its incident."""
    if hasattr(clock.subject, "get_absolute_url"):
        return clock.subject.get_absolute_url()
    return f"/incidents/{clock.incident_id}/" if clock.incident_id else ""
