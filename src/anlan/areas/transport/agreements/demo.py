"""Sample agreements: one complete, one that lacks elements, one near its end."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.transport.agreements.models import Agreement
from anlan.areas.transport.fleet.models import Carrier
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

#: Carrier, vehicles, people, minutes, days until its end, whether it says everything.
AGREEMENTS = (
    ("DEMO-YS-01", 20, 30, 60, 300, True),
    ("DEMO-YS-02", 15, 20, 90, 20, True),
    ("DEMO-YS-03", 6, None, None, 200, False),
)


def load(city: Area) -> None:
    """Add the sample agreements."""
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
