"""Sample enterprises under supervision and their major hazard sources."""

from anlan.areas.risk.safety.models import Enterprise, HazardSource
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

COUNT = 64
#: Sector, what the name says, how often.
SECTORS = (
    ("chemical", "化工", 6),
    ("metal", "有色金属", 2),
    ("dust", "木业", 2),
    ("ammonia", "冷链食品", 2),
    ("construction", "建筑", 1),
    ("transport", "危货运输", 1),
    ("other", "轴承", 2),
)
#: Substance, CAS number, a usual quantity in tonnes.
SUBSTANCES = (
    ("液氨", "7664-41-7", 60.0),
    ("氯", "7782-50-5", 30.0),
    ("液化石油气", "68476-85-7", 200.0),
    ("甲醇", "67-56-1", 1200.0),
    ("苯", "71-43-2", 300.0),
    ("环氧乙烷", "75-21-8", 40.0),
    ("汽油", "86290-81-5", 1500.0),
    ("天然气（液化）", "74-82-8", 150.0),
)


def load(city: Area) -> None:
    """Add the sample enterprises, the first of them that of the demo safety officer."""
    sampler = Sampler(city, "safety")
    sampler.add(Enterprise, _enterprises(sampler))
    rows = []
    chemical = Enterprise.objects.filter(is_demo=True, sector__in=("chemical", "ammonia")).order_by("code")
    for enterprise in chemical.select_related("area", "department"):
        for number in range(1, sampler.random.randint(1, 2) + 1):
            rows.append(_source(sampler, enterprise, number))
    sampler.add(HazardSource, rows)


def _enterprises(sampler: Sampler) -> list[dict]:
    own = Department.objects.filter(code="demo-works").select_related("area").first()
    names = [(sector, word) for sector, word, weight in SECTORS for _ in range(weight)]
    rows = []
    for number in range(1, COUNT + 1):
        spot = sampler.spot(sampler.counties[0].pk if number == 1 else "")
        sector, word = names[(number - 1) % len(names)]
        rows.append(
            {
                "code": f"DEMO-ENT-{number:03d}",
                "name": f"{short(spot.county)}示例{word}{number:02d}号有限公司",
                "sector": sector,
                "area": spot.township,
                "employees": sampler.random.randint(20, 900),
                "safety_officer": sampler.person(),
                "phone": sampler.phone(),
                "licence_expires": sampler.day(-40, 1000) if sector == "chemical" else None,
                "has_rescue_team": sector == "chemical" and sampler.random.random() < 0.5,
                "lon": spot.lon,
                "lat": spot.lat,
            }
        )
    if own is not None:
        rows[0] |= {"name": own.name, "department": own, "area": own.area, "has_rescue_team": True}
    return rows


def _source(sampler: Sampler, enterprise: Enterprise, number: int) -> dict:
    known = SUBSTANCES[:1] if enterprise.sector == "ammonia" else SUBSTANCES
    substance, cas, quantity = sampler.random.choice(known)
    r_value = round(sampler.random.lognormvariate(2.6, 1.1), 1)
    return {
        "code": f"{enterprise.code}-{number}",
        "name": f"{substance}储罐区",
        "enterprise": enterprise,
        "department": enterprise.department,
        "area": enterprise.area,
        "substance": substance,
        "cas": cas,
        "quantity_t": round(quantity * sampler.random.uniform(0.5, 1.6), 1),
        # GB 18218-2018 table 6 (待核对): I from 100, II from 50, III from 10.
        "level": "I" if r_value >= 100 else "II" if r_value >= 50 else "III" if r_value >= 10 else "IV",
        "r_value": r_value,
        "filed_on": sampler.day(-900, -30),
        "lon": enterprise.lon,
        "lat": enterprise.lat,
    }
