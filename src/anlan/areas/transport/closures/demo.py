"""Sample closures: two standing, one jam, and some that were reopened."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from anlan.areas.transport.closures.models import Closure, ClosureEntry
from anlan.areas.transport.closures.queueing import estimate_queue, proposal
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.sampling import Sampler, Spot
from anlan.foundation.places.models import Area
from anlan.foundation.roads.queries import current_network, roads_of
from anlan.science.geo.roads.graph import snap

Reason = Closure.Reason
#: Closure, minutes ago, words.
ENTRIES = (
    ("DEMO-CLOSURE-01", 150, "两台移动排水车到场，开始抽排（示例）"),
    ("DEMO-CLOSURE-01", 40, "水位下降 30 厘米，预计 4 小时后可通行（示例）"),
    ("DEMO-CLOSURE-02", 35, "吊车到场，占一条车道，另一条放行（示例）"),
)
#: Reason, hours ago, hours until it was reopened (None: it stands), words.
CLOSURES = (
    (Reason.FLOODED, 3, None, "下穿立交积水"),
    (Reason.OBSTRUCTED, 1, None, "货车侧翻占道"),
    (Reason.CONGESTED, 2, None, "早市周边缓行"),
    (Reason.FLOODED, 90, 9, "路口积水"),
    (Reason.COLLAPSED, 200, 31, "路面塌陷"),
    (Reason.OBSTRUCTED, 60, 4, "行道树倒伏"),
    (Reason.CONTROLLED, 400, 12, "大型活动管制"),
)


def load(city: Area) -> None:
    """Add the sample closures."""
    sampler = Sampler(city, "closures")
    bureau = Department.objects.filter(area=city, name="市交通运输局").first()
    now, rows = timezone.now(), []
    for number, (reason, ago, took, words) in enumerate(CLOSURES, 1):
        spot = sampler.spot()
        since = now - timedelta(hours=ago)
        rows.append(
            {
                "code": f"DEMO-CLOSURE-{number:02d}",
                "name": f"{spot.township.name}{words}（示例）",
                "reason": reason,
                "area": spot.county,
                "department": bureau,
                "team": "市公路抢通队（示例）",
                "since": since,
                "until": since + timedelta(hours=12),
                "reopened_at": since + timedelta(hours=took) if took else None,
                "source": "示例数据",
                **({"lanes": 2, "blocked_lanes": 1} if words == "货车侧翻占道" else {}),
                **_on_road(spot),
                "is_exercise": True,
            }
        )
    if end := _dead_end():
        rows.append(end | {"department": bureau, "since": now - timedelta(hours=6)})
    if sampler.add(Closure, rows):
        _work(now)


def _dead_end() -> dict[str, Any] | None:
    """A collapsed bridge on the only road to a township; None where there are no roads yet."""
    network = current_network()
    if network is None:
        return None
    roads = roads_of(network)
    ends = np.bincount(np.concatenate([roads.start, roads.end]), minlength=len(roads.nodes)) == 1
    edges = np.flatnonzero(ends[roads.start] | ends[roads.end])
    if not edges.size:
        return None
    edge = int(edges[0])
    far, near = (
        (roads.start[edge], roads.end[edge]) if ends[roads.start[edge]] else (roads.end[edge], roads.start[edge])
    )
    lon, lat = (0.3 * roads.nodes[far] + 0.7 * roads.nodes[near]).round(6).tolist()
    seats = Area.objects.filter(level=Area.Level.TOWNSHIP, lon__isnull=False).select_related("parent")
    place = roads.nodes[far]
    township = min(seats, key=lambda one: (one.lon - place[0]) ** 2 + (one.lat - place[1]) ** 2)
    return {
        "code": "DEMO-CLOSURE-08", "name": f"{township.name}桥面塌陷（示例）", "reason": Reason.COLLAPSED,
        "area": township.parent, "team": "市公路抢通队（示例）", "lon": lon, "lat": lat, "source": "示例数据",
        "is_exercise": True,
    }  # fmt: skip


def _work(now: datetime) -> None:
    """What was done about the standing ones, and the queue behind the lorry."""
    dispatcher = User.objects.filter(username="yunshu").first()
    if dispatcher is None:
        return
    for code, minutes, text in ENTRIES:
        ClosureEntry.objects.create(
            closure=Closure.objects.get(code=code), kind="progress", text=text, by=dispatcher,
            at=now - timedelta(minutes=minutes),
        )  # fmt: skip
    lorry = Closure.objects.get(code="DEMO-CLOSURE-02")
    offered = proposal(lorry)
    if offered:
        inputs, _sources, sides = offered
        inputs["flow_veh_h"] = 0.45 * inputs["lanes"] * inputs["capacity_veh_h_lane"]
        inputs["blocked_min"] = 120
        estimate_queue(
            actor=dispatcher, closure=lorry, from_start=sides[0][0], flow_source="卡口 10 分钟实测（示例）", **inputs
        )


def _on_road(spot: Spot) -> dict[str, float | None]:
    """The middle of the road nearest to a place, or the place itself where there are no roads yet."""
    network = current_network()
    if network is None or spot.lon is None:
        return {"lon": spot.lon, "lat": spot.lat}
    roads = roads_of(network)
    edge = int(snap(roads, [(spot.lon, spot.lat)]).edge[0])
    line = roads.vertices[roads.first_vertex[edge] : roads.first_vertex[edge + 1]]
    lon, lat = line[[0, -1]].mean(axis=0) if len(line) == 2 else line[len(line) // 2]
    return {"lon": round(float(lon), 6), "lat": round(float(lat), 6)}
