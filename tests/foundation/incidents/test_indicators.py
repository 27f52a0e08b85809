"""Deaths, losses and grave accidents: what is unknown is not zero, exercises and merged incidents do not count."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from anlan.foundation.incidents.indicators import (
    deaths,
    direct_loss,
    larger_accidents,
    major_accidents,
    secondary_accidents,
)
from anlan.foundation.incidents.models import EventKind, Incident


@pytest.fixture
def incident(city):
    EventKind.objects.create(code="12D00", name="危险化学品事故", category="accident")
    EventKind.objects.create(code="11A01", name="洪水", category="natural")

    def make(code: str, kind: str = "12D00", **values) -> Incident:
        return Incident.objects.create(code=code, title=code, kind_id=kind, area_id="371526", place="姜店镇", **values)

    return make


def test_sums_and_counts(incident):
    now = timezone.now()
    assert deaths("371500", now).value is None
    assert larger_accidents("371500", now).value is None
    incident("1", dead=3, loss_yuan=Decimal(250000), grade="III")
    incident("2", kind="11A01", dead=2, grade="II")
    incident("3")
    incident("4", dead=9, is_exercise=True, grade="I")
    incident("5", dead=9, status="merged", grade="I")
    incident("6", dead=9, occurred_at=now - timedelta(days=400), grade="I")
    now = timezone.now()
    measure = deaths("371500", now)
    assert (measure.value, measure.samples) == (5, 2)
    assert "1 起未填报" in measure.basis
    assert direct_loss("371500", now).value == 25.0
    assert (larger_accidents("371500", now).value, major_accidents("371500", now).value) == (1, 0)
    assert deaths("371502", now).value is None


def test_secondary_accidents_are_those_that_somebody_found_to_follow_from_another(incident):
    EventKind.objects.create(code="12H00", name="道路交通事故", category="accident")
    assert secondary_accidents("371500", timezone.now()).value is None
    first, flood = incident("1", kind="12H00"), incident("2", kind="11A01")
    assert secondary_accidents("371500", timezone.now()).value == 0
    incident("3", kind="12H00", cause=first)
    incident("4", kind="12H00", cause=flood)
    found = secondary_accidents("371500", timezone.now())
    assert (found.value, found.samples) == (1, 3)
    assert "没有认定的不计" in found.basis
