"""A closure bears on the roads at once; its clock runs from its beginning; reopening ends both."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.services import follow_closures, reopen_road
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.roads.registry import obstacles_at


@pytest.fixture
def close(city):
    def make(code="A1", reason="flooded", ago=2.0, took=None, area="371526", **given):
        since = timezone.now() - timedelta(hours=ago)
        row = Closure(
            code=code, name="鼓楼路", reason=reason, area_id=area, since=since, source="电话",
            reopened_at=since + timedelta(hours=took) if took is not None else None, lon=116.25, lat=36.85,
        )  # fmt: skip
        for name, value in given.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        return row

    return make


def rate(area="371500"):
    found = indicators()["road_reopening_24h_rate"].compute(area, timezone.now())
    return found.value, found.samples


def test_what_stands_is_in_the_way_and_nothing_else(close):
    close("A1")
    close("A2", reason="congested", factor=4)
    close("A3", took=1)
    close("A4", ago=-5)
    found = obstacles_at(timezone.now())
    assert sorted(one.factor for one in found) == [4, float("inf")]
    assert len(obstacles_at(timezone.now() + timedelta(hours=6))) == 3


def test_the_clock_runs_from_the_beginning_until_the_road_is_open(close, rules, people):
    row, jam = close("A1"), close("A2", reason="congested")
    assert follow_closures() == 2
    assert follow_closures() == 0
    (clock,) = clocks_of(row)
    assert not clocks_of(jam).exists()
    assert clock.started_at == row.since
    assert clock.due_at == row.since + timedelta(hours=24)
    assert OutboxRow.objects.filter(topic="RoadChanged").count() == 2
    opened = timezone.now() - timedelta(minutes=5)
    row.refresh_from_db()
    reopen_road(actor=people["transport"], record=row, reopened_at=opened, words="路政到场")
    clock.refresh_from_db()
    assert clock.met_at == opened
    assert not [one for one in obstacles_at(timezone.now()) if one.factor == float("inf")]
    assert row.history.first().history_user == people["transport"]
    assert AuditEntry.objects.filter(action="closures.reopen").count() == 1
    assert OutboxRow.objects.filter(topic="RoadChanged").latest("pk").payload["is_open"] is True
    with pytest.raises(ValidationError, match="已经恢复"):
        reopen_road(actor=people["transport"], record=row, words="再次")


def test_a_road_that_was_reopened_by_the_form_stops_its_clock_too(close, rules):
    row = close("A1")
    follow_closures()
    Closure.objects.filter(pk=row.pk).update(reopened_at=timezone.now())
    assert follow_closures() == 1
    assert not clocks_of(row).filter(met_at=None).exists()


def test_only_those_who_may_reopen_inside_their_areas(close, rules, people):
    row = close(area="371502")
    for who in ("county", "field"):
        with pytest.raises(PermissionDenied):
            reopen_road(actor=people[who], record=row, words="x")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lon": None, "lat": None}, "lon"),
        ({"until": timezone.now() - timedelta(days=9)}, "until"),
        ({"reopened_at": timezone.now() - timedelta(days=9)}, "reopened_at"),
        ({"reopened_at": timezone.now() + timedelta(days=9)}, "reopened_at"),
        ({"radius_m": 0}, "radius_m"),
        ({"factor": 0.5}, "factor"),
    ],
)
def test_a_closure_that_cannot_be_is_refused_by_field(close, given, field):
    with pytest.raises(ValidationError) as error:
        close(**given)
    assert field in error.value.message_dict


def test_the_rate_counts_what_is_settled_and_blocks(close):
    assert rate() == (None, 0)
    close("A1", ago=2)
    assert rate() == (None, 0)
    close("A2", ago=50, took=10)
    close("A3", ago=50)
    close("A4", ago=50, took=5, reason="controlled")
    close("A5", ago=50, took=5, is_exercise=True)
    assert rate() == (50.0, 2)
    assert rate("371502") == (None, 0)
