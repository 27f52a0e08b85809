"""Sample convoy orders, all of them exercises: one waits, one is on the road, one came back.

The drivers whom the sample flood called have answered, so that no demo begins with people who do not.
"""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.transport.convoys import routing
from anlan.areas.transport.convoys.models import ConvoyOrder, OrderStep, Trip
from anlan.areas.transport.convoys.services import propose_crew, take_step
from anlan.areas.transport.fleet.models import Convoy
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

Status = ConvoyOrder.Status
#: Convoy, task, minutes ago of each step in turn.
ORDERS = (
    ("DEMO-CD-00", "运送帐篷 200 顶、棉被 400 床（示例）", (4,)),
    ("DEMO-CD-02", "转移低洼地带群众 120 人（示例）", (40, 33, 18)),
    ("DEMO-CD-03", "运送饮用水 20 吨（示例）", (3000, 2992, 2980, 2930, 2880, 2820)),
)
STEPS = (Status.ISSUED, Status.ACCEPTED, Status.DEPARTED, Status.ARRIVED, Status.RETURNING, Status.RETURNED)


def load(city: Area) -> None:
    """Add the sample orders once."""
    _answer(User.objects.filter(username="zhiban").first())
    sampler, now = Sampler(city, "convoys"), timezone.now()
    for number, (code, task, ago) in enumerate(ORDERS, 1):
        convoy = Convoy.objects.filter(code=code).first()
        if convoy is None or ConvoyOrder.objects.filter(code=f"DEMO-DL-{number:02d}").exists():
            continue
        spot, times = sampler.spot(), [now - timedelta(minutes=minutes) for minutes in ago]
        order = ConvoyOrder.objects.create(
            code=f"DEMO-DL-{number:02d}", area=convoy.area, convoy=convoy, department=convoy.department,
            title=convoy.name, task=task, place=f"{spot.township.name}（示例）", lon=spot.lon, lat=spot.lat,
            start_lon=convoy.lon, start_lat=convoy.lat, needed_by=times[0] + timedelta(hours=3), issued_by="演示",
            issued_at=times[0], is_exercise=True, is_demo=True,
        )  # fmt: skip
        for vehicle, driver in propose_crew(order, []):
            Trip.objects.create(order=order, vehicle=vehicle, driver=driver)
        for kind, at in zip(STEPS, times, strict=False):
            OrderStep.objects.create(order=order, kind=kind, at=at, made_by="演示")
            order.status = kind
            if kind == Status.ACCEPTED:
                order.plan = routing.as_plan(routing.way_of(order, at))
        order.save()
        if order.is_running:
            Convoy.objects.filter(pk=convoy.pk).update(status=Convoy.Status.OUT)
        if order.status == Status.DEPARTED:
            convoy.vehicles.filter(pk__in=order.trips.values("vehicle")).update(status="out")


def _answer(dispatcher: User | None) -> None:
    """Accept what came from assignments, by the dispatcher's telephone."""
    if dispatcher is not None:
        for order in ConvoyOrder.objects.filter(is_exercise=True, status=Status.ISSUED, assignment__isnull=False):
            take_step(actor=dispatcher, order=order, kind=Status.ACCEPTED, note="电话接受（示例）")
