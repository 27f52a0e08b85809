"""Calendars by secret address: without a sign-in, as the person may see them now, until they are revoked."""

import re
from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from anlan.areas.command.duty.models import Shift
from anlan.foundation.accounts.models import Appointment
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.calendars.models import Subscription


@pytest.fixture
def shift(people):
    post = people["duty_officer"].current_posts[0]
    start = timezone.now() + timedelta(days=1)
    return Shift.objects.create(
        kind="officer", department=post.department, area_id="371500", post=post, user=people["duty_officer"],
        start=start, end=start + timedelta(hours=8),
    )  # fmt: skip


@pytest.fixture
def subscribe(client_of):
    """The path of a new address of somebody."""

    def make(role: str = "duty_officer", calendar: str = "duty.mine", unit: object = "") -> str:
        page = client_of(role).post("/calendars/", {"calendar": calendar, "unit": unit})
        assert page.status_code == 200, page.context["form"].errors
        return re.search(r"/calendars/s/[\w-]+\.ics", page.content.decode())[0]

    return make


def test_a_phone_reads_without_a_sign_in(shift, subscribe):
    path = subscribe()
    answer = Client().get(path)
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert len(calendar.events) == 1
    assert "我的班次" in calendar["X-WR-CALNAME"]
    assert Subscription.objects.get().last_used_at
    assert Client().get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_only_the_digest_is_kept_and_the_address_is_shown_once(shift, subscribe, client_of):
    secret = subscribe().split("/")[-1].removesuffix(".ics")
    assert secret not in str(Subscription.objects.values())
    assert secret not in client_of("duty_officer").get("/calendars/").content.decode()
    assert secret not in str(AuditEntry.objects.values())


def test_a_revoked_address_gives_nothing(shift, subscribe, client_of):
    path = subscribe()
    row = Subscription.objects.get()
    assert client_of("commander").post(f"/calendars/{row.pk}/revoke/").status_code == 404
    assert Client().get(path).status_code == 200
    client_of("duty_officer").post(f"/calendars/{row.pk}/revoke/")
    assert Client().get(path).status_code == 404
    assert set(AuditEntry.objects.filter(action__startswith="calendars.").values_list("action", flat=True)) == {
        "calendars.subscribe",
        "calendars.revoke",
    }


def test_who_loses_the_post_loses_the_calendar(shift, subscribe, people):
    path = subscribe()
    Appointment.objects.filter(user=people["duty_officer"]).update(valid_to=timezone.now())
    assert Client().get(path).status_code == 404


def test_who_is_switched_off_loses_the_calendar(shift, subscribe, people):
    path = subscribe()
    people["duty_officer"].is_active = False
    people["duty_officer"].save()
    assert Client().get(path).status_code == 404


def test_a_unit_is_chosen_within_ones_areas(shift, subscribe, client_of):
    path = subscribe("commander", "duty.unit", shift.department_id)
    assert "值班员" in Client().get(path).content.decode()
    refused = client_of("county").post("/calendars/", {"calendar": "duty.unit", "unit": shift.department_id})
    assert refused.status_code == 422
    assert client_of("commander").post("/calendars/", {"calendar": "duty.unit"}).status_code == 422


def test_only_open_calendars_are_offered(shift, client_of):
    assert client_of("warehouse").post("/calendars/", {"calendar": "duty.mine"}).status_code == 422


def test_a_wrong_secret_gives_nothing(db):
    assert Client().get("/calendars/s/nothing.ics").status_code == 404
