"""A small made-up gas network: a gate station, a ring of medium pressure, three districts of low pressure, a detector."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area
from anlan.science.geo.distance import great_circle_km
from anlan.science.geo.local import Plane

#: Where the plan below has its middle, and the county that it lies in.
MIDDLE, COUNTY = (115.985, 36.446), "371502"
#: Nodes, metres east and north of the middle.
NODES = {
    "G": (-2600, 60), "A": (-1000, 0), "NW": (-1000, 700), "N": (0, 700), "NE": (1000, 700), "E": (1000, 0),
    "SE": (1000, -700), "S": (0, -700), "SW": (-1000, -700), "C": (0, 0),
    "L1": (40, 730), "L1a": (260, 980), "L1b": (-240, 990), "L2": (1040, -730), "L2a": (1320, -940),
    "L2c": (1180, -835), "L3": (-1040, -730), "L3a": (-1300, -930),
}  # fmt: skip
#: Pipes of medium pressure: from, to, street, outer diameter and wall (mm), material, valves by their place along it.
MAINS = (
    ("G", "A", "安泰路", 325, 8.0, "steel", (0.04, 0.95)),
    ("A", "NW", "示范西街", 219, 7.0, "steel", ()),
    ("NW", "N", "康宁北路", 219, 7.0, "steel", (0.5,)),
    ("N", "NE", "康宁北路", 219, 7.0, "steel", (0.1,)),
    ("NE", "E", "示范东街", 219, 7.0, "steel", ()),
    ("E", "SE", "示范东街", 200, 18.2, "pe", (0.1,)),
    ("SE", "S", "顺和南路", 200, 18.2, "pe", (0.5,)),
    ("S", "SW", "顺和南路", 200, 18.2, "pe", (0.5,)),
    ("SW", "A", "示范西街", 219, 7.0, "steel", (0.9,)),
    ("N", "C", "中心街", 160, 14.6, "pe", (0.2,)),
    ("C", "S", "中心街", 160, 14.6, "pe", (0.8,)),
)  # fmt: skip
#: Pipes of low pressure: from, to, name, outer diameter and wall, valves.
STREETS = (
    ("L1", "L1a", "一号小区庭院管", 110, 10.0, (0.3,)), ("L1", "L1b", "示范学校庭院管", 90, 8.2, ()),
    ("L2", "L2c", "示范医院庭院管", 160, 14.6, (0.3,)), ("L2c", "L2a", "二号小区庭院管", 110, 10.0, ()),
    ("L3", "L3a", "三号小区庭院管", 110, None, ()),
)  # fmt: skip
REGULATORS = (("N", "L1", "一号调压箱"), ("SE", "L2", "二号调压箱"), ("SW", "L3", "三号调压箱"))
#: Node, what the users are, name, customers (None where nobody knows).
USERS = (
    ("L1a", "homes", "一号小区", 1240), ("L1b", "school", "示范学校食堂", 1), ("L2a", "homes", "二号小区", 860),
    ("L2c", "hospital", "示范医院", 1), ("L3a", "homes", "三号小区", None), ("E", "industry", "示范轴承厂", 1),
    ("C", "commerce", "中心商业综合体", 1), ("NW", "commerce", "康宁餐饮街", 46),
)  # fmt: skip
#: Valves by number: stuck, closed, operated from afar, and those of which nobody knows the minutes or the last exercise.
STUCK, CLOSED, REMOTE, UNTIMED, LONG_AGO, UNSEEN = {9}, {10}, {1, 2}, {12}, {7}, {9, 12}


class _Plan:
    """Places of the plan in degrees, and the township of each."""

    def __init__(self, city: Area):
        self.sampler = Sampler(city, "gas")
        self.plane = Plane(*MIDDLE)
        self.townships = list(
            Area.objects.filter(parent_id=COUNTY, level=Area.Level.TOWNSHIP, lon__isnull=False).order_by("code")
        )
        self.county = Area.objects.get(pk=COUNTY)
        self.owner = Department.objects.filter(code="demo-gas").first()
        self.pipes: list[dict] = []
        self.points: list[dict] = []
        self.valves = 0

    def place(self, east: float, north: float) -> tuple[float, float]:
        lon, lat = self.plane.to_degrees([(east, north)])[0].round(6).tolist()
        return lon, lat

    def common(self, code: str, name: str, east: float, north: float) -> dict:
        lon, lat = self.place(east, north)
        near = min(self.townships, key=lambda one: great_circle_km(lon, lat, one.lon, one.lat), default=self.county)
        return {"code": code, "name": f"{name}（示例）", "area": near, "department": self.owner}

    def main(
        self, start: str, end: str, name: str, outer: float, wall: float | None, valves: tuple, kind: dict
    ) -> None:
        """A pipe from node to node, cut by valves."""
        (x0, y0), (x1, y1) = NODES[start], NODES[end]

        def at(share: float) -> tuple[float, float]:
            return x0 + share * (x1 - x0), y0 + share * (y1 - y0)

        here, before = start, 0.0
        for share in valves:
            self.valves += 1
            sides = (f"V{self.valves:02d}-1", f"V{self.valves:02d}-2")
            self.valve(self.valves, sides, name, *at(share))
            self.pipe(here, sides[0], name, at(before), at(share), outer, wall, kind)
            here, before = sides[1], share
        self.pipe(here, end, name, at(before), at(1.0), outer, wall, kind)

    def pipe(
        self, start: str, end: str, name: str, here: tuple, there: tuple, outer: float, wall: float | None, kind: dict
    ) -> None:
        number = len(self.pipes) + 1
        middle = ((here[0] + there[0]) / 2, (here[1] + there[1]) / 2)
        line = ", ".join(f"{lon} {lat}" for lon, lat in (self.place(*here), self.place(*there)))
        self.pipes.append(
            self.common(f"DEMO-GP-{number:02d}", f"{name}{number:02d}段", *middle)
            | {
                "start_node": f"DEMO-{start}", "end_node": f"DEMO-{end}", "line": f"LINESTRING ({line})",
                "outer_mm": outer, "wall_mm": wall, "depth_m": round(self.sampler.random.uniform(0.9, 1.5), 1),
                "laid_year": self.sampler.random.randint(1998, 2022),
            }
            | kind
        )  # fmt: skip

    def valve(self, number: int, sides: tuple[str, str], street: str, east: float, north: float) -> None:
        lon, lat = self.place(east, north)
        days = -520 if number in LONG_AGO else -self.sampler.random.randint(20, 300)
        remote = number in REMOTE
        self.points.append(
            self.common(f"DEMO-GV-{number:02d}", f"{street}{number}号阀", east, north)
            | {
                "kind": "valve", "node": f"DEMO-{sides[0]}", "far_node": f"DEMO-{sides[1]}", "lon": lon, "lat": lat,
                "valve_state": "closed" if number in CLOSED else "stuck" if number in STUCK else "open",
                "control": "remote" if remote else "manual",
                "minutes": None if number in UNTIMED else 2 if remote else self.sampler.random.randrange(15, 45, 5),
                "exercised_on": None if number in UNSEEN else timezone.localdate() + timedelta(days=days),
            }
        )  # fmt: skip

    def point(self, code: str, name: str, node: str, **rest) -> None:
        lon, lat = self.place(*NODES[node])
        self.points.append(
            self.common(code, name, *NODES[node]) | {"node": f"DEMO-{node}", "lon": lon, "lat": lat} | rest
        )


def load(city: Area) -> None:
    """Add the sample network and a detector in the lane behind its first regulator."""
    if not Area.objects.filter(pk=COUNTY).exists():
        return
    plan = _Plan(city)
    for start, end, street, outer, wall, material, valves in MAINS:
        medium = {"grade": "medium_a", "pressure_mpa": 0.32, "material": material}
        plan.main(start, end, street, outer, wall, valves, medium)
    for start, end, name, outer, wall, valves in STREETS:
        plan.main(start, end, name, outer, wall, valves, {"grade": "low", "pressure_mpa": 0.0025, "material": "pe"})
    plan.point("DEMO-GS-01", "城西门站", "G", kind="source")
    for number, (high, low, name) in enumerate(REGULATORS, 1):
        plan.point(f"DEMO-GR-{number:02d}", name, high, kind="regulator", far_node=f"DEMO-{low}")
    for number, (node, users, name, customers) in enumerate(USERS, 1):
        plan.point(f"DEMO-GU-{number:02d}", name, node, kind="users", users=users, customers=customers)
    plan.sampler.add(GasPipe, plan.pipes)
    plan.sampler.add(GasPoint, plan.points)
    _detector(plan)


def _detector(plan: _Plan) -> None:
    """A detector that waits for readings by SensorThings: the stories played into the demo do not know it."""
    where = (150, 840)
    lon, lat = plan.place(*where)
    rest = {
        "kind": Station.Kind.OTHER,
        "protocol": "sensorthings",
        "address": "demo-gas-detector",
        "lon": lon,
        "lat": lat,
    }
    plan.sampler.add(Station, [plan.common("DEMO-GD-01", "一号小区燃气阀井", *where) | rest])
    station = Station.objects.get(code="DEMO-GD-01")
    plan.sampler.add(
        Instrument,
        [
            {
                "code": "DEMO-GD-01-CH4", "name": "甲烷探测器", "station": station, "area": station.area,
                "quantity": "gas_combustible", "channel": "ch4",
            }
        ],
    )  # fmt: skip
