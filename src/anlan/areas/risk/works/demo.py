"""Sample shelters and spots that flood in heavy rain."""

from anlan.areas.risk.works.models import FloodSpot, Shelter
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

SHELTERS, FLOOD_SPOTS = 64, 40
#: What the place is, people it holds at least and at most.
PLACES = (("中心小学", 300, 900), ("中学操场", 800, 2400), ("文化广场", 1000, 4000), ("体育馆", 600, 2000))
#: Kind, what the name says.
KINDS = (("underpass", "下穿通道"), ("low_road", "低洼路段"), ("estate", "低洼小区"), ("village", "低洼村庄"))


def load(city: Area) -> None:
    """Add the sample shelters and flood spots."""
    sampler = Sampler(city, "works")
    sampler.add(Shelter, [_shelter(sampler, number) for number in range(1, SHELTERS + 1)])
    sampler.add(FloodSpot, [_flood_spot(sampler, number) for number in range(1, FLOOD_SPOTS + 1)])


def _shelter(sampler: Sampler, number: int) -> dict:
    spot = sampler.spot()
    word, least, most = sampler.random.choice(PLACES)
    return {
        "code": f"DEMO-SHEL-{number:03d}",
        "name": f"{spot.township.name}{word}避难场所",
        "area": spot.township,
        "address": f"{spot.county.name}{spot.township.name}",
        "places": sampler.random.randrange(least, most, 50),
        "contact": sampler.person(),
        "phone": sampler.phone(),
        "inspected_on": sampler.day(-300, -3) if sampler.random.random() < 0.9 else None,
        "lon": spot.lon,
        "lat": spot.lat,
    }


def _flood_spot(sampler: Sampler, number: int) -> dict:
    spot = sampler.spot()
    kind, word = KINDS[number % len(KINDS)]
    return {
        "code": f"DEMO-FLOOD-{number:03d}",
        "name": f"{short(spot.county)}{spot.township.name}{word}",
        "area": spot.township,
        "kind": kind,
        "keeper": sampler.person(),
        "phone": sampler.phone(),
        "pump_m3_h": float(sampler.random.choice((200, 500, 800, 1500))) if kind != "village" else None,
        "lon": spot.lon,
        "lat": spot.lat,
    }
