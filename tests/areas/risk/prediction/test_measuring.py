"""Detectors near a run are read by themselves: the right substance, converted, above their background, in time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.areas.risk.monitoring.readings import GOOD, RANGE, Readings, milliseconds
from anlan.areas.risk.prediction.measuring import monitored
from anlan.foundation.incidents.models import Incident
from anlan.science.geo.local import Plane
from anlan.science.hazards.catalogue import Reading
from anlan.science.hazards.declaring import read
from tests.areas.risk.prediction.conftest import PLACE

LEAK = {
    "substance": "ammonia", "model": "passive", "source": {"kind": "rate", "rate_kg_s": 0.5, "duration_s": 3600},
    "weather": {"wind_m_s": 3, "wind_from_deg": 270}, "horizon_s": 1800,
}  # fmt: skip
BEGAN = timedelta(minutes=25)
AMMONIA = "7664-41-7"


@pytest.fixture
def event(incident):
    incident.occurred_at = timezone.now() - BEGAN
    incident.save(update_fields=["occurred_at"])
    return incident


@pytest.fixture
def detector(people, rules):
    def make(code, east_m, quantity="concentration", cas=AMMONIA, **station):
        lon, lat = Plane(**PLACE).to_degrees([(east_m, 0.0)])[0].tolist()
        place = Station.objects.create(
            code=code, name=f"{code}站", kind="works", area_id="371526105", protocol="hj212", address=code, lon=lon,
            lat=lat, **station,
        )  # fmt: skip
        return Instrument.objects.create(
            station=place, area_id="371526105", code=f"{code}-1", name=f"{code}探测器", quantity=quantity, channel="a",
            cas=cas,
        )  # fmt: skip

    return make


def hear(instrument, start, values, step_min=5, flags=None):
    times = [milliseconds(start + timedelta(minutes=step_min * n)) for n in range(1, len(values) + 1)]
    rows = zip([instrument.pk] * len(values), times, values, flags or [GOOD] * len(values), strict=True)
    storage.store(received_at=timezone.now(), readings=Readings.of(rows), digests=b"", frames=b"")


def test_detectors_score_the_run_and_offer_a_better_one(
    ask, event, detector, client_of, people, django_capture_on_commit_callbacks
):
    run = ask(hazard="toxic_release", inputs=LEAK, incident=event)
    scenario = read(run.model.scenario, LEAK)
    near, far, upwind = detector("A", 300.0), detector("B", 600.0, quantity="gas_toxic"), detector("C", -300.0)
    truth = run.model.reestimate(
        scenario, [Reading(east_m=x, north_m=0.0, at_s=1500.0, value=1.0, unit="mg/m³") for x in (300.0, 600.0)]
    ).forecast
    began = event.occurred_at
    hear(near, began - timedelta(hours=1), [0.2, 0.3, 0.2])
    hear(near, began, [3 * truth[0]] * 5)
    hear(far, began + timedelta(minutes=10), [3 * truth[1] / 0.2] * 3)  # per cent of 20 mg/m³
    hear(upwind, began - timedelta(hours=1), [0.2, 0.4])
    hear(upwind, began, [0.3] * 5)
    page = client_of("duty_officer").get(reverse("prediction:score", args=[run.pk]))
    score = page.context["score"]
    shown = {(one.instrument.code, round(one.at_s)): one for one, _f, _b in score.rows}
    assert shown["A-1", 1500].detection == pytest.approx(0.3)
    assert shown["B-1", 1500].value == pytest.approx(3 * truth[1], rel=1e-6)
    assert 2 < score.found.scenario.source.factor < 10
    assert score.found.fac2 < 0.5 < score.found.fac2_fitted
    text = page.content.decode()
    for words in ("A站 A探测器", "自动取用", "不高于本底", "每分钟自动更新", "按反算的源强和风向再算"):
        assert words in text
    with django_capture_on_commit_callbacks(execute=True):
        client_of("duty_officer").post(reverse("prediction:refit", args=[run.pk]))
    again = run.variants.get()
    assert "仪表读数" in again.sources["source.factor"]
    assert "A探测器" in again.sources["source.factor"]


def test_only_the_same_substance_counts_and_why_not_is_said(ask, event, detector, people):
    run = ask(hazard="toxic_release", inputs=LEAK, incident=event)
    hear(detector("A", 300.0, cas="7782-50-5"), event.occurred_at, [5.0] * 4)
    hear(detector("B", 400.0, cas=""), event.occurred_at, [5.0] * 4)
    hear(detector("C", 60_000.0), event.occurred_at, [5.0] * 4)
    hear(detector("D", 500.0, is_demo=True), event.occurred_at, [5.0] * 4)
    found = monitored(run, people["duty_officer"])
    assert found.readings == ()
    assert ["B探测器" in line for line in found.why_not] == [True]


def test_readings_of_poor_quality_and_outside_the_event_do_not_count(ask, event, detector, people):
    run = ask(hazard="toxic_release", inputs=LEAK, incident=event)
    one = detector("A", 300.0)
    hear(one, event.occurred_at, [5.0, 900.0, 5.0], flags=[GOOD, RANGE, GOOD], step_min=1)
    hear(one, event.occurred_at + timedelta(minutes=40), [77.0])
    (reading,) = monitored(run, people["duty_officer"]).readings
    assert (reading.value, reading.good, reading.left_out) == (5.0, 2, 1)


def test_the_page_stops_asking_when_the_incident_is_over(ask, event, detector, client_of, people):
    run = ask(hazard="toxic_release", inputs=LEAK, incident=event)
    address = reverse("prediction:score", args=[run.pk])
    assert "every 60s" in client_of("duty_officer").get(address).content.decode()
    Incident.objects.filter(pk=event.pk).update(status=Incident.Status.CLOSED)
    assert "every 60s" not in client_of("duty_officer").get(address).content.decode()
    lone = ask(hazard="toxic_release", inputs=LEAK)
    assert (
        "没有关联突发事件"
        in client_of("duty_officer").get(reverse("prediction:score", args=[lone.pk])).content.decode()
    )
    assert client_of("warehouse").get(address).status_code == 403
