"""The main job, end to end: from a sensor's frame over a real socket to an accounted response."""

import asyncio
from datetime import timedelta
from importlib import import_module
from statistics import fmean

import pytest
from django.utils import timezone

from anlan.areas.command.reports.models import Report
from anlan.areas.command.response.models import Activation, Order
from anlan.areas.risk.monitoring.models import Alarm, Station
from anlan.areas.risk.warning.models import Assessment, Warning
from anlan.cli.replay import Devices
from anlan.cli.stories.lekima import STEPS, Stage
from anlan.cli.stories.storm import Storm, facts_of
from anlan.foundation.accounts.services import load_departments
from anlan.foundation.audit.services import verify
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.incidents.queries import state_at
from anlan.foundation.incidents.services import load_event_kinds
from anlan.foundation.places.loading import load_city
from anlan.foundation.resources.models import Assignment
from anlan.foundation.rules.services import load_rules
from anlan.gateways.process import Gateways

pytestmark = pytest.mark.django_db(transaction=True)
APPS = (
    "foundation.accounts", "areas.command.response", "areas.risk.monitoring", "areas.rescue.teams",
)  # fmt: skip


@pytest.fixture
def liaocheng(transactional_db):
    """聊城 as `anlan setup --demo` makes it, as far as the story needs it."""
    city = load_city("371500")
    load_rules()
    load_event_kinds()
    load_departments(city)
    for app in APPS:
        import_module(f"anlan.{app}.demo").load(city)
    return city


def play(storm: Storm) -> Devices:
    """Send what every station says until the response, and wait for all confirmations."""

    async def send() -> Devices:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"sl651": 0, "hj212": 0})
        devices = Devices({server.protocol: server.port for server in gateways.servers}, "127.0.0.1")
        try:
            await devices.send_all(storm.frames(storm.start, storm.facts["response"]))
        finally:
            await devices.close()
            await gateways.stop()
        return devices

    return asyncio.run(send())


def test_rain_of_the_whole_storm_is_what_was_published(liaocheng):
    facts = facts_of("lekima")
    storm = Storm(facts, shift=timedelta(0))
    for county, (total, _typhoon) in facts["county_mm"].items():
        stations = Station.objects.filter(is_demo=True, kind="rain", area__code__startswith=county)
        assert fmean(storm.rain(s.pk, storm.end) for s in stations) == pytest.approx(total, abs=0.05), county
    point = Station.objects.get(is_demo=True, kind="rain", name__contains="姜店")
    assert storm.rain(point.pk, storm.end) == pytest.approx(247.9, abs=0.05)


def test_from_the_first_frame_to_the_accounted_response(liaocheng):
    facts = facts_of("lekima")
    storm = Storm(facts, shift=timezone.now() - facts["response"])
    devices = play(storm)
    assert devices.confirmed == devices.sent > 10_000

    # Readings became internal assessments that climbed from blue to orange, never a public warning.
    gaotang = Assessment.objects.get(area_id="371526", hazard="rainstorm")
    assert gaotang.colour == gaotang.peak == "orange"
    climbs = list(gaotang.changes.order_by("pk").values_list("colour", flat=True))
    assert climbs[0] in ("blue", "yellow")
    assert climbs[-1] == "orange"
    assert not Assessment.objects.filter(peak="red").exists()
    assert not Assessment.objects.filter(area_id="371524", hazard="rainstorm").exists()
    assert Alarm.objects.filter(instrument__quantity__startswith="gas_").exists()
    assert not Warning.objects.exists()
    assert gaotang.is_exercise
    assert OutboxRow.objects.filter(topic="AssessmentRaised", payload__colour="orange").exists()

    stage = Stage(facts)
    for step in STEPS[:-1]:
        step.act(stage)
    stage.incident.refresh_from_db()
    assert Warning.objects.get().is_exercise
    assert stage.incident.figures["evacuated"] == 12
    assert stage.incident.warning_ref == f"assessment:{gaotang.pk}"

    activation = Activation.objects.get()
    assert activation.level == "III"
    assert activation.proposed_by != activation.decided_by
    orders = Order.objects.filter(activation=activation)
    assert orders.count() >= 90
    assert all(order.due_at and order.department_id for order in orders)
    team = stage.task
    team.refresh_from_db()
    assert team.status == Order.Status.DONE
    assert team.acknowledged_at <= team.set_out_at <= team.arrived_at
    assert Assignment.objects.get().status == Assignment.Status.ON_SITE

    first = Report.objects.get()
    assert first.kind == Report.Kind.FIRST
    assert "" != first.approved_by != first.drafted_by

    STEPS[-1].act(stage)
    stage.incident.refresh_from_db()
    assert stage.incident.status == "ended"
    assert [r.kind for r in Report.objects.order_by("pk")] == [Report.Kind.FIRST, Report.Kind.FINAL]

    # The timeline can be replayed: before the team arrived, twelve people were trapped.
    entries = list(stage.incident.timeline.order_by("recorded_at", "id"))
    before = next(e for e in entries if e.kind == "feedback" and "到达" in e.text)
    assert state_at(stage.incident, before.recorded_at - timedelta(milliseconds=1)).figures["trapped"] == 12
    assert state_at(stage.incident, entries[-1].recorded_at).figures["trapped"] == 0
    checked, problems = verify()
    assert checked > 100
    assert problems == []
