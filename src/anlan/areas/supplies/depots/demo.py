"""Sample depots of city, counties and townships, the catalogue of what they hold, norms and purchase plans."""

from dataclasses import dataclass

from django.utils import timezone

from anlan.areas.supplies.depots.models import Depot, Item, Norm, PurchasePlan
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area


@dataclass(frozen=True)
class Sample:
    """An item, and how much of it the city's reserve has to hold; `months` is its shelf life."""

    code: str
    name: str
    unit: str
    norm: int
    months: int
    gb_code: str
    group: str
    need: str
    kit: str = ""
    content: float = 1


#: Codes of GB/T 38565-2020 stand for the broad class only; they wait to be checked against the standard's own rows.
ITEMS = (
    Sample("WZ01", "12 平方米救灾帐篷", "顶", 2700, 0, "1040000", "2.5", "living", "tent"),
    Sample("WZ02", "折叠床", "张", 40000, 0, "1040000", "2.5", "living", "bed"),
    Sample("WZ03", "棉被", "床", 40000, 0, "1030000", "2.5", "living", "quilt"),
    Sample("WZ04", "救生衣", "件", 1500, 48, "2020000", "2.2", "search"),
    Sample("WZ05", "冲锋舟", "艘", 20, 0, "2070000", "2.2", "search"),
    Sample("WZ06", "橡皮艇", "艘", 40, 0, "2070000", "2.2", "search"),
    Sample("WZ07", "编织袋", "条", 100000, 36, "2070000", "3.1", "other"),
    Sample("WZ08", "土工布", "平方米", 20000, 60, "3010000", "3.1", "other"),
    Sample("WZ09", "潜水泵", "台", 60, 0, "2070000", "3.1", "other"),
    Sample("WZ10", "移动发电机", "台", 30, 0, "2100000", "1.5", "other"),
    Sample("WZ11", "应急照明灯", "套", 80, 0, "2100000", "1.5", "other"),
    Sample("WZ12", "手提喊话器", "个", 120, 0, "2050000", "1.3", "other"),
    Sample("WZ13", "饮用水", "箱", 30000, 12, "1020000", "2.5", "living", "water", 12),
    Sample("WZ14", "方便食品", "箱", 10000, 6, "1010000", "2.5", "living", "food", 12),
    Sample("WZ15", "急救包", "个", 800, 36, "2030000", "2.3", "other"),
    Sample("WZ16", "四合一气体检测仪", "台", 40, 36, "2060000", "1.1", "monitoring"),
    Sample("WZ17", "防化服", "套", 120, 60, "2010000", "2.1", "protection"),
    Sample("WZ18", "医用防护口罩", "只", 50000, 24, "2030000", "2.4", "epidemic"),
    Sample("WZ19", "消毒液", "桶", 600, 18, "2030000", "2.4", "epidemic"),
    Sample("WZ20", "反光锥桶", "个", 1000, 0, "2110000", "1.4", "transport"),
)
#: Share of the city's norm that a depot of each level is meant to hold, and that a county's reserve has to.
SHARES = {"city": 1.0, "county": 0.11, "township": 0.007}
COUNTY = 0.125


def load(city: Area) -> None:
    """Add the sample depots, the catalogue, norms and plans."""
    sampler = Sampler(city, "depots")
    sampler.add(Depot, _depots(sampler, city))
    sampler.add(Item, [_item(sample) for sample in ITEMS])
    items = {item.code: item for item in Item.objects.filter(code__in=[sample.code for sample in ITEMS])}
    areas = [(city, 1.0), *((county, COUNTY) for county in sampler.counties)]
    sampler.add(
        Norm,
        [
            {
                "code": f"DEMO-NORM-{area.pk}-{sample.code}",
                "area": area,
                "item": items[sample.code],
                "quantity": max(1, round(sample.norm * share)),
                "basis": "示例标准，非本市正式文件",
            }
            for area, share in areas
            for sample in ITEMS
        ],
    )
    sampler.add(PurchasePlan, _plans(sampler, areas))


def _item(sample: Sample) -> dict:
    return {
        "code": sample.code,
        "name": sample.name,
        "unit": sample.unit,
        "gb_code": sample.gb_code,
        "group": sample.group,
        "need": sample.need,
        "shelf_life_months": sample.months or None,
        "kit": sample.kit,
        "kit_content": sample.content,
    }


def _plans(sampler: Sampler, areas: list[tuple[Area, float]]) -> list[dict]:
    """Plans for next year; two in three governments have adopted theirs."""
    year = timezone.localdate().year + 1
    return [
        {
            "code": f"DEMO-PLAN-{year}-{area.pk}",
            "title": f"{area}{year}年应急物资采购计划（示例）",
            "year": year,
            "area": area,
            "department": Department.objects.filter(code=f"{area.pk}-yjj").first(),
            "adopted_on": sampler.day(-40, -5) if number % 3 else None,
            "budget_yuan": round(6_000_000 * share, -4),
        }
        for number, (area, share) in enumerate(areas, 1)
    ]


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
