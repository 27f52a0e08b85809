"""A convoy is sent from an incident, its people take each step on the phone, and everybody sees the times."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.transport.convoys import queries, services
from anlan.areas.transport.convoys.models import AppendOnly, ConvoyOrder, OrderStep
from anlan.areas.transport.fleet.models import Convoy, Driver, Vehicle
from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.incidents.models import EventKind, TimelineEntry
from anlan.foundation.incidents.services import raise_incident
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.notices.models import Notice
from anlan.foundation.resources.services import assign_resource, move_assignment, request_resource
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build
from tests.conftest import PASSWORD

LATER = timezone.localdate() + timedelta(days=200)


@pytest.fixture
def unit(city):
    return Department.objects.create(code="cd", name="市交运集团", kind="enterprise", area_id="371502")


@pytest.fixture
def leader(unit, people):
    post = Post.objects.create(department=unit, title="车队长", role="field")
    return make_user(username="duizhang", full_name="韩队", password=PASSWORD, department=unit, posts=[post])


@pytest.fixture
def convoy(unit, rules):
    made = Convoy.objects.create(code="C1", name="一号车队", area_id="371502", department=unit, lon=115.97, lat=36.48)
    for number in (1, 2, 3):
        Vehicle.objects.create(
            code=f"鲁P{number}", name="车", kind="truck", area_id="371502", convoy=made, driver=f"司机{number}",
            inspected_until=LATER, height_m=3.0 + number / 10, status="repair" if number == 3 else "ready",
        )  # fmt: skip
        Driver.objects.create(
            code=f"D{number}", name=f"司机{number}", area_id="371502", convoy=made, licence="B2", licence_until=LATER,
            qualification_until=LATER,
        )  # fmt: skip
    return made


@pytest.fixture
def roads(city, rules):
    network = build(nodes=[[115.9, 36.45], [116.3, 36.9]], start=[0], end=[1], speed_kmh=[50])
    return keep_network(actor="test", roads=network, area=city, title="直路", source="测试", is_synthetic=True)


@pytest.fixture
def incident(people, rules):
    kind = EventKind.objects.create(code="11B03", name="暴雨", category="natural")
    return raise_incident(
        actor=people["duty_officer"], title="内涝", kind=kind, area="371526", place="姜店镇", lon=116.29, lat=36.88,
        is_exercise=True,
    )  # fmt: skip


@pytest.fixture
def order(incident, convoy, leader, people, roads):
    wanted = request_resource(actor=people["duty_officer"], incident=incident, kind="convoy", what="运帐篷")
    assign_resource(actor=people["duty_officer"], request=wanted, ledger="convoys", object_id=convoy.pk)
    return ConvoyOrder.objects.get()


def test_an_assigned_convoy_has_its_order_its_crew_and_a_limit(order, incident, convoy, leader):
    assert (order.status, order.incident, order.convoy, order.is_exercise) == ("issued", incident, convoy, True)
    assert [(trip.vehicle.code, trip.driver.name) for trip in order.trips.all()] == [
        ("鲁P1", "司机1"),
        ("鲁P2", "司机2"),
    ]
    (clock,) = clocks_of(order)
    assert clock.due_at == order.issued_at + timedelta(minutes=15)
    notice = Notice.objects.get(title__startswith="调派")
    assert notice.link == f"/transport/assignments/{order.assignment_id}/"
    assert queries.own_orders(leader).get() == order
    convoy.refresh_from_db()
    assert not convoy.is_available


def test_the_leader_takes_every_step_with_one_button(order, leader, client_of, client):
    client.force_login(leader, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/transport/assignments/{order.assignment_id}/").url == order.get_absolute_url()
    for button, kind, state in (
        ("接受调令", "accepted", "assigned"),
        ("出发", "departed", "under_way"),
        ("到达", "arrived", "on_site"),
        ("返程", "returning", "done"),
        ("归队", "returned", "released"),
    ):
        assert button in client.get("/field/convoys/").content.decode()
        assert button in client.get(order.get_absolute_url()).content.decode()
        client.post(f"/field/convoys/{order.pk}/{kind}/", {"lon": "116.1", "lat": "36.6"})
        order.refresh_from_db()
        assert order.status == kind
        assert order.assignment.status == state
        assert set(Vehicle.objects.filter(code__in=["鲁P1", "鲁P2"]).values_list("status", flat=True)) == {
            "out" if kind in ("departed", "arrived", "returning") else "ready"
        }
    assert not clocks_of(order).filter(met_at=None).exists()
    assert list(order.steps.values_list("kind", flat=True)) == [
        "issued", "accepted", "departed", "arrived", "returning", "returned",
    ]  # fmt: skip
    assert order.plan["km"] > 40
    assert order.plan["speeds"].endswith("；途中逐时变速")
    texts = list(TimelineEntry.objects.filter(incident=order.incident).values_list("text", flat=True))
    assert "一号车队出动" in texts
    assert "没有下给您单位的调令" in client.get("/field/convoys/").content.decode()
    assert Vehicle.objects.get(code="鲁P3").status == "repair"


def test_what_a_phone_kept_counts_once_and_at_its_own_time(order, leader, client):
    client.force_login(leader, backend="allauth.account.auth_backends.AuthenticationBackend")
    address, head = f"/field/convoys/{order.pk}/accepted/", {"X-Requested-With": "fetch"}
    early = timezone.now()
    data = {"at": early.isoformat(), "key": "abc"}
    assert client.post(address, data, headers=head).json() == {"ok": True}
    assert client.post(address, data, headers=head).json() == {"ok": True}
    assert order.steps.filter(kind="accepted").get().at == early
    answer = client.post(address, data | {"key": "def"}, headers=head)
    assert answer.status_code == 422
    assert "已接受" in answer.json()["error"]
    past = (order.issued_at - timedelta(hours=1)).isoformat()
    answer = client.post(f"/field/convoys/{order.pk}/departed/", {"at": past}, headers=head)
    assert "早于" in answer.json()["error"]


def test_the_room_and_the_order_say_the_same(order, people):
    move_assignment(actor=people["duty_officer"], assignment=order.assignment, status="on_site")
    order.refresh_from_db()
    assert order.status == "arrived"
    assert order.steps.last().note == "按资源调派记录"


def test_who_may_not(order, people, client_of):
    for actor in (people["analyst"], people["field"], people["hospital"]):
        with pytest.raises(PermissionDenied):
            services.take_step(actor=actor, order=order, kind="accepted")
    assert client_of("field").get(order.get_absolute_url()).status_code == 404
    assert client_of("analyst").post(f"/transport/orders/{order.pk}/cancel/", {"reason": "x"}).status_code == 403
    with pytest.raises(PermissionDenied):
        services.cancel_order(actor=people["analyst"], order=order, reason="不去了")


def test_declining_needs_a_reason_and_frees_the_convoy(order, leader):
    with pytest.raises(ValidationError, match="原因"):
        services.take_step(actor=leader, order=order, kind="declined")
    services.take_step(actor=leader, order=order, kind="declined", note="车辆都在检修")
    order.refresh_from_db()
    assert order.assignment.status == "released"
    assert not order.is_running
    assert Convoy.objects.get().is_available


def test_a_journal_is_never_changed(order):
    step = order.steps.first()
    with pytest.raises(AppendOnly):
        step.save()
    with pytest.raises(AppendOnly):
        step.delete()


def test_the_crew_can_be_changed_until_it_leaves_and_nobody_drives_two(order, leader):
    one, two = Vehicle.objects.filter(code__in=["鲁P1", "鲁P2"])
    driver = Driver.objects.get(code="D3")
    services.set_crew(actor=leader, order=order, crew={one: driver})
    assert order.trips.get().driver == driver
    with pytest.raises(ValidationError, match="同时"):
        services.set_crew(actor=leader, order=order, crew={one: driver, two: driver})
    with pytest.raises(ValidationError, match="一辆"):
        services.set_crew(actor=leader, order=order, crew={})
    for kind in ("accepted", "departed"):
        services.take_step(actor=leader, order=order, kind=kind)
    with pytest.raises(ValidationError, match="已经出发"):
        services.set_crew(actor=leader, order=order, crew={one: driver})


def test_a_tired_driver_and_expired_papers_are_flagged(order, leader, convoy, people):
    old = ConvoyOrder.objects.create(
        code="OLD", area_id="371502", convoy=convoy, title="x", task="x", status="returned"
    )
    trip = order.trips.get(vehicle__code="鲁P1")
    old.trips.create(vehicle=trip.vehicle, driver=trip.driver)
    now = timezone.now()
    for kind, hours in (("departed", 9), ("arrived", 5), ("returning", 4), ("returned", 0.5)):
        OrderStep.objects.create(order=old, kind=kind, at=now - timedelta(hours=hours), made_by="x")
    assert queries.driven_min(trip.driver, now) == pytest.approx(7.5 * 60)
    Driver.objects.filter(code="D2").update(qualification_until=None)
    first, second = queries.seats(order, drive_min=60)
    assert "24小时内已在途 7.5 小时" in first.problems[0]
    assert "从业资格有效期未登记" in second.problems[0]
    assert queries.seats(order, drive_min=10)[0].problems == ()
    Vehicle.objects.filter(code="鲁P1").update(kind="bus", seats=49)
    assert queries.seats(order, drive_min=10)[0].problems == ("司机1：准驾车型 B2，这辆车须 A1（规则待核对）",)


def test_the_way_begins_where_the_last_vehicle_is(order, leader, client):
    for kind in ("accepted", "departed"):
        services.take_step(actor=leader, order=order, kind=kind)
    order.refresh_from_db()
    from anlan.areas.transport.convoys.routing import limits_of, way_of

    assert way_of(order).vehicle is None
    whole = way_of(order).timetable.km
    Vehicle.objects.filter(code="鲁P1").update(lon=116.2, lat=36.78, located_at=timezone.now())
    Vehicle.objects.filter(code="鲁P2").update(lon=116.28, lat=36.87, located_at=timezone.now())
    way = way_of(order)
    assert way.vehicle.code == "鲁P1"
    assert way.timetable.km < whole
    assert limits_of(order).height_m == pytest.approx(3.2)
    client.force_login(leader, backend="allauth.account.auth_backends.AuthenticationBackend")
    kinds = [
        one["properties"]["kind"] for one in client.get(f"/transport/orders/{order.pk}/map.json").json()["features"]
    ]
    assert kinds.count("vehicle") == 2
    assert {"way", "goal", "start"} <= set(kinds)


def test_a_dispatcher_sends_a_convoy_for_an_exercise(convoy, leader, people, client_of, roads):
    browser = client_of("transport")
    data = {
        "convoy": convoy.pk,
        "task": "拉动演练",
        "place": "高唐",
        "lon": "116.25",
        "lat": "36.85",
        "is_exercise": "on",
    }
    answer = browser.post("/transport/orders/new/", data)
    order = ConvoyOrder.objects.get()
    assert answer.url == order.get_absolute_url()
    assert order.is_exercise
    assert Notice.objects.get(title="调令：一号车队").link == order.get_absolute_url()
    again = browser.post("/transport/orders/new/", data)
    assert "正在执行另一份调令" in again.content.decode()
    services.cancel_order(actor=people["transport"], order=order, reason="演练取消")
    assert browser.post("/transport/orders/new/", data).status_code == 302
    assert client_of("analyst").get("/transport/orders/new/").status_code == 403


def test_orders_accepted_in_time_are_counted_without_exercises(convoy, leader, people):
    def rate():
        found = indicators()["transport.orders_accepted"].compute("371500", timezone.now())
        return found.value, found.samples

    assert rate() == (None, 0)
    made = services.issue_order(actor=people["transport"], convoy=convoy, task="运水", place="高唐")
    assert rate() == (None, 0)
    services.take_step(actor=leader, order=made, kind="accepted")
    assert rate() == (100, 1)
    ConvoyOrder.objects.update(is_exercise=True)
    assert rate() == (None, 0)


def test_the_board_shows_what_there_is(order, client_of):
    page = client_of("transport").get("/transport/").content.decode()
    assert "一号车队" in page
    assert "待接受" in page
    kinds = {one["properties"]["kind"] for one in client_of("transport").get("/transport/map.json").json()["features"]}
    assert {"convoy", "way", "goal"} <= kinds
    assert client_of("hospital").get("/transport/").status_code == 403
