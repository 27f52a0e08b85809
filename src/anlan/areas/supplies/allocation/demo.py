"""A sample flood: needs of four places, a plan in force, one truck signed for, one on its way, others to load."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.supplies.allocation import delivering, planning
from anlan.areas.supplies.allocation.computing import compute
from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefNeed, Waybill
from anlan.areas.supplies.allocation.requesting import Wanted, by_kit, state_request
from anlan.areas.supplies.allocation.stops import together
from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.movements.delivering import carried
from anlan.areas.supplies.movements.models import Place
from anlan.areas.supplies.movements.queries import depots_kept
from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks
from anlan.foundation.incidents.models import EventKind, Incident
from anlan.foundation.incidents.services import change_status, raise_incident
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

TITLE = "高唐县姜店镇等地内涝（示例）"
#: Weights of the sample items, kilograms and cubic metres a unit; estimates for the demonstration.
WEIGHTS = {
    "WZ01": (65, 0.35), "WZ02": (9, 0.05), "WZ03": (3, 0.03), "WZ04": (1, 0.01), "WZ05": (180, 3.0),
    "WZ06": (60, 0.6), "WZ07": (0.1, 0.0004), "WZ08": (0.4, 0.002), "WZ09": (45, 0.15), "WZ10": (120, 0.5),
    "WZ11": (30, 0.2), "WZ12": (1, 0.005), "WZ13": (13, 0.02), "WZ14": (8, 0.03), "WZ15": (1.5, 0.008),
    "WZ16": (0.8, 0.004), "WZ17": (5, 0.04), "WZ18": (0.01, 0.00005), "WZ19": (11, 0.012), "WZ20": (2, 0.02),
}  # fmt: skip
#: How many people of each of the county's places left their homes.
PEOPLE = (620, 410, 260, 150)


def load(city: Area) -> None:
    """Add weights, the flood, its needs and the plan, unless they are there."""
    for code, (weight, volume) in WEIGHTS.items():
        Item.objects.filter(code=code, weight_kg=None).update(weight_kg=weight, volume_m3=volume)
    actor, commander = (User.objects.filter(username=name).first() for name in ("zhiban", "zhihui"))
    if actor is None or commander is None or Incident.objects.filter(title=TITLE).exists():
        return
    incident, places = _flood(city, actor)
    if not places:
        return
    began = timezone.now() - timedelta(minutes=20)
    wanted = [
        Wanted(area=area, place=f"{area.name}安置点（示例）", item=item, quantity=n, people=people, basis=basis,
               lon=area.lon, lat=area.lat, contact=contact, phone=phone)
        for area, people, contact, phone in places
        for item, n, basis in by_kit(people)
    ]  # fmt: skip
    if not wanted:
        return
    state_request(actor=actor, incident=incident, area=incident.area, wanted=wanted, at=began)
    ReliefNeed.objects.filter(request__incident=incident).update(is_demo=True)
    plan = planning.ask_plan(actor=actor, incident=incident)
    compute(plan, lambda done, total: None)
    if plan.status == AllocationPlan.Status.DRAFT and plan.waybills.exists():
        planning.submit(actor=actor, plan=plan)
        plan = planning.approve(actor=commander, plan=plan, remark="同意，先送饮水和食品（示例）")
        _drive(plan, commander)


def _flood(city: Area, actor: User) -> tuple[Incident, list[tuple]]:
    """The incident, and its places with people and whom to call."""
    sampler = Sampler(city, "allocation")
    county = Area.objects.filter(pk="371526").first() or sampler.counties[-1]
    rows = Area.objects.filter(parent=county, level=Area.Level.TOWNSHIP, lon__isnull=False).order_by("code")
    towns = sampler.random.sample(list(rows), min(len(PEOPLE), rows.count()))
    kind = EventKind.objects.filter(pk="11A01").first() or EventKind.objects.first()
    incident = raise_incident(
        actor=actor, title=TITLE, kind=kind, area=county, place="姜店镇等四个乡镇",
        occurred_at=timezone.now() - timedelta(minutes=50), received_at=timezone.now() - timedelta(minutes=25),
        source="乡镇报告（示例）", description="持续强降雨，河水漫溢，群众转移到学校和敬老院。（示例）",
        figures={"evacuated": sum(PEOPLE)}, lon=towns[0].lon if towns else None, lat=towns[0].lat if towns else None,
        is_exercise=True, is_demo=True,
    )  # fmt: skip
    change_status(actor=actor, incident=incident, status=Incident.Status.CONFIRMED)
    change_status(actor=actor, incident=incident, status=Incident.Status.RESPONDING)
    # Nobody reports this exercise to anybody; without a limit that passed it does not ring in every demo.
    for clock in Clock.objects.filter(incident_id=incident.pk, met_at=None, cancelled_at=None):
        cancel_clocks(subject=clock.subject)
    pairs = zip(towns, PEOPLE, strict=False)
    return incident, [(town, people, sampler.person(), sampler.phone()) for town, people in pairs]


def _drive(plan: AllocationPlan, commander: User) -> None:
    """The first truck's first stop has been signed for, with two units spoilt; the second truck is on its way, the third
    is loaded."""
    keeps = depots_kept(commander)
    rows = plan.waybills.filter(status=Waybill.Status.TO_LOAD, depot__in=keeps).select_related("slip", "depot")
    trips = together(rows)
    for number, trip in enumerate(trips[:3]):
        for one in trip:
            delivering.check_load(actor=commander, waybill=one, picked=carried(one.slip, Place.RESERVED))
        if number < 2:
            delivering.depart(actor=commander, waybill=trip[0])
    if trips:
        first = Waybill.objects.get(pk=trips[0][0].pk)
        lines = {line: (line.loaded, 0) for line in first.lines.all()}
        line = max(lines, key=lambda row: row.loaded)
        spoilt = min(2, line.loaded)
        lines[line] = (line.loaded - spoilt, spoilt)
        delivering.receive(
            actor=commander, waybill=first, received=lines, receiver=first.contact or "示例接收人", how="phone",
            phone=first.contact_phone, reason="雨淋受潮（示例）",
        )  # fmt: skip
