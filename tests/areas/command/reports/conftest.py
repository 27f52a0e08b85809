"""A gas leak in 高唐县 with three missing, reported at 05:20, and the people who report on it."""

from datetime import timedelta

import pytest
from django.utils import timezone


@pytest.fixture
def kinds(db):
    from anlan.foundation.incidents.services import load_event_kinds

    load_event_kinds()


@pytest.fixture
def raise_one(people, rules, kinds):
    """Raise an incident; received ten minutes ago unless said otherwise."""
    from anlan.foundation.incidents.services import raise_incident

    def make(role="duty_officer", **values):
        now = timezone.now()
        known = {
            "title": "姜店镇化工厂泄漏",
            "kind": "12D00",
            "area": "371526105",
            "place": "高唐县姜店镇",
            "occurred_at": now - timedelta(minutes=20),
            "received_at": now - timedelta(minutes=10),
            "source": "高唐县应急管理局",
            "description": "储罐法兰泄漏，厂区工人已撤离",
        }
        return raise_incident(actor=people[role], **(known | values))

    return make


@pytest.fixture
def leak(raise_one):
    return raise_one(figures={"missing": 3})


@pytest.fixture
def first(people, leak):
    from anlan.areas.command.reports.services.reports import draft_report

    return draft_report(actor=people["duty_officer"], incident=leak, kind="first")


@pytest.fixture
def sent(people, first):
    """A first report that was approved and sent."""
    from anlan.areas.command.reports.services.reports import Addressee, approve_report, send_report

    approve_report(actor=people["commander"], report=first)
    send_report(
        actor=people["duty_officer"],
        report=first,
        addressees=[Addressee("省政府安委会办公室", "written", "province_safety_office")],
    )
    first.refresh_from_db()
    return first
