"""Sample hospitals with the beds that they reported; some have not reported yet."""

from anlan.areas.medical.capacity.models import Hospital
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

#: Name after the county's, level, infectious beds, free beds, ambulances, isolation rooms.
COUNTY_HOSPITALS = (
    ("人民医院", "二级甲等", 60, 85, 8, 12),
    ("中医医院", "二级甲等", 20, 60, 4, 6),
    ("", "一级（乡镇卫生院）", 0, 18, 1, 2),
)


def load(city: Area) -> None:
    """Add the sample hospitals."""
    sampler = Sampler(city, "hospitals")
    centre = sampler.spot(sampler.counties[0].pk)
    unit = Department.objects.filter(code="demo-hospital").first()
    rows = [
        _hospital(sampler, "DEMO-HOSP-C1", "市人民医院（示例）", "三级甲等", (180, 260, 16, 40), centre, unit),
        _hospital(
            sampler,
            "DEMO-HOSP-C2",
            "市传染病医院（示例）",
            "三级",
            (320, 140, 6, 80),
            sampler.spot(centre.county.pk),
            None,
        ),
    ]
    for county in sampler.counties:
        for number, (name, level, *figures) in enumerate(COUNTY_HOSPITALS, 1):
            spot = sampler.spot(county.pk)
            title = f"{county.name}{name}（示例）" if name else f"{spot.township.name}卫生院（示例）"
            rows.append(_hospital(sampler, f"DEMO-HOSP-{county.pk}-{number}", title, level, figures, spot, None))
    sampler.add(Hospital, rows)


def _hospital(sampler, code, name, level, figures, spot, department) -> dict:
    infectious, free, ambulances, rooms = figures
    # One in eight has not reported: its figures are unknown, not zero.
    has_reported = department is not None or sampler.random.random() > 0.12
    said = sampler.random.randint(-5, 12) if free > 30 else 0
    return {
        "code": code,
        "name": name,
        "level": level,
        "area": spot.county,
        "department": department,
        "phone": sampler.phone(),
        "infectious_beds": infectious if has_reported else None,
        "free_beds": free + said if has_reported else None,
        "ambulances": ambulances if has_reported else None,
        "isolation_rooms": rooms if has_reported else None,
        "reported_at": sampler.moment(30) if has_reported else None,
        "note": "演示数据，不代表任何真实医院",
        "lon": spot.lon,
        "lat": spot.lat,
    }
