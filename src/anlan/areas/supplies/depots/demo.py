"""Sample depots of city, counties and townships, each with its stock and the norm for it."""

from anlan.areas.supplies.depots.models import Depot, Stock
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

#: Item, unit, norm of the city's depot, months that it keeps (0: does not expire).
ITEMS = (
    ("12 平方米救灾帐篷", "顶", 400, 0),
    ("折叠床", "张", 1200, 0),
    ("棉被", "床", 3000, 0),
    ("救生衣", "件", 1500, 48),
    ("冲锋舟", "艘", 20, 0),
    ("橡皮艇", "艘", 40, 0),
    ("编织袋", "条", 100000, 36),
    ("土工布", "平方米", 20000, 60),
    ("潜水泵", "台", 60, 0),
    ("移动发电机", "台", 30, 0),
    ("应急照明灯", "套", 80, 0),
    ("手提喊话器", "个", 120, 0),
    ("饮用水", "箱", 5000, 12),
    ("方便食品", "箱", 3000, 6),
    ("急救包", "个", 800, 36),
)
#: Share of the city's norm that a depot of each level has to hold.
SHARES = {"city": 1.0, "county": 0.3, "township": 0.05}


def load(city: Area) -> None:
    """Add the sample depots and their stock."""
    sampler = Sampler(city, "depots")
    sampler.add(Depot, _depots(sampler, city))
    rows = []
    for depot in Depot.objects.filter(is_demo=True).select_related("area", "department"):
        rows += _stock(sampler, depot)
    sampler.add(Stock, rows)


def _depots(sampler: Sampler, city: Area) -> list[dict]:
    keeper = Department.objects.filter(code="demo-depot").first()
    first = sampler.counties[0]
    seats = [("DEMO-DEPOT-C1", "市应急物资储备中心（示例）", "city", sampler.spot(first.pk), keeper, 6800)]
    for county in sampler.counties:
        bureau = Department.objects.filter(code=f"{county.pk}-yjj").first()
        name = f"{short(county)}应急物资储备库（示例）"
        seats.append((f"DEMO-DEPOT-{county.pk}", name, "county", sampler.spot(county.pk), bureau, 1500))
        for number in (1, 2):
            spot = sampler.spot(county.pk)
            name = f"{spot.township.name}物资储备点{number}（示例）"
            seats.append((f"DEMO-DEPOT-{county.pk}-{number}", name, "township", spot, bureau, 200))
    return [
        {
            "code": code,
            "name": name,
            "level": level,
            "area": spot.county if level != "township" else spot.township,
            "department": department,
            "keeper": sampler.person(),
            "phone": sampler.phone(),
            "area_m2": size + sampler.random.randint(0, 9) * 20,
            "is_open": True,
            "lon": spot.lon,
            "lat": spot.lat,
        }
        for code, name, level, spot, department, size in seats
    ]


def _stock(sampler: Sampler, depot: Depot) -> list[dict]:
    rows = []
    for number, (item, unit, norm, months) in enumerate(ITEMS, 1):
        wanted = max(1, round(norm * SHARES[depot.level]))
        rows.append(
            {
                "code": f"{depot.code}-{number:02d}",
                "depot": depot,
                "area": depot.area,
                "department": depot.department,
                "item": item,
                "unit": unit,
                "quantity": round(wanted * sampler.random.choice((0.6, 0.85, 1.0, 1.0, 1.1, 1.25))),
                "norm": wanted,
                "counted_at": sampler.moment(24 * 60),
                "expires_on": sampler.day(-20, months * 30) if months else None,
            }
        )
    return rows
