"""Sample enterprises under supervision, their major hazard sources, and units with calculation sheets."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.risk.safety.models import Enterprise, HazardSource, HazardStock, HazardUnit
from anlan.areas.risk.safety.services import file_sheet, review_sheet, sign_sheet
from anlan.foundation.accounts.models import Department, User
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
    _units(sampler)


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


#: What the sample units store: name, CAS number, row of table 1, classes of table 2, tonnes.
AMMONIA = ("液氨", "7664-41-7", 1, "", "85")
CHLORINE = ("液氯", "7782-50-5", 12, "", "30")
LPG = ("液化石油气", "68476-85-7", 52, "W2", "180")
METHANOL = ("甲醇", "67-56-1", 65, "W5.3", "1200")
BENZENE = ("苯", "71-43-2", 57, "W5.3", "260")
XYLENE = ("二甲苯", "1330-20-7", None, "W5.4", "400")
#: Number of the enterprise, unit, kind, stock, whether the persons are complete, residents, how far the sheet has come.
UNITS = (
    (1, "液氨罐区", "storage", (AMMONIA,), True, 120, "filed"),
    (1, "甲醇合成装置", "production", (METHANOL, BENZENE), True, 120, "changed"),
    (1, "二甲苯仓库", "storage", (XYLENE,), False, 35, "signed"),
    (2, "液氯库房", "storage", (CHLORINE,), True, 64, "accepted"),
    (2, "液化石油气球罐区", "storage", (LPG,), False, 64, "signed"),
    (3, "苯储罐区", "storage", (BENZENE, METHANOL), True, 210, "none"),
)  # fmt: skip
FENCE_M = 180.0


def _units(sampler: Sampler) -> None:
    """Units of three enterprises with stock and sheets in each state."""
    officer, bureau = (User.objects.filter(username=name).first() for name in ("qiye", "bumen-huagong-zhuanxiang"))
    chemical = list(Enterprise.objects.filter(is_demo=True, sector="chemical").order_by("code")[:3])
    if bureau is None or len(chemical) < 3:
        return
    for at, (number, name, kind, stock, is_complete, residents, state) in enumerate(UNITS, 1):
        enterprise = chemical[number - 1]
        code = f"DEMO-UNIT-{at:02d}"
        persons = {}
        for role in ("chief", "technical", "operations") if is_complete else ("chief",):
            persons |= {role: sampler.person(), f"{role}_phone": sampler.phone()}
        row = {
            "code": code, "name": f"{name}（示例）", "enterprise": enterprise, "kind": kind, "area": enterprise.area,
            "lon": enterprise.lon, "lat": enterprise.lat, "fence_m": FENCE_M,
        }  # fmt: skip
        if not sampler.add(HazardUnit, [row | persons]):
            continue
        unit = HazardUnit.objects.get(code=code)
        for n, (substance, cas, line, classes, tonnes) in enumerate(stock, 1):
            HazardStock.objects.create(
                code=f"{code}-{n:02d}", unit=unit, name=substance, cas=cas, number=line, classes=classes,
                quantity_t=tonnes, is_demo=True,
            )  # fmt: skip
        county = User.objects.filter(username=f"xianji-{enterprise.area_id[:6]}").first()
        signer = officer if enterprise.department_id else county
        if signer is not None:
            _sheet(unit, signer, bureau, residents, state)


def _sheet(unit: HazardUnit, signer: User, bureau: User, residents: int, state: str) -> None:
    """Bring a unit's sheet as far as the sample wants it."""
    if state == "none":
        return
    assessed_on = timezone.localdate() - timedelta(days=4)
    made = sign_sheet(
        actor=signer, unit=unit, residents=residents, basis="示例：入户核查", assessed_on=assessed_on
    )  # fmt: skip
    if state != "signed":
        made = review_sheet(actor=bureau, sheet=made, is_accepted=True, opinion="示例：资料齐全")
    if state == "filed":
        number = f"BA-DEMO-{unit.code[-2:]}"
        file_sheet(actor=bureau, sheet=made, number=number, filed_on=timezone.localdate())
    if state == "changed":
        row = unit.stocks.order_by("code").first()
        row.quantity_t += 300
        row.save()
