"""If it leaks here: which valves, how long, who loses gas; what a valve's state changes; who may see and say what."""

import pytest
from django.utils import timezone

from anlan.areas.risk.gas.models import GasPoint
from anlan.foundation.accounts.models import Department
from anlan.foundation.audit.models import AuditEntry


def answer(browser, pipe, **query) -> dict:
    found = browser.get(f"/gas/leak/{pipe.pk}.json", query)
    assert found.status_code == 200
    return found.json()


def valves(way: dict) -> list[str]:
    return [valve["code"] for valve in way["valves"]]


def test_the_valve_towards_the_source_isolates_and_everybody_behind_it_loses_gas(client_of, pipe):
    (way,) = answer(client_of("duty_officer"), pipe("P3"))["ways"]
    assert valves(way) == ["V2"]
    assert (way["is_isolated"], way["minutes"], way["homes"]) == (True, 20.0, 300)
    assert [user["code"] for user in way["users"]] == ["U2"]
    assert [one["code"] for one in way["bleeding"]] == ["P3", "P4"]
    # 2 x 891 m of 205 mm at 0.3 MPa hold 59 m3, about four times as much at one atmosphere.
    assert way["remaining_m3"] == pytest.approx(59 * 3.96 * 0.95, rel=0.05)


def test_a_ring_needs_two_valves_and_a_stuck_one_widens_what_is_cut_off(client_of, pipe, make_pipe, make_point):
    make_pipe("P5", "end", "src", 116.24, 116.2, lat=36.81)
    browser = client_of("duty_officer")
    way = answer(browser, pipe("P3"))["ways"][0]
    assert valves(way) == ["V2", "V3"]
    assert way["valves_without_minutes"] == 1
    assert way["users"] == []
    GasPoint.objects.filter(code="V2").update(valve_state="stuck")
    way = answer(browser, pipe("P3"))["ways"][0]
    assert valves(way) == ["V1", "V3"]
    assert [valve["code"] for valve in way["stuck"]] == ["V2"]
    assert [user["code"] for user in way["users"]] == ["U1"]


def test_where_no_valve_helps_nothing_is_promised(client_of, pipe):
    (way,) = answer(client_of("duty_officer"), pipe("P1"))["ways"]
    assert way["is_isolated"] is False
    assert way["remaining_m3"] is None
    assert "须在气源停气" in client_of("duty_officer").get(f"/gas/leak/{pipe('P1').pk}/").content.decode()


def test_unknown_homes_are_not_none(client_of, pipe):
    GasPoint.objects.filter(code="U2").update(customers=None)
    browser = client_of("duty_officer")
    (way,) = answer(browser, pipe("P4"))["ways"]
    assert way["homes"] is None
    page = browser.get(f"/gas/leak/{pipe('P4').pk}/").content.decode()
    assert "另有 1 处户数未知" in page
    assert "1 个阀门的时间未知" in page


def test_a_named_person_says_that_a_valve_is_closed_and_the_answer_follows(gas_officer, client_of, pipe):
    valve = GasPoint.objects.get(code="V2")
    address = f"/registers/gaspoints/{valve.pk}/action/turn/"
    assert gas_officer.get(address).status_code == 200
    assert gas_officer.post(address, {"state": "closed", "why": "某街泄漏关阀"}).status_code == 302
    valve.refresh_from_db()
    assert (valve.state, valve.turned_by, valve.exercised_on) == ("closed", gas_officer.user, timezone.localdate())
    assert valve.history.first().history_user == gas_officer.user
    entry = AuditEntry.objects.filter(action="gaspoints.turn").latest("pk")
    assert entry.details["before"] == "open"
    assert entry.details["why"] == "某街泄漏关阀"
    (way,) = answer(client_of("duty_officer"), pipe("P3"))["ways"]
    assert way["valves"] == []
    assert way["is_isolated"] is True


def test_a_state_of_tomorrow_or_before_the_last_is_refused(gas_officer, pipe):
    valve = GasPoint.objects.get(code="V2")
    address = f"/registers/gaspoints/{valve.pk}/action/turn/"
    page = gas_officer.post(address, {"state": "closed", "why": "x", "at": "2099-01-01T00:00"})
    assert "时间不能晚于现在" in page.content.decode()
    gas_officer.post(address, {"state": "closed", "why": "x"})
    page = gas_officer.post(address, {"state": "open", "why": "x", "at": "2020-01-01T00:00"})
    assert "已有更晚的登记" in page.content.decode()
    valve.refresh_from_db()
    assert valve.state == "closed"


def test_others_read_and_do_not_turn(client_of, people, pipe):
    valve = GasPoint.objects.get(code="V2")
    for role in ("analyst", "duty_officer", "transport"):
        browser = client_of(role)
        assert browser.get(f"/gas/leak/{pipe('P2').pk}/").status_code == 200
        assert (
            browser.post(f"/registers/gaspoints/{valve.pk}/action/turn/", {"state": "closed", "why": "x"}).status_code
            == 403
        )
        assert browser.get("/registers/gaspipes/add/").status_code == 403
    for role in ("warehouse", "hospital", "traffic_police", "audit_administrator"):
        for address in (
            "/gas/",
            "/gas/map.json",
            "/gas/check/",
            f"/gas/leak/{pipe('P2').pk}/",
            f"/gas/leak/{pipe('P2').pk}.json",
        ):
            assert client_of(role).get(address).status_code == 403, (role, address)
    valve.refresh_from_db()
    assert valve.state == "open"


def test_an_enterprise_keeps_its_own_and_sees_no_other(gas_officer, client_of, pipe, make_pipe, make_point):
    other = Department.objects.create(code="gas2", name="另一家", kind="enterprise", area_id="371526")
    foreign = make_pipe("X1", "x1", "x2", 116.30, 116.31, owner=other)
    assert gas_officer.get(f"/gas/leak/{pipe('P2').pk}/").status_code == 200
    assert gas_officer.get(f"/gas/leak/{foreign.pk}/").status_code == 404
    shown = {one["properties"]["label"] for one in gas_officer.get("/gas/map.json").json()["pipes"]["features"]}
    assert shown == {f"P{n} P{n}段" for n in range(1, 5)}
    # The chemical works' officer of the tests has the same role and sees nothing of either.
    assert client_of("enterprise").get(f"/gas/leak/{pipe('P2').pk}/").status_code == 404
    row = {
        "code": "N1", "name": "新管", "area": "371526001", "start_node": "end", "end_node": "n", "line": "116.24,36.8;116.25,36.8",
        "medium": "natural_gas", "grade": "low", "pressure_mpa": "0.003", "outer_mm": "90", "material": "pe", "status": "used",
    }  # fmt: skip
    assert gas_officer.post("/registers/gaspipes/add/", row).status_code == 302
    made = pipe("N1")
    assert made.department == gas_officer.user.department  # nobody has to type the own unit
    assert gas_officer.post("/registers/gaspipes/add/", row | {"code": "N2", "department": "gas2"}).status_code == 403


def test_what_lies_beyond_the_own_areas_may_bring_gas(client_of, people, pipe, make_pipe):
    make_pipe("Z1", "end", "far", 116.24, 116.25, area="371503001")
    (way,) = answer(client_of("county"), pipe("P3"))["ways"]
    assert valves(way) == ["V2", "V3"]  # gas may come from there: on the safe side
    page = client_of("county").get(f"/gas/leak/{pipe('P3').pk}/").content.decode()
    assert "管辖范围以外" in page
    assert "Z1段" not in page
    assert valves(answer(client_of("duty_officer"), pipe("P3"))["ways"][0]) == ["V2"]


def test_a_place_shows_the_pipes_near_it(client_of, pipe):
    page = client_of("duty_officer").get("/gas/", {"lon": "116.205", "lat": "36.8005"}).content.decode()
    assert f"/gas/leak/{pipe('P1').pk}/" in page
    assert f"/gas/leak/{pipe('P4').pk}/" not in page
    far = client_of("duty_officer").get("/gas/", {"lon": "116.4", "lat": "36.9"}).content.decode()
    assert "200 米内没有在用的管段" in far
    assert client_of("duty_officer").get("/gas/", {"lon": "x", "lat": "1e9"}).status_code == 200
