"""How fast roads are driven at a moment: measured by the city where a row says it, by the system's default elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from scipy.spatial import cKDTree

from anlan.foundation.calendars.days import days_off
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import HOURS, DayKind, RoadNetwork, SpeedProfile, shares_in
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.during import HOUR_S, Hours
from anlan.science.geo.roads.graph import CLASSES, Floats, Integers, Roads, seconds

DAYS = (DayKind.WORKDAY, DayKind.REST)
#: What a page may be asked for besides an hour: no traffic, the hour at which all roads together are slowest, now.
FREE, WORST, NOW = "free", "worst", "now"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where shares come from, and whether somebody checked them."""

    #: Whoever measured; empty for the system's default.
    text: str = ""
    #: The rule that the default stands in.
    rule: str = ""
    is_checked: bool = False
    #: What is wrong with the rule, so that roads are driven freely.
    problem: str = ""
    #: The code of another row for the same, over which this one was taken.
    over: str = ""

    def __str__(self) -> str:
        text = self.text or _("系统默认（规则 %(rule)s）") % {"rule": self.rule}
        if self.problem:
            return _("%(source)s有误，按自由流计：%(problem)s") % {"source": text, "problem": self.problem}
        if self.over:
            text = _("%(source)s（与 %(code)s 重叠，取启用较晚的；请给其中一条填停用日期）") % {
                "source": text,
                "code": self.over,
            }
        return text if self.is_checked else _("%(source)s（待核对）") % {"source": text}


@dataclass(frozen=True, kw_only=True, eq=False)
class Speeds:
    """How much of the free speed each edge is driven at, and at which hour that is so."""

    share: Floats
    #: None at the free speed.
    day: DayKind | None
    hour: int
    sources: tuple[Source, ...]
    is_worst: bool = False
    #: Whether the arrangement of holidays of the asked year is on record.
    is_day_known: bool = True
    #: Of what traffic takes, the share that lights and sirens win back.
    regained: float = 0.0

    @property
    def is_checked(self) -> bool:
        """Whether all that it rests on was checked; the free speed rests on nothing."""
        return self.day is not None and all(one.is_checked for one in self.sources)

    @property
    def title(self) -> str:
        """At which hour, in a few words."""
        if self.day is None:
            return _("自由流车速")
        title = _("%(day)s %(hour)s 时车速") % {"day": self.day.label, "hour": f"{self.hour:02d}"}
        return _("最不利时段（%(title)s）") % {"title": title} if self.is_worst else title

    @property
    def words(self) -> str:
        """At which hour and by whom, as every page that tells a time says it."""
        if self.day is None:
            return _("按自由流车速（不计各时段的交通量）")
        words = _("按%(title)s，来源：%(sources)s") % {
            "title": self.title, "sources": "、".join(str(one) for one in self.sources),
        }  # fmt: skip
        if not self.is_day_known:
            words += _("；当年放假安排没有登记，按周末推定")
        if self.regained:
            words += _("；警灯警笛挽回拥堵损失的 %(percent)s%%（待核对）") % {"percent": round(100 * self.regained)}
        return words

    @property
    def words_for_route(self) -> str:
        """The same of a single route, which is searched with the speeds of each hour that it drives through."""
        return self.words if self.day is None else _("%(words)s；途中逐时变速") % {"words": self.words}

    @property
    def words_for_circle(self) -> str:
        """The same of times from many places at once, which keep the speeds of the hour of setting out."""
        return self.words if self.day is None else _("%(words)s；全程按出发这一小时计") % {"words": self.words}

    def for_emergency(self) -> "Speeds":
        """For vehicles with lights and sirens, by the rule `roads.blue_light`; never above the free speed for that."""
        regained = min(max(float(rule("roads.blue_light").params["regained"]), 0.0), 1.0)
        if self.day is None or not regained:
            return self
        lost = np.maximum(1.0 - self.share, 0.0)
        return replace(self, share=self.share + regained * lost, regained=regained)


@dataclass(frozen=True, kw_only=True, eq=False)
class Week:
    """The shares of a network at all hours of both kinds of days."""

    group: Integers
    #: By kind of day, group of edges and hour.
    share: Floats
    #: By kind of day.
    sources: tuple[tuple[Source, ...], ...]
    #: The kind of day and hour at which the whole network takes longest.
    worst: tuple[int, int]

    def at_hour(self, day: DayKind, hour: int, **more: bool) -> Speeds:
        at = DAYS.index(day)
        return Speeds(
            share=self.share[at, self.group, hour], day=day, hour=hour, sources=self.sources[at], **more
        )  # fmt: skip

    def free(self) -> Speeds:
        return Speeds(share=np.ones(self.group.size), day=None, hour=0, sources=())


def day_kind(at: datetime) -> tuple[DayKind, bool]:
    """The kind of a moment's day, and whether the holidays of its year are on record."""
    known, day = days_off(), timezone.localtime(at).date()
    return (DayKind.WORKDAY if known.is_worked(day) else DayKind.REST), known.is_known(day)


def speeds_at(network: RoadNetwork, roads: Roads, at: datetime) -> Speeds:
    """The speeds of a moment."""
    day, is_known = day_kind(at)
    return week_of(network, roads, at).at_hour(day, timezone.localtime(at).hour, is_day_known=is_known)


def speeds_for(network: RoadNetwork, roads: Roads, choice: str) -> Speeds:
    """What a page is asked for: `free`, `worst`, `now`, `workday-08` … `rest-23`."""
    now = timezone.now()
    week = week_of(network, roads, now)
    if choice == FREE:
        return week.free()
    if choice == WORST:
        return week.at_hour(DAYS[week.worst[0]], week.worst[1], is_worst=True)
    day, _dash, hour = choice.partition("-")
    if day in DayKind.values and hour.isdecimal() and int(hour) < HOURS:
        return week.at_hour(DayKind(day), int(hour))
    if choice != NOW:
        raise ValueError(f"no such choice of speeds: {choice!r}")
    return speeds_at(network, roads, now)


def hours_from(network: RoadNetwork, roads: Roads, at: datetime) -> Hours:
    """The shares from a moment on for a day, for who is on the way when they change."""
    week, local = week_of(network, roads, at), timezone.localtime(at)
    known = days_off()
    steps = [local + timedelta(hours=n) for n in range(HOURS)]
    days = [DAYS.index(DayKind.WORKDAY if known.is_worked(one.date()) else DayKind.REST) for one in steps]
    share = np.stack([week.share[day, :, one.hour] for day, one in zip(days, steps, strict=True)], axis=1)
    return Hours(share=share, group=week.group, into_s=(local.minute * 60 + local.second) % HOUR_S)


def week_of(network: RoadNetwork, roads: Roads, at: datetime) -> Week:
    """The shares in use on a moment's day."""
    rows = SpeedProfile.objects.filter(SpeedProfile.in_use(timezone.localdate(at)))
    keys = tuple(rows.order_by("effective_from", "pk").values_list("pk", "updated_at"))
    return _week(_Versions(network=network, roads=roads, default=rule("roads.time_of_day"), rows=keys))


@dataclass(frozen=True, kw_only=True)
class _Versions:
    """All that a week is made of; two are equal when nothing has changed."""

    network: RoadNetwork
    roads: Roads
    default: Rule
    rows: tuple[tuple[int, datetime], ...]

    @property
    def key(self) -> tuple[object, ...]:
        return self.network.pk, self.network.digest, self.default.pk, self.default.changed_at, self.rows

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Versions) and self.key == other.key


@lru_cache(maxsize=4)
def _week(of: _Versions) -> Week:
    roads = of.roads
    curves: list[list[float]] = []
    group = np.zeros((len(DAYS), roads.size), dtype=np.int64)
    told: list[list[tuple[int, Source]]] = [[], []]
    for at, day in enumerate(DAYS):
        for number, name in enumerate(CLASSES):
            curve, source = _default(of.default, day, name)
            told[at].append((len(curves), source))
            group[at, roads.road_class == number] = len(curves)
            curves.append(curve)
    if of.rows:
        _lay_on(of, curves, group, told)
    # Edges that have the same curves on both kinds of days are one group.
    pairs, which = np.unique(group, axis=1, return_inverse=True)
    share = np.array(curves)[pairs]
    weight = np.bincount(which.ravel(), weights=seconds(roads), minlength=pairs.shape[1])
    total = (weight[None, :, None] / share).sum(axis=1)
    worst = np.unravel_index(int(np.argmax(total)), total.shape)
    sources = tuple(
        tuple(dict.fromkeys(source for number, source in told[at] if (group[at] == number).any()))
        for at in range(len(DAYS))
    )
    return Week(group=which.ravel(), share=share, sources=sources, worst=(int(worst[0]), int(worst[1])))


def _default(default: Rule, day: DayKind, name: str) -> tuple[list[float], Source]:
    """The rule's curve of a class; where a version of the rule is wrong, roads are driven freely and it is said."""
    try:
        curve = shares_in(" ".join(str(one) for one in default.params[day][name]))
    except ValidationError as error:
        return [1.0] * HOURS, Source(rule=default.reference, problem=f"{day}.{name} {' '.join(error.messages)}")
    return curve, Source(rule=default.reference, is_checked=default.status == Rule.Status.CHECKED)


def _lay_on(
    of: _Versions, curves: list[list[float]], group: Integers, told: Sequence[list[tuple[int, Source]]]
) -> None:
    """Rows over the default: those of a smaller area after those of a larger one, those of a named road last."""
    roads = of.roads
    area_of, names = _areas_of(of.network, roads), roads.names[roads.name]
    rows = list(SpeedProfile.objects.filter(pk__in=[pk for pk, _at in of.rows]).select_related("area"))
    rows.sort(key=lambda one: (one.road_name != "", max(map(len, one.area.prefixes)), one.effective_from, one.pk))
    taken: dict[tuple[str, str, str, str], str] = {}
    for row in rows:
        same = row.area_id, row.road_name, row.day_kind, row.road_class
        inside = np.zeros(roads.size, dtype=bool)
        for prefix in row.area.prefixes:
            inside |= np.char.startswith(area_of, prefix)
        hit = inside & (roads.road_class == CLASSES.index(row.road_class))
        if row.road_name:
            hit &= names == row.road_name
        if not hit.any():
            continue
        at = DAYS.index(DayKind(row.day_kind))
        group[at, hit] = len(curves)
        is_checked = row.status == SpeedProfile.Status.CHECKED
        source = Source(text=row.source, is_checked=is_checked, over=taken.get(same, ""))
        taken[same] = row.code
        told[at].append((len(curves), source))
        curves.append(shares_in(row.shares))


def _areas_of(network: RoadNetwork, roads: Roads) -> np.ndarray:
    """The township of each edge, by the seat nearest to its middle; outlines of townships are lacking."""
    seats = Area.objects.filter(within(network.area.prefixes, "code"), lon__isnull=False)
    found = list(seats.filter(level=Area.Level.TOWNSHIP).values_list("code", "lon", "lat"))
    found = found or list(seats.filter(level=Area.Level.COUNTY).values_list("code", "lon", "lat"))
    if not found:
        return np.full(roads.size, network.area_id)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(roads.lines, 0.5, normalized=True))
    seat = roads.plane.to_metres(np.array([row[1:] for row in found], dtype=np.float64))
    _far, nearest = cKDTree(seat).query(middle)
    return np.array([row[0] for row in found])[nearest]
