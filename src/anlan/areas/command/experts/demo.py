"""Sample experts of every field; some terms are over, as they are in real lists."""

from anlan.areas.command.experts.models import Expert
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

EMPLOYERS = {
    "flood": "示例水利勘测设计院",
    "chemistry": "示例化工研究院",
    "fire": "示例消防技术服务中心",
    "health": "示例疾病预防研究所",
    "construction": "示例建筑设计院",
    "earthquake": "示例地震工程研究所",
    "environment": "示例环境监测站",
    "communication": "示例通信设计院",
    "other": "示例大学应急管理系",
}
TITLES = ("高级工程师", "正高级工程师", "教授")


def load(city: Area) -> None:
    """Add five experts a field, the first of each its chief."""
    sampler = Sampler(city, "experts")
    rows = []
    for field, employer in EMPLOYERS.items():
        for number in range(5):
            spot = sampler.spot()
            rows.append(
                {
                    "code": f"DEMO-EXP-{len(rows) + 1:03d}",
                    "name": sampler.person(),
                    "field": field,
                    "employer": employer,
                    "title": "主任医师" if field == "health" else sampler.random.choice(TITLES),
                    "phone": sampler.phone(),
                    "is_chief": number == 0,
                    "term_end": sampler.day(-60, 900),
                    "area": spot.county,
                    "lon": spot.lon,
                    "lat": spot.lat,
                }
            )
    sampler.add(Expert, rows)
