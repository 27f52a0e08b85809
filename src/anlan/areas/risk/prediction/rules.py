"""What follows from a run for those outside: what to do in each zone, from where to approach, where to gather."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Staging points keep this far beyond the zones that hurt, and never nearer than so many metres.
BEYOND, NEAREST_M = 1.3, 300.0
#: Bearings of staging points from the upwind line, degrees; all round where no wind is known.
UPWIND, ALL_ROUND = (0, -40, 40), (0, 120, 240)
#: How much farther out and how far aside a place may lie when no road leads to the first; and at most, degrees.
FARTHER, ASIDE, MOST_TURN = (1.0, 1.5, 2.5, 4.0), (0, -15, 15), 30
#: What a person there should do, by the family of the hazard and the zone's severity.
WHAT_TO_DO: dict[str, dict[int, str | Promise]] = {
    "toxic": {
        4: _("立即向上风和侧风方向撤离；来不及撤离的关闭门窗、切断通风，湿毛巾掩口鼻。救援人员须着最高级防护进入。"),
        3: _("立即撤离；不能在烟气到达前撤出的就地关闭门窗和通风，等待通知。"),
        2: _("就地避险：关闭门窗和通风，不外出；老人、儿童、病人优先转移。"),
        1: _("可能闻到气味或感到不适：减少外出，关注通知。"),
    },
    "blast": {
        4: _("立即清空：全部人员撤出，除抢险必需人员外不得进入。"),
        3: _("全部撤离；不能撤离的进入坚固建筑内部远离外墙。"),
        2: _("撤离户外人员；室内人员离开窗边和轻型建筑。"),
        1: _("远离玻璃窗，避免围观。"),
    },
    "fire": {
        4: _("立即撤离，人员和可燃物不得停留；冷却受热的储罐。"),
        3: _("撤离，救援人员须着隔热服并有水幕掩护。"),
        2: _("户外不得停留，室内人员离开向火一侧。"),
        1: _("劝离围观人员，关注火势。"),
    },
    "crowd": {
        4: _("立即停止进入并从各方向疏导，打开全部出口。"),
        3: _("停止进入，分流疏散，救护力量就位。"),
        2: _("限制进入，单向通行，广播引导。"),
        1: _("加强观察，准备限流。"),
    },
}
FAMILIES = {"toxic_release": "toxic", "explosion": "blast", "fire": "fire", "gas_leak": "fire", "crowd": "crowd"}
#: Which models may answer for which kinds of event, by the beginning of the national code, the fittest first.
MODELS_BY_KIND: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("12D", ("toxic_release", "explosion", "fire")),
    ("12E", ("explosion",)),
    ("12G", ("fire", "explosion", "toxic_release")),
    ("12H", ("gas_leak", "explosion", "fire")),
    ("12S", ("crowd",)),
    ("14A", ("crowd",)),
    ("12", ("toxic_release", "explosion", "fire", "gas_leak")),
)


@dataclass(frozen=True)
class Advice:
    """What people in a zone should do."""

    severity: int
    #: Labels of the levels, as the models tell them.
    labels: tuple[Any, ...]
    text: str | Promise


@dataclass(frozen=True)
class Point:
    """A place to approach by or to gather at, metres east and north of the origin."""

    bearing_deg: float
    distance_m: float

    @property
    def metres(self) -> tuple[float, float]:
        angle = radians(self.bearing_deg)
        return self.distance_m * sin(angle), self.distance_m * cos(angle)


def models_for(kind: str, known: Sequence[str]) -> list[str]:
    """The models that may answer for a kind of event, the fittest first; all of them where none is meant for it.

    >>> models_for("12D00", ["explosion", "toxic_release", "crowd"])
    ['toxic_release', 'explosion']
    """
    for start, codes in MODELS_BY_KIND:
        if kind.startswith(start):
            return [code for code in codes if code in known]
    return list(known)


def advise(hazard: str, zones: Mapping[str, Any]) -> list[Advice]:
    """What to do where, the gravest first, for the levels that are reached anywhere."""
    words = WHAT_TO_DO[FAMILIES.get(hazard, "blast")]
    labels: dict[int, list[Any]] = {}
    for one in whole(zones):
        told = labels.setdefault(one["properties"]["severity"], [])
        label = one["properties"].get("told", one["properties"]["label"])
        if label not in told:
            told.append(label)
    return [Advice(severity, tuple(labels[severity]), words[severity]) for severity in sorted(labels, reverse=True)]


def whole(zones: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The zones that describe the whole event of the single run."""
    for one in zones.get("features", ()):
        if one["properties"]["at_s"] is None and one["properties"]["probability"] is None:
            yield one


def wind_from(inputs: Mapping[str, Any]) -> float | None:
    """Where the wind comes from, degrees, wherever the inputs name it.

    >>> wind_from({"weather": {"wind_from_deg": "180"}}), wind_from({"hole_mm": 3})
    (180.0, None)
    """
    for name, value in inputs.items():
        if isinstance(value, Mapping):
            if (found := wind_from(value)) is not None:
                return found
        elif name == "wind_from_deg" and value not in (None, ""):
            return float(value)
    return None


def gathering_slots(zones: Mapping[str, Any], wind: float | None) -> list[list[Point]]:
    """Where forces gather: upwind, beyond what hurts; round the place where no wind is known.

    Each slot begins with the place of the rule; then come places farther out and aside, for where no road leads to it.
    """
    reach = max(
        (one["properties"]["reach_m"] for one in whole(zones) if one["properties"]["severity"] > 1), default=0.0
    )
    if wind is None:
        first = [Point(bearing, max(NEAREST_M, BEYOND * reach)) for bearing in ALL_ROUND]
    else:
        # Upwind nobody is reached as far as downwind: a fixed distance beyond the near field is enough there.
        near = max(NEAREST_M, BEYOND * upwind_reach(zones, wind))
        first = [Point((wind + turn) % 360, near) for turn in UPWIND]
    return [
        [Point((one.bearing_deg + turn) % 360, one.distance_m * far) for far in FARTHER for turn in ASIDE]
        for one in first
    ]


def upwind_reach(zones: Mapping[str, Any], wind: float, half_angle: float = 50.0) -> float:
    """How far the zones that hurt reach against the wind, m: the farthest corner within an angle of the upwind line."""
    farthest = 0.0
    lon0, lat0 = zones.get("origin", (0.0, 0.0))
    for one in whole(zones):
        if one["properties"]["severity"] < 2:
            continue
        for lon, lat in _corners(one["geometry"]["coordinates"]):
            north = (lat - lat0) * 111_195
            east = (lon - lon0) * 111_195 * cos(radians(lat0))
            along = east * sin(radians(wind)) + north * cos(radians(wind))
            distance = hypot(east, north)
            if distance and along >= distance * cos(radians(half_angle)):
                farthest = max(farthest, distance)
    return farthest


def _corners(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
    else:
        for part in coordinates:
            yield from _corners(part)
