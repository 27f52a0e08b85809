"""Nobody reads or writes beyond their areas, by whatever address; strangers get nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from anlan.foundation.accounts.models import ApiToken
from anlan.protocols.sensorthings import SETS
from tests.areas.risk.monitoring.sensorthings.conftest import ROOT

pytestmark = pytest.mark.django_db
PATHS = ("", *SETS, "Things(1)", "Observations('1-1')", "Things(1)/Datastreams/$ref", "CreateObservations")


def test_strangers_get_nothing(world):
    for path in PATHS:
        for method in ("get", "post", "patch", "put", "delete", "head"):
            assert getattr(Client(), method)(f"{ROOT}/{path}").status_code == 401, (method, path)


def test_who_may_not_see_readings_gets_nothing(world, ask):
    for role in ("warehouse", "hospital", "security_administrator"):
        for path in PATHS[:-1]:
            ask(path, status=403, role=role)


def test_a_county_sees_its_own_stations_only(world, ask):
    mine, other = world.rain, world.stage
    assert [one["@iot.id"] for one in ask("Things", role="county")["value"]] == [mine.station_id]
    for kind in ("Things", "Locations", "HistoricalLocations", "FeaturesOfInterest"):
        assert [one["@iot.id"] for one in ask(kind, role="county")["value"]] == [mine.station_id]
        ask(f"{kind}({other.station_id})", status=404, role="county")
    for kind in ("Datastreams", "Sensors"):
        assert [one["@iot.id"] for one in ask(kind, role="county")["value"]] == [mine.pk]
        ask(f"{kind}({other.pk})", status=404, role="county")
    ask(f"Datastreams({other.pk})/Observations", status=404, role="county")
    assert ask("Observations?$count=true", role="county")["@iot.count"] == 3
    assert ask("Observations?$filter=result gt 99 or true", role="county")["value"]
    assert ask("Observations?$filter=result gt 99", role="county")["value"] == []
    one = ask(f"Datastreams({other.pk})/Observations?$top=1")["value"][0]["@iot.id"]
    ask(f"Observations('{one}')", status=404, role="county")
    assert ask("ObservedProperties('stage')/Datastreams", role="county")["value"] == []
    expanded = ask("ObservedProperties?$expand=Datastreams($expand=Thing,Observations)", role="county")["value"]
    assert {s["@iot.id"] for p in expanded for s in p["Datastreams"]} == {mine.pk}
    assert ask("ObservedProperties?$filter=Datastreams/name ne null&$select=id", role="county")["value"] != []
    assert len(ask("ObservedProperties?$filter=Datastreams/@iot.id gt 0", role="county")["value"]) == 1


def test_an_enterprise_sees_its_own_works_only(world, ask):
    assert [one["@iot.id"] for one in ask("Datastreams", role="enterprise")["value"]] == [world.gas.pk]
    assert ask("Observations?$count=true", role="enterprise")["@iot.count"] == 1


def test_a_program_calls_with_its_key(world, people):
    key = ApiToken.issue(user=people["county"], name="试验", expires_at=timezone.now() + timedelta(days=1))
    headers = {"Authorization": f"Bearer {key}"}
    assert len(Client().get(f"{ROOT}/Things", headers=headers).json()["value"]) == 1
    assert Client().get(f"{ROOT}/Things", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_session_without_the_csrf_mark_cannot_write(world, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["duty_officer"], backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.post(f"{ROOT}/Observations", data="{}", content_type="application/json")
    assert response.status_code == 403


def test_registers_are_changed_as_registers(world, client_of):
    client = client_of("duty_officer")
    for path in ("Things", "Datastreams(1)", "Sensors", "Things(1)/Datastreams", ""):
        for method in ("post", "patch", "put", "delete"):
            response = getattr(client, method)(f"{ROOT}/{path}", data="{}", content_type="application/json")
            assert response.status_code == 405, (method, path)
            assert "http://testserver/registers/" in response.json()["message"]
            assert response["Allow"] == "GET, HEAD, POST"


def test_who_asks_too_much_has_to_wait(world, client_of, monkeypatch):
    monkeypatch.setattr(settings, "ANLAN", _with_rate(0.1))
    client = client_of("duty_officer")
    answers = [client.get(f"{ROOT}/") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 1


def _with_rate(rate: float):
    from dataclasses import replace

    return replace(settings.ANLAN, gateway_rate=rate)


def test_who_may_not_hand_in_readings_is_told(world, client_of):
    response = client_of("analyst").post(f"{ROOT}/Observations", data="{}", content_type="application/json")
    assert response.status_code == 403
    assert "act:readings.receive" in response.json()["message"]
