"""The audit chain: complete, ordered, and broken visibly by any change."""

import pytest
from django.db import connection

from anlan.foundation.audit.models import AppendOnly, AuditEntry
from anlan.foundation.audit.services import record, verify


@pytest.fixture
def chain(db):
    return [record(actor="tester", action="test.step", subject=f"thing {n}", details={"n": n}) for n in range(5)]


def test_an_untouched_chain_verifies(chain):
    assert verify() == (5, [])


def test_entries_cannot_be_changed_or_deleted_through_the_model(chain):
    with pytest.raises(AppendOnly):
        chain[0].save()
    with pytest.raises(AppendOnly):
        chain[0].delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET actor = 'somebody else' WHERE id = %s",
        "UPDATE audit_auditentry SET details = '{\"n\": 99}' WHERE id = %s",
        "DELETE FROM audit_auditentry WHERE id = %s",
    ],
)
@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_change_behind_the_models_back_is_found(chain, statement, position):
    with connection.cursor() as cursor:
        cursor.execute(statement, [chain[position].pk])
    assert verify()[1]


def test_sign_ins_are_recorded(people, client):
    client.post("/accounts/login/", {"login": "analyst", "password": "wrong"})
    client.post("/accounts/login/", {"login": "analyst", "password": "Anlan-demo-2026"})
    entries = AuditEntry.objects.filter(action="sign-in").order_by("id")
    assert [entry.succeeded for entry in entries] == [False, True]
