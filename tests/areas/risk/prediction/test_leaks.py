"""A gas leak out of the register: the pipe, its figures with their sources, the network, the valves of the run."""

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.monitoring.models import Alarm, Instrument, Station
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.prediction.queries import things_inside
from tests.areas.risk.gas.conftest import company, make_pipe, make_point, pipe, street  # noqa: F401  (fixtures)


def boxes(page) -> dict:
    """Every box of the form by its path."""
    found = {}

    def walk(parts):
        for part in parts:
            if part.shape == "section":
                walk(part.parts)
            elif part.shape == "table":
                for row in part.rows:
                    walk(row)
            else:
                found[part.path] = part

    walk(page.context["parts"])
    return found


def address(name: str) -> str:
    return reverse("prediction:new", args=[name])


def test_a_place_beside_one_pipe_fills_a_whole_scenario_each_value_with_its_source(client_of, street):  # noqa: F811
    page = client_of("duty_officer").get(address("gas_leak"), {"lon": "116.225", "lat": "36.8005"})
    found = boxes(page)
    values = {path: box.value for path, box in found.items()}
    assert values["pipe.gas"] == "natural_gas"
    assert values["pipe.pressure_mpa"] == 0.3
    assert values["pipe.diameter_mm"] == 205.0
    assert values["site.kind"] == "buried"
    assert values["site.depth_m"] == 1.2
    assert values["pipe.upstream_m"] == pytest.approx(445, abs=2)
    assert values["pipe.downstream_m"] == pytest.approx(445, abs=2)
    assert values["pipe.upstream_close_min"] == 20
    assert values["pipe.is_fed_downstream"] is False
    assert values["net.leaking"] == "P3 P3段"
    for path in (
        "pipe.gas",
        "pipe.pressure_mpa",
        "pipe.diameter_mm",
        "site.depth_m",
        "net.leaking",
        "net.links[0].name",
    ):
        assert "台账：管段 P3 P3段，更新于" in found[path].source, path
    assert "HJ 169" in found["pipe.hole_mm"].source
    # The leak lies on the pipe, not at the place beside it.
    assert page.context["given"]["lon"] == pytest.approx(116.225, abs=1e-4)
    assert page.context["given"]["lat"] == pytest.approx(36.8, abs=1e-5)


def test_what_the_register_does_not_know_is_said(client_of, street):  # noqa: F811
    GasPoint.objects.filter(code="U2").update(customers=None)
    GasPipe.objects.filter(code="P3").update(wall_mm=None, depth_m=None)
    found = boxes(client_of("duty_officer").get(address("gas_leak"), {"lon": "116.225", "lat": "36.8"}))
    told = [box.source for box in found.values()]
    assert any("壁厚未知，按外径计" in text for text in told)
    assert any("埋深未填" in text for text in told)
    assert any("户数未知：没有计入" in text for text in told)
    assert any("台账未填，暂按典型值 15 分钟" in text for text in told)


def test_of_several_pipes_a_person_chooses(client_of, street, make_pipe):  # noqa: F811
    other = make_pipe("Q1", "q1", "q2", 116.22, 116.23, lat=36.8008)
    browser = client_of("duty_officer")
    page = browser.get(address("gas_leak"), {"lon": "116.225", "lat": "36.8005"})
    assert "请选择是哪一条在漏" in page.content.decode()
    assert boxes(page)["pipe.diameter_mm"].value == ""
    chosen = browser.get(address("gas_leak"), {"lon": "116.225", "lat": "36.8005", "pipe": other.pk})
    assert boxes(chosen)["net.leaking"].value == "Q1 Q1段"
    assert chosen.context["given"]["lat"] == pytest.approx(36.8008, abs=1e-5)


def test_far_from_every_pipe_nothing_is_proposed(client_of, street):  # noqa: F811
    page = client_of("duty_officer").get(address("gas_leak"), {"lon": "116.225", "lat": "36.81"})
    assert "200 米内没有台账里在用的燃气管段" in page.content.decode()
    assert page.context["given"]["lat"] == 36.81


def test_a_person_proposes_only_from_pipes_of_the_own_areas(client_of, street, make_pipe):  # noqa: F811
    foreign = make_pipe("X1", "x1", "x2", 116.22, 116.23, lat=36.8005, area="371503001")
    page = client_of("county").get(address("gas_leak"), {"lon": "116.225", "lat": "36.8005", "pipe": foreign.pk})
    assert "X1段" not in page.content.decode()
    assert boxes(page)["net.leaking"].value == "P3 P3段"


def test_the_proposal_runs_and_the_run_names_the_registers_valves(
    client_of, people, street, villages, django_capture_on_commit_callbacks  # noqa: F811
):  # fmt: skip
    GasPoint.objects.filter(code="U2").update(customers=None)
    browser = client_of("duty_officer")
    form = browser.get(address("gas_leak"), {"lon": "116.225", "lat": "36.8005"})
    data = {"lon": form.context["given"]["lon"], "lat": form.context["given"]["lat"], "members": "0", "net": "on"}
    for path, box in boxes(form).items():
        if box.kind != "switch":
            data[path] = box.value
        elif box.value:
            data[path] = "on"
        if box.source:
            data |= {f"source-of-{path}": box.source, f"proposed-{path}": box.value}
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(address("gas_leak"), data)
    assert answer.status_code == 302, answer.context["problems"]
    run = Run.objects.get()
    assert run.status == "done", run.problem
    assert (round(run.lon, 3), round(run.lat, 5)) == (116.225, 36.8)
    assert "台账：管段 P3" in run.sources["pipe.pressure_mpa"]
    page = browser.get(f"/predictions/{run.pk}/").content.decode()
    valve = GasPoint.objects.get(code="V2")
    assert f"/registers/gaspoints/{valve.pk}/" in page
    assert f"/gas/leak/{GasPipe.objects.get(code='P3').pk}/?lon=" in page
    assert "要关的阀门" in page
    assert "另有 1 处户数未知" in page
    # The pipe runs through every zone and is told once, in the gravest.
    zones = [zone for _severity, zone in things_inside(people["duty_officer"], run)]
    told = [row.code for zone in zones for one in zone.ledgers if one.ledger.name == "gaspipes" for row in one.rows]
    assert len(run.zones["features"]) > 1
    assert told.count("P3") == 1
    valve.delete()
    assert "台账里没有这个编号" in browser.get(f"/predictions/{run.pk}/").content.decode()


def test_an_alarm_of_a_gas_detector_leads_to_the_pipes_and_the_model(client_of, rules):
    station = Station.objects.create(code="D1", name="阀井", kind="other", area_id="371526001", lon=116.225, lat=36.8)
    instruments = [
        Instrument.objects.create(code=f"D1-{name}", name=name, station=station, area_id="371526001", quantity=name, channel=name)
        for name in ("gas_combustible", "level")
    ]  # fmt: skip
    pages = []
    for one in instruments:
        alarm = Alarm.objects.create(
            instrument=one, kind="threshold", title=one.name, area_code="371526001", raised_at=timezone.now(),
            last_at=timezone.now(),
        )  # fmt: skip
        pages.append(client_of("duty_officer").get(f"/alarms/{alarm.pk}/").content.decode())
    gas, level = pages
    assert "/gas/?lon=116.225&lat=36.8" in gas
    assert f"{address('gas_leak')}?lon=116.225&lat=36.8" in gas
    assert "/gas/?lon" not in level
