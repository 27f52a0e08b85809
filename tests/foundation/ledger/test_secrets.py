"""A device's password can be set, and never comes out again."""

import pytest

from anlan.areas.risk.monitoring.models import Station
from anlan.foundation.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
SECRET = "kept-to-itself-7"


@pytest.fixture
def station(city):
    return Station.objects.create(
        code="R1", name="姜店", kind="rain", area_id="371526", protocol="sl651", address="0011223344", password=SECRET
    )


@pytest.fixture
def browser(client_of):
    return client_of("department")


def test_no_page_export_or_answer_shows_it(station, browser, rules):
    for address in (
        f"/registers/stations/{station.pk}/?fields=1",
        f"/registers/stations/{station.pk}/edit/",
        "/registers/stations/",
        f"/api/v1/stations/{station.pk}",
        "/registers/stations/export.csv",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in b"".join(answer).decode(), address


def test_a_form_that_leaves_it_empty_keeps_it(station, browser, rules):
    answer = browser.patch(f"/api/v1/stations/{station.pk}", {"name": "姜店镇"}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    station.refresh_from_db()
    assert (station.name, station.password) == ("姜店镇", SECRET)


def test_neither_history_nor_audit_tells_a_new_one(station, browser, rules):
    new = "another-secret-8"
    answer = browser.patch(f"/api/v1/stations/{station.pk}", {"password": new}, content_type="application/json")
    assert answer.status_code == 200
    station.refresh_from_db()
    assert station.password == new
    entry = AuditEntry.objects.filter(action="stations.change").latest("pk")
    assert entry.details == {"password": "••••"}
    page = browser.get(f"/registers/stations/{station.pk}/?fields=1").content.decode()
    assert new not in page
    assert SECRET not in page
