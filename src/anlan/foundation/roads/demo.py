"""The SYNTHETIC network of the demonstration, and sample speeds: straight roads between township seats, not the city's real roads."""

import csv
from pathlib import Path

from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import DayKind, RoadClass, RoadNetwork, SpeedProfile
from anlan.foundation.roads.services import keep_network
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import CLASSES, build

DATA = Path(__file__).parent / "data"


def load(city: Area) -> None:
    """Keep the city's synthetic network and sample speeds of its seat."""
    _speeds(city)
    _network(city)


def _speeds(city: Area) -> None:
    """Invented curves of the seat's main roads on both kinds of days, as a city would import measured ones."""
    sampler = Sampler(city, "speedprofiles")
    base = rule("roads.time_of_day").params
    rows = [
        {
            "code": f"DEMO-CS-{day}", "area": sampler.counties[0], "day_kind": day, "road_class": RoadClass.PRIMARY,
            "shares": " ".join(f"{max(0.3, one - 0.06):.2f}" for one in base[day][RoadClass.PRIMARY]),
            "source": "公安交管卡口（示例）", "measured_from": sampler.day(-120, -110), "measured_to": sampler.day(-60, -50),
            "effective_from": sampler.day(-40, -40),
        }
        for day in DayKind.values
    ]  # fmt: skip
    sampler.add(SpeedProfile, rows)


def _network(city: Area) -> None:
    """Keep the network, unless there is one already or none was made for this city."""
    path = DATA / f"{city.pk}-SYNTHETIC.csv"
    if not path.exists() or RoadNetwork.objects.exists():
        return
    seats = Area.objects.filter(within(city.prefixes, "code"), level=Area.Level.TOWNSHIP, lon__isnull=False)
    places, titles = {}, {}
    for code, title, lon, lat in seats.values_list("code", "name", "lon", "lat"):
        places[code], titles[code] = (lon, lat), title
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if {row["start"], row["end"]} <= places.keys()]
    number = {code: at for at, code in enumerate(places)}
    roads = build(
        nodes=list(places.values()),
        start=[number[row["start"]] for row in rows],
        end=[number[row["end"]] for row in rows],
        length_m=[1000 * float(row["length_km"]) for row in rows],
        speed_kmh=[float(row["speed_kmh"]) for row in rows],
        road_class=[CLASSES.index(row["class"]) for row in rows],
        names=[f"{titles[row['start']]}—{titles[row['end']]}" for row in rows],
    )
    keep_network(
        actor="demo", roads=roads, area=city, title="合成路网（示例）", is_synthetic=True, is_demo=True,
        source="由乡镇驻地按 Gabriel 图生成，绕行系数 1.25；不是真实道路",
    )  # fmt: skip
