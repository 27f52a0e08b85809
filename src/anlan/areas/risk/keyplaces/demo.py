"""Sample schools and care homes: made-up names and numbers in real townships."""

from anlan.areas.risk.keyplaces.models import KeyPlace
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

Kind = KeyPlace.Kind
#: Kind, what it is called, how many, people by day (from, to), share of them at night, share who need help.
KINDS = (
    (Kind.KINDERGARTEN, "幼儿园", 24, (80, 320), 0.0, 1.0),
    (Kind.SCHOOL, "中心小学", 24, (300, 1400), 0.0, 0.0),
    (Kind.SCHOOL, "中学", 16, (600, 2600), 0.55, 0.0),
    (Kind.CARE_HOME, "养老服务中心", 20, (40, 180), 0.85, 0.6),
    (Kind.SPECIAL_SCHOOL, "特殊教育学校", 2, (80, 160), 0.6, 0.7),
)


def load(city: Area) -> None:
    """Add the sample places."""
    sampler = Sampler(city, "keyplaces")
    rows = []
    for kind, title, count, between, night, help_share in KINDS:
        for _number in range(count):
            spot = sampler.spot()
            people = sampler.random.randint(*between)
            name = f"{spot.township.name.removesuffix('街道').removesuffix('镇').removesuffix('乡')}{title}"
            is_known = sampler.random.random() < 0.9
            rows.append(
                {
                    "code": f"DEMO-KEY-{len(rows) + 1:03d}",
                    "name": f"{name}{len(rows) + 1:02d}（示例）",
                    "kind": kind,
                    "area": spot.township,
                    "people_day": people if is_known else None,
                    "people_night": round(people * night) if is_known else None,
                    "needing_help": round(people * help_share) if is_known and help_share else None,
                    "counted_on": sampler.day(-300, -20) if is_known else None,
                    "count_source": "示例数据" if is_known else "",
                    "contact": sampler.person(),
                    "phone": sampler.phone(),
                    "lon": spot.lon,
                    "lat": spot.lat,
                }
            )
    sampler.add(KeyPlace, rows)
