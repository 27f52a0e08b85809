"""Sample agreements: one complete, one that lacks elements, one near its end; two requisitions of an exercise, one signed."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.transport.agreements import services, signing
from anlan.areas.transport.agreements.models import Agreement, OwnerAnswer, Requisition
from anlan.areas.transport.fleet.models import Carrier
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

#: Carrier, vehicles, people, minutes, days until its end, whether it says everything.
AGREEMENTS = (
    ("DEMO-YS-01", 20, 30, 60, 300, True),
    ("DEMO-YS-02", 15, 20, 90, 20, True),
    ("DEMO-YS-03", 6, None, None, 200, False),
)


#: Owner, what is taken, number of pieces.
TAKEN = (("李某运输部（示例）", "大客车", 2), ("王某机械租赁站（示例）", "挖掘机", 1))
#: A signature, drawn once for the demonstration.
INK = [
    [[70, 60], [170, 50], [120, 120], [60, 190]], [[120, 90], [180, 180]], [[230, 70], [340, 70]],
    [[285, 40], [285, 190], [240, 150]], [[285, 120], [350, 170]], [[400, 60], [520, 60], [420, 180], [540, 180]],
]  # fmt: skip


def load(city: Area) -> None:
    """Add the sample agreements and requisitions."""
    sampler = Sampler(city, "agreements")
    bureau = Department.objects.filter(area=city, name="市交通运输局").first()
    carriers = {one.code: one for one in Carrier.objects.filter(is_demo=True)}
    today = timezone.localdate()
    rows = [
        {
            "code": f"DEMO-XY-{number:02d}", "name": f"应急运输保障协议{number}（示例）", "area": city,
            "department": bureau, "carrier": carriers.get(carrier), "vehicles": vehicles, "people": people,
            "response_min": minutes, "signed_on": today - timedelta(days=365 - left),
            "valid_until": today + timedelta(days=left),
            "requirements": "每季度演练一次；值班电话24小时有人接听。" if is_whole else "",
            "start_conditions": "市交通运输局电话或调令通知后出动。",
            "compensation": "客车每车每日按合同价，燃油和通行费据实。" if is_whole else "",
            "liability": "无正当理由拒不出动的，按协议追究并取消骨干企业资格。" if is_whole else "",
        }
        for number, (carrier, vehicles, people, minutes, left, is_whole) in enumerate(AGREEMENTS, 1)
    ]  # fmt: skip
    sampler.add(Agreement, rows)
    _take(sampler)


def _take(sampler: Sampler) -> None:
    """Two requisitions for an exercise: the owner of one has signed for its notice, the other's is still to sign."""
    one, two = (User.objects.filter(username=name).first() for name in ("yunshu", "zhihui"))
    incident = Incident.objects.filter(is_demo=True, is_exercise=True, status=Incident.Status.RESPONDING).first()
    if one is None or two is None or incident is None or Requisition.objects.exists():
        return
    now = timezone.now()
    for number, (owner, name, quantity) in enumerate(TAKEN, 1):
        person, phone = sampler.person(), sampler.phone()
        made = services.draft_requisition(
            actor=one, incident=incident, department=one.department, owner_name=owner, owner_address="高唐县（示例）",
            owner_contact=person, owner_phone=phone, executor=str(one), purpose="转移群众、抢通道路（示例）", since=now,
            until=now + timedelta(days=2), is_demo=True,
            items=[{"name": name, "quantity": quantity, "unit": "辆", "plate": f"演Z-{number}"}],
        )  # fmt: skip
        services.take_step(actor=two, requisition=made, kind="approved", number=f"演征〔{now.year}〕{number}号")
        if number == 1:
            signing.sign(
                actor=one, requisition=made, paper=OwnerAnswer.Paper.NOTICE, signer=person, phone=phone, strokes=INK,
                lon=incident.lon, lat=incident.lat,
            )  # fmt: skip
