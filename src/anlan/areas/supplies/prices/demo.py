"""Sample prices of a few living supplies in three counties over two months; water rises in one of them."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.prices.models import Price
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

#: Item and what it usually costs.
USUAL = (("WZ13", 24.0), ("WZ14", 68.0), ("WZ03", 85.0))
MARKETS = ("示例批发市场（示例）", "示例超市（示例）", "示例供应商（示例）")


def load(city: Area) -> None:
    """Add the sample prices."""
    sampler = Sampler(city, "prices")
    bureau = Department.objects.filter(area=city, name="市发展改革委").first()
    items = {item.code: item for item in Item.objects.filter(code__in=[code for code, _yuan in USUAL])}
    today, rows = timezone.localdate(), []
    for place, county in enumerate(sampler.counties[:3]):
        for code, usual in USUAL:
            if code not in items:
                continue
            for number, ago in enumerate(range(0, 60, 4)):
                rise = 1.35 if place == 0 and code == "WZ13" and ago < 7 else 1.0
                rows.append(
                    {
                        "code": f"DEMO-JG-{county.pk}-{code}-{number:02d}", "area": county, "item": items[code],
                        "department": bureau, "market": MARKETS[number % 3], "source": "现场采价（示例）",
                        "yuan": f"{usual * rise * sampler.random.uniform(0.96, 1.04):.2f}",
                        "observed_on": today - timedelta(days=ago),
                    }
                )  # fmt: skip
    sampler.add(Price, rows)
