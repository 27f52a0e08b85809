"""Sample service posts of villages and communities."""

from anlan.areas.grassroots.posts.models import ServicePost
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

COUNT = 96


def load(city: Area) -> None:
    """Add the sample posts, one village or community each."""
    sampler = Sampler(city, "posts")
    used: set[str] = set()
    rows = []
    while len(rows) < COUNT:
        spot = sampler.spot()
        villages = list(Area.objects.filter(parent=spot.township, level=Area.Level.VILLAGE)[:12])
        free = [one for one in villages if one.pk not in used]
        place = sampler.random.choice(free) if free else spot.township
        used.add(place.pk)
        score = sampler.random.randint(66, 99) if sampler.random.random() < 0.8 else None
        rows.append(
            {
                "code": f"DEMO-POST-{len(rows) + 1:03d}",
                "name": f"{_named(place)}应急服务站",
                "area": place,
                "keeper": sampler.person(),
                "phone": sampler.phone(),
                "reporters": sampler.random.randint(1, 5),
                "has_loudspeaker": sampler.random.random() < 0.85,
                "checked_on": sampler.day(-200, -3) if score is not None else None,
                "score": score,
                "lon": spot.lon,
                "lat": spot.lat,
            }
        )
    sampler.add(ServicePost, rows)


def _named(place: Area) -> str:
    """The village's or community's name without that of its committee."""
    name = place.name
    for committee in ("村民委员会", "居民委员会", "村委会", "居委会"):
        name = name.removesuffix(committee)
    return name
