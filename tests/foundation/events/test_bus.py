"""Events: with the transaction or not at all."""

import pytest
from django.db import transaction

from anlan.foundation.events import bus
from anlan.foundation.events.bus import publish, subscribe
from anlan.foundation.events.catalogue import IncidentChanged
from anlan.foundation.events.models import OutboxRow


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(bus, "_subscribers", bus.defaultdict(list))
    found = []
    subscribe(IncidentChanged)(found.append)
    return found


EVENT = IncidentChanged(area_code="371500", incident=1, title="t", recipients=(7,))


def test_subscribers_hear_and_the_outbox_keeps(db, heard):
    row = publish(EVENT)
    assert heard == [EVENT]
    assert (row.topic, row.area_code, row.recipients, row.payload["incident"]) == ("IncidentChanged", "371500", [7], 1)


def test_a_failing_subscriber_undoes_everything(db, heard):
    @subscribe(IncidentChanged)
    def fail(event):
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        publish(EVENT)
    assert not OutboxRow.objects.exists()
