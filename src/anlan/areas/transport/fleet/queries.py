"""Convoys with all that their proofs need, and papers that near their end."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from anlan.areas.transport.fleet.models import Convoy
from anlan.areas.transport.fleet.rules import expiry_level
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule


def whole(convoys: models.QuerySet[Convoy]) -> models.QuerySet[Convoy]:
    """Convoys read together with their people, vehicles and gear."""
    return convoys.prefetch_related("drivers", "vehicles", "gear")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper that is over or soon will be."""

    title: str
    what: str
    until: date
    level: str
    url: str

    @property
    def days_left(self) -> int:
        return (self.until - timezone.localdate()).days


#: Register, field with the paper's end.
PAPERS = (
    ("vehicles", "inspected_until"),
    ("drivers", "licence_until"),
    ("drivers", "qualification_until"),
    ("carriers", "permit_until"),
    ("agreements", "valid_until"),
)


def expiring_papers(user: User) -> list[Paper]:
    """Papers of the registers that the person may see and that are over or near their end, the first end first."""
    days = rule("transport.paper_expiry").params["days"]
    today = timezone.localdate()
    found = []
    for name, field in PAPERS:
        entry = ledger(name)
        if not entry.may(user, "view"):
            continue
        limit = today + timedelta(days=max(days))
        for row in entry.rows(user).filter(**{f"{field}__lte": limit}):
            until = getattr(row, field)
            found.append(
                Paper(
                    title=str(row), what=str(row._meta.get_field(field).verbose_name), until=until,
                    level=expiry_level(until, today, days), url=entry.url_of(row),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.until)
