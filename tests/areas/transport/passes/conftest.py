"""A pass and how it comes to be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.transport.passes.checking import record_check
from anlan.areas.transport.passes.models import Checkpoint, WhiteListEntry
from anlan.areas.transport.passes.services import apply_pass, decide_pass
from anlan.foundation.incidents.models import EventKind, Incident
from anlan.foundation.places.models import Area


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    """Signing keys of each test's own."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def flood(city):
    kind = EventKind.objects.create(code="11B03", name="暴雨", category="natural")
    return Incident.objects.create(kind=kind, area=city, title="高唐暴雨", occurred_at=timezone.now())


@pytest.fixture
def ask(people, rules):
    """`ask(plate=…, hours=…)`: an application by the county for today."""

    def make(who="county", areas=("371526",), starts=-1.0, hours=24.0, **given):
        start = timezone.now() + timedelta(hours=starts)
        return apply_pass(
            actor=people[who], areas=list(Area.objects.filter(pk__in=areas)), valid_from=start,
            valid_until=start + timedelta(hours=hours),
            **{
                "plate": "鲁P·12345", "vehicle_kind": "truck", "carrier": "高唐物流", "driver": "王甲", "phone": "0635-0001",
                "category": "living", "cargo": "棉被", "route": "库 — 姜店", **given,
            },
        )  # fmt: skip

    return make


@pytest.fixture
def issue(ask, people):
    """An issued pass."""

    def make(**given):
        return decide_pass(actor=people["traffic_police"], record=ask(**given), is_approved=True)

    return make


@pytest.fixture
def white(city):
    def make(code="W1", area="371500", **given):
        row = WhiteListEntry(code=code, area_id=area, basis="函", **{"most_hours": 72, **given})
        row.full_clean()
        row.save()
        return row

    return make


@pytest.fixture
def gate(city):
    """A toll gate in 高唐县."""
    return Checkpoint.objects.create(code="G1", name="高唐收费站", kind="toll", area_id="371526", lon=116.2, lat=36.8)


@pytest.fixture
def check(people, gate):
    """`check(text)`: what the office finds of a check made now."""

    def make(text, key="k1", told="valid", place=gate, at=None, **given):
        return record_check(
            actor=people["traffic_police"], key=key, checked_at=at or timezone.now(), checkpoint=place, text=text,
            method="camera", told=told, was_let_through=told == "valid", **given,
        )  # fmt: skip

    return make
