"""From inputs to zones, people and a name under them; who may, and what is refused."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from anlan.areas.risk.monitoring.models import Instrument, Latest, Station
from anlan.areas.risk.prediction import queries
from anlan.areas.risk.prediction.exporting import as_official
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.safety.models import Enterprise, HazardSource
from anlan.foundation.audit.models import AuditEntry
from anlan.science.geo.local import Plane
from anlan.science.hazards.catalogue import Reading
from anlan.science.hazards.declaring import ScenarioError, read
from tests.areas.risk.prediction.conftest import BALL, PLACE


def test_a_run_has_zones_people_advice_and_its_inputs(ask, client_of):
    run = ask()
    assert run.status == Run.Status.DONE, run.problem
    assert run.area_id == "371526"
    assert [one["name"] for one in run.people["villages"]] == ["202村"]
    assert run.people["villages"][0]["severity"] >= 3
    assert 0 < run.people["deaths"] <= 800
    page = client_of("duty_officer").get(reverse("prediction:run", args=[run.pk])).content.decode()
    for words in ("202村", "立即撤离", "合成位置", "国务院令第493号", "50,000", "尚未有人采纳"):
        assert words in page, words
    zones = client_of("duty_officer").get(reverse("prediction:zones", args=[run.pk])).json()
    assert zones["origin"] == [116.30, 36.80]
    assert {one["geometry"]["type"] for one in zones["zones"]["features"]} <= {"Polygon", "MultiPolygon"}


def test_an_ensemble_adds_how_likely_a_zone_is(ask):
    run = ask(members=20)
    shares = {one["properties"]["probability"] for one in run.zones["features"]}
    assert shares == {None, 0.1, 0.5, 0.9}


def test_inputs_that_the_model_does_not_take_are_named_before_anything_is_kept(ask, client_of):
    with pytest.raises(ScenarioError, match=r"fireball\.mass_kg"):
        ask(inputs={"fireball": {"fuel": "lpg", "mass_kg": -1}})
    assert not Run.objects.exists()
    page = client_of("duty_officer").post(
        reverse("prediction:new", args=["fire"]), {"fireball": "on", "fireball.mass_kg": "-1", "lon": "", "lat": ""}
    )
    assert page.status_code == 400
    assert "在地图上选取位置" in page.content.decode()
    page = client_of("duty_officer").post(
        reverse("prediction:new", args=["fire"]),
        {"fireball": "on", "fireball.mass_kg": "-1", "lon": "116.3", "lat": "36.8"},
    )
    assert "低于下限" in page.content.decode()


def test_a_form_that_is_right_leads_to_its_run(client_of, ask, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of("duty_officer").post(
            reverse("prediction:new", args=["fire"]),
            {
                "fireball": "on", "fireball.fuel": "propane", "fireball.mass_kg": "2000", "lon": "116.3", "lat": "36.8",
                "title": "三号球罐", "members": "0", "is_exercise": "on", "source-of-fireball.mass_kg": "台账",
                "proposed-fireball.mass_kg": "2000", "source-of-fireball.fuel": "台账", "proposed-fireball.fuel": "lpg",
            },
        )  # fmt: skip
    run = Run.objects.get(title="三号球罐")
    assert answer.url == reverse("prediction:run", args=[run.pk])
    assert run.is_exercise
    assert run.sources == {"fireball.mass_kg": "台账"}, "what a person changed is no longer the register's"
    assert run.status == Run.Status.DONE


def test_accepting_puts_a_name_and_a_line_into_the_timeline(ask, incident, people, client_of):
    run = ask(incident=incident)
    browser = client_of("commander")
    browser.post(reverse("prediction:accept", args=[run.pk]), {"opinion": "按此组织撤离"})
    run.refresh_from_db()
    assert (run.accepted_by, run.acceptance) == (people["commander"], "按此组织撤离")
    assert any("采纳推演" in entry.text for entry in incident.timeline.all())
    assert AuditEntry.objects.filter(action="predictions.accept").exists()
    assert client_of("analyst").post(reverse("prediction:accept", args=[run.pk])).status_code == 403
    room = browser.get(f"/incidents/{incident.pk}/").content.decode()
    assert run.title in room


def test_people_of_another_county_neither_place_nor_see_a_run(ask, people, client_of):
    run = ask()
    assert client_of("county").get(reverse("prediction:run", args=[run.pk])).status_code == 200
    far = ask(lon=115.9709, lat=36.4887)
    assert far.area_id.startswith("371502")
    for name in ("run", "zones"):
        assert client_of("county").get(reverse(f"prediction:{name}", args=[far.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        ask(actor=people["county"], lon=115.9709, lat=36.4887)


def test_the_register_and_the_wind_fill_the_form_and_say_so(people, client_of, villages):
    works = Enterprise.objects.create(code="e1", name="示例化工", sector="chemical", area_id="371526105")
    HazardSource.objects.create(
        code="H1", name="液氨罐区", enterprise=works, area_id="371526105", substance="液氨", cas="7664-41-7",
        quantity_t=60, lon=116.301, lat=36.801,
    )  # fmt: skip
    monitor = Station.objects.create(
        code="W1",
        name="厂界站",
        kind="works",
        area_id="371526105",
        protocol="hj212",
        address="w1",
        lon=116.302,
        lat=36.8,
    )
    now = timezone.now()
    for channel, quantity, value in (
        ("a01007-Rtd", "wind_speed", 3.4), ("a01008-Rtd", "wind_direction", 68), ("a21001-Rtd", "gas_toxic", 118),
    ):  # fmt: skip
        one = Instrument.objects.create(
            station=monitor, area_id="371526105", code=channel, name=channel, quantity=quantity, channel=channel
        )
        Latest.objects.create(instrument=one, observed_at=now, received_at=now, value=value)
    known = queries.known_at(**PLACE)
    assert (known.inputs["wind_m_s"], known.inputs["wind_from_deg"]) == (3.4, 68)
    assert "厂界站" in known.sources["wind_from_deg"]
    page = client_of("duty_officer").get(reverse("prediction:new", args=["toxic_release"]), PLACE).content.decode()
    assert 'value="68"' in page
    assert "重大危险源台账 H1" in page
    assert "118" in page, "what the detector near shows stands on the form"
    assert known.inputs["mass_kg"] == 60_000
    assert "重大危险源台账 H1" in known.sources["mass_kg"]
    assert (known.lon, known.lat) == (116.301, 36.801)


def test_exports_open_and_say_what_they_are(ask, client_of):
    run = ask(is_exercise=True)
    browser = client_of("duty_officer")
    collection = json.loads(browser.get(reverse("prediction:export", args=[run.pk, "geojson"])).content)
    assert collection["properties"]["is_exercise"] is True
    assert collection["properties"]["inputs"] == run.inputs
    kml = browser.get(reverse("prediction:export", args=[run.pk, "kml"])).content.decode()
    assert kml.count("<Placemark>") == len(list(queries.zone_shapes(run))) + 1
    assert "【演练】" in kml
    pdf = browser.get(reverse("prediction:export", args=[run.pk, "pdf"])).content
    assert pdf.startswith(b"%PDF")
    assert browser.get(reverse("prediction:export", args=[run.pk, "exe"])).status_code == 404


def test_runs_side_by_side_tell_what_differs(ask, client_of):
    first = ask()
    second = ask(inputs={"fireball": {"fuel": "lpg", "mass_kg": 20_000}}, based_on=first)
    page = client_of("duty_officer").get(reverse("prediction:compare"), {"run": [first.pk, second.pk]})
    told = page.content.decode()
    assert page.context["inputs"][0].values == (50_000, 20_000)
    assert "参与火球的质量" in told
    one = client_of("duty_officer").get(reverse("prediction:compare"), {"run": [first.pk]})
    assert one.status_code == 302


def test_the_api_lists_models_runs_them_and_names_bad_inputs(ask, client_of, django_capture_on_commit_callbacks):
    browser = client_of("duty_officer")
    models = {one["code"]: one for one in browser.get("/api/v1/hazards").json()}
    assert models["fire"]["inputs"]["properties"]["fireball"]["properties"]["mass_kg"]["x-unit"] == "kg"
    body = {"inputs": {"fireball": {"fuel": "lpg", "mass_kg": 1e9}}} | PLACE
    refused = browser.post("/api/v1/hazards/fire/runs", json.dumps(body), "application/json")
    assert refused.status_code == 422
    assert "fireball.mass_kg" in refused.json()["fields"]
    with django_capture_on_commit_callbacks(execute=True):
        taken = browser.post("/api/v1/hazards/fire/runs", json.dumps({"inputs": BALL} | PLACE), "application/json")
    assert taken.status_code == 202
    run = browser.get(f"/api/v1/hazards/runs/{taken.json()['id']}").json()
    assert run["status"] == "done"
    assert run["zones"]["features"]
    assert browser.post("/api/v1/hazards/none/runs", json.dumps(body), "application/json").status_code == 422


def test_monitors_correct_the_source_and_lead_to_a_new_run(ask, people, client_of, django_capture_on_commit_callbacks):
    leak = {
        "substance": "chlorine", "model": "passive",
        "source": {"kind": "rate", "rate_kg_s": 0.5, "duration_s": 3600},
        "weather": {"wind_m_s": 3, "wind_from_deg": 270},
    }  # fmt: skip
    run = ask(hazard="toxic_release", inputs=leak)
    assert run.status == Run.Status.DONE, run.problem
    assert {one["properties"]["at_s"] for one in run.zones["features"]} - {None}, "a cloud moves"
    tables = [one for one in run.figures if isinstance(one["value"], dict) and "template" not in one["value"]]
    assert not tables
    named = next(table for table in run.tables if table["name"] == "screening_m")
    assert {"AEGL-2", "AEGL-3"} <= {name for name, _distance in named["rows"]}
    plane = Plane(run.lon, run.lat)
    model = run.model
    scenario = read(model.scenario, leak)
    places = [(300.0, 0.0), (300.0, 40.0), (600.0, 0.0), (600.0, -60.0)]
    readings = [Reading(east_m=x, north_m=y, at_s=1200.0, value=1.0, unit="mg/m³") for x, y in places]
    forecast = model.reestimate(scenario, readings).forecast
    browser = client_of("duty_officer")
    for (lon, lat), value in zip(plane.to_degrees(places).tolist(), forecast, strict=True):
        browser.post(
            reverse("prediction:measure", args=[run.pk]),
            {"source": "厂界监测仪", "lon": lon, "lat": lat, "at_s": 1200, "value": 4 * value, "unit": "mg/m³"},
        )
    page = browser.get(reverse("prediction:score", args=[run.pk]))
    found = page.context["score"].found
    assert 2 < found.scenario.source.factor < 6
    assert found.fac2 == 0.0
    assert found.fac2_fitted == 1.0
    assert "按反算的源强和风向再算" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("prediction:refit", args=[run.pk]))
    again = Run.objects.get(based_on=run)
    assert again.status == Run.Status.DONE, again.problem
    assert again.inputs["source"]["factor"] > 2
    assert "人工实测 4 个" in again.sources["source.factor"]


def test_a_gas_leak_shows_its_parts_and_their_curves(ask, client_of):
    run = ask(
        hazard="gas_leak",
        inputs={"pipe": {"pressure_mpa": 0.4, "diameter_mm": 200, "hole_mm": 20}, "enclosure": {"kind": "room"}},
    )
    figures = {one["name"]: one for one in run.figures}
    assert figures["release.initial_rate_kg_s"]["group"] == ["泄漏"]
    assert figures["fire.flame_length_m"]["value"] > 1
    assert figures["indoors.explosive_min"]["unit"] == "min"
    series = next(table for table in run.tables if table["name"] == "release")
    assert [column["name"] for column in series["columns"]][:2] == ["time_s", "rate_kg_s"]
    assert len(series["rows"]) > 50
    page = client_of("analyst").get(reverse("prediction:run", args=[run.pk])).content.decode()
    assert "初始泄漏速率" in page
    assert "密闭空间" in page
    assert "三、计算结果" in [section.heading for section in as_official(run).sections]


def test_everything_wrong_is_told_at_once(client_of, people):
    page = client_of("duty_officer").post(reverse("prediction:new", args=["fire"]), {"wind_m_s": "很大"})
    assert page.status_code == 400
    assert {"lon", "wind_m_s"} <= set(page.context["problems"])


def test_what_was_drawn_stands_on_the_map(ask, client_of):
    corners = [{"east_m": str(x), "north_m": str(y)} for x, y in ((-30, -20), (30, -20), (30, 20), (-30, 20))]
    run = ask(
        hazard="crowd",
        inputs={"corners": corners, "gates": [{"name": "东门", "east_m": "30", "north_m": "0", "clear_m": "4"}],
                "people_now": "500", "method": "cells"},
    )  # fmt: skip
    drawn = client_of("analyst").get(reverse("prediction:zones", args=[run.pk])).json()["drawn"]["features"]
    assert [one["geometry"]["type"] for one in drawn] == ["LineString", "Point"]
    assert len(drawn[0]["geometry"]["coordinates"]) == 5
    assert drawn[1]["properties"] == {"kind": "gates", "name": "东门"}
    lon, lat = drawn[1]["geometry"]["coordinates"]
    assert lon == pytest.approx(run.lon + 30 / (111_320 * 0.8), abs=1e-5)
    assert lat == pytest.approx(run.lat, abs=1e-6)
    told = client_of("analyst").get(reverse("prediction:list")).content.decode()
    assert run.title in told


def test_a_run_is_told_apart_by_what_leaked_or_burnt(ask, client_of):
    run = ask()
    assert run.headline["text"].endswith("火球")
    assert run.headline["text"] in client_of("analyst").get(reverse("prediction:list")).content.decode()
