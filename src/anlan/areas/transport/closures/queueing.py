"""Estimate the queue behind a blocked section, put it on the road, and tell whom it concerns."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.areas.transport.closures.models import Closure, ClosureEntry, QueueEstimate
from anlan.areas.transport.closures.upstream import Upstream, directions, upstream
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.notices.services import send_notices
from anlan.foundation.places.codes import prefix
from anlan.foundation.roads.queries import current_network, roads_of
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import CLASSES, snap
from anlan.science.response.queue import Blockage, Queue, QueueError, queue, stopping_distance_m

RULE = "transport.queue_warning"
#: Minutes after the blocking at which the queue's end is told.
TIMES = (15, 30, 60, 120, 240, 480)
#: Where traffic comes from.
SIDES = {
    "n": gettext_lazy("从北面来"), "ne": gettext_lazy("从东北来"), "e": gettext_lazy("从东面来"),
    "se": gettext_lazy("从东南来"), "s": gettext_lazy("从南面来"), "sw": gettext_lazy("从西南来"),
    "w": gettext_lazy("从西面来"), "nw": gettext_lazy("从西北来"),
}  # fmt: skip


def proposal(closure: Closure) -> tuple[dict[str, Any], dict[str, str], list[tuple[bool, Any]]] | None:
    """What is known of the road for an estimate, where each figure comes from, and the directions of traffic."""
    network = current_network()
    if network is None or closure.lon is None:
        return None
    roads, declared = roads_of(network), rule(RULE)
    edge = int(snap(roads, [(closure.lon, closure.lat)]).edge[0])
    road_class = CLASSES[int(roads.road_class[edge])]
    by_class = str(_("规则 %(rule)s，按道路等级") % {"rule": declared.reference})
    lanes = closure.lanes or declared.params["lanes"][road_class]
    known = roads.capacity[edge]
    minutes = (
        (closure.until - closure.since).total_seconds() / 60
        if closure.until
        else rule("limits.road_reopening").params["minutes"]
    )
    inputs = {
        "lanes": lanes, "blocked_lanes": min(closure.blocked_lanes or lanes, lanes),
        "capacity_veh_h_lane": round(float(known) / lanes) if known == known else declared.params["capacity"][road_class],
        "free_speed_kmh": min(max(round(float(roads.speed_kmh[edge])), 30), 130), "blocked_min": min(round(minutes), 1440),
    }  # fmt: skip
    register, map_source = str(_("道路阻断台账")), str(network)
    sources = {
        "lanes": register if closure.lanes else by_class,
        "blocked_lanes": register if closure.blocked_lanes else str(_("按全部阻断")),
        "capacity_veh_h_lane": map_source if known == known else by_class, "free_speed_kmh": map_source,
        "blocked_min": str(_("预计恢复时间") if closure.until else _("24 小时抢通时限")),
    }  # fmt: skip
    sides = [(from_start, SIDES[name]) for name, from_start in directions(roads, closure.lon, closure.lat)]
    return inputs, sources, sides


@transaction.atomic
def estimate_queue(
    *, actor: User, closure: Closure, from_start: bool, flow_source: str, **inputs: float
) -> QueueEstimate:
    """Compute and keep an estimate; what a person changed of the proposal has that person as its source."""
    demand(actor, "act:closures.report")
    network = current_network()
    offered = proposal(closure)
    if network is None or offered is None:
        raise ValidationError(_("还没有路网，无法沿道路推算排队。"))
    declared = rule(RULE)
    try:
        blockage = Blockage(jam_density_veh_km_lane=declared.params["jam_density"], **inputs)
        found = queue(blockage)
        stopping = stopping_distance_m(inputs["free_speed_kmh"])
    except QueueError as error:
        raise ValidationError(_("这些数值算不出排队：%(why)s") % {"why": error}) from error
    proposed, sources, _sides = offered
    told = {
        name: sources[name] if name in proposed and proposed[name] == value else str(actor)
        for name, value in inputs.items()
    }
    told |= {"flow_veh_h": flow_source, "jam_density_veh_km_lane": declared.reference}
    line = upstream(
        roads_of(network), closure.lon, closure.lat, from_start=from_start, metres=declared.params["most_km"] * 1000
    )
    estimate = QueueEstimate(
        closure=closure, made_by=actor, inputs=inputs | {"from_start": from_start}, sources=told,
        result=_result(found, line, stopping, declared.params, _elapsed(closure)),
    )  # fmt: skip
    estimate.full_clean()
    estimate.save()
    audit.record(actor=actor, action="closures.queue.estimate", subject=closure, details=inputs)
    return estimate


def _elapsed(closure: Closure) -> float:
    """Minutes since the blocking."""
    return max(0.0, (timezone.now() - closure.since).total_seconds() / 60)


def _result(found: Queue, line: Upstream, stopping: float, params: dict[str, Any], elapsed: float) -> dict[str, Any]:
    """The queue over time with its places on the road, and where warnings should stand."""
    times = [minutes for minutes in TIMES if minutes < found.gone_min]
    signs = (("signs", params["signs_ahead_m"]), ("variable_message", params["message_ahead_m"]))
    lead = params["lead_min"] + params["move_min"]
    finite = {name: value if value != float("inf") else None for name, value in asdict(found).items()}
    first = found.warning_m(elapsed, stopping_m=stopping, lead_min=lead)
    return finite | {
        "jam_density": params["jam_density"], "stopping_m": round(stopping), "road_m": round(line.length_m), "lead_min": lead, "elapsed_min": round(elapsed),
        "now_m": round(found.end_m(elapsed)),
        "ends": [
            {"minutes": minutes, "end_m": round(found.end_m(minutes)), "place": line.place(found.end_m(minutes)),
             "is_beyond": found.end_m(minutes) > line.length_m}
            for minutes in times
        ],
        "line": line.stretch(max((found.end_m(minutes) for minutes in times), default=1.0)),
        "posts": [
            {"kind": kind, "metres": round(first + ahead), "place": line.place(first + ahead)} for kind, ahead in signs
        ],
    }  # fmt: skip


def inputs_of(estimate: QueueEstimate) -> list[tuple[Any, Any, str]]:
    """What an estimate was made from: label, value, source."""
    values = estimate.inputs | {"jam_density_veh_km_lane": estimate.result["jam_density"]}
    return [(LABELS[name], values[name], source) for name, source in estimate.sources.items()]


@transaction.atomic
def tell_queue(*, actor: User, estimate: QueueEstimate) -> int:
    """Call traffic police and transport dispatchers of the closure's areas; how many posts were called."""
    demand(actor, "act:closures.report")
    if estimate.told_at is not None:
        raise ValidationError(_("这次测算已经通知过。"))
    closure, longest = estimate.closure, estimate.result["longest_m"]
    posts = [
        post
        for post in Post.objects.filter(role__in=("traffic_police", "transport")).select_related("department")
        if closure.area_id.startswith(prefix(post.department.area_id))
    ]
    if not posts:
        raise ValidationError(_("没有登记交警、交通运输调度的岗位，请打电话通知。"))
    length = _("长度无法封顶") if longest is None else _("最长约 %(km)s 千米") % {"km": round(longest / 1000, 1)}
    signs = "；".join(
        _("%(what)s设在上游 %(km)s 千米") % {"what": POSTS[one["kind"]], "km": round(one["metres"] / 1000, 1)}
        for one in estimate.result["posts"]
    )
    send_notices(
        [
            {
                "actor": actor, "post": post, "title": _("排队预警：%(name)s") % {"name": closure.name},
                "body": f"{length}。{signs}", "subject": closure, "area_code": closure.area_id,
                "link": closure.get_absolute_url(), "is_exercise": closure.is_exercise,
            }
            for post in posts
        ]
    )  # fmt: skip
    estimate.told_at = timezone.now()
    estimate.save(update_fields=["told_at"])
    ClosureEntry.objects.create(
        closure=closure, kind=ClosureEntry.Kind.QUEUE, by=actor, text=f"{length}。{signs}"[:500], at=estimate.told_at
    )
    audit.record(actor=actor, action="closures.queue.tell", subject=closure, details={"posts": len(posts)})
    return len(posts)


#: What an estimate is made from.
LABELS = {
    "flow_veh_h": gettext_lazy("来车流量（辆/小时，单向）"), "lanes": gettext_lazy("单向车道数"),
    "blocked_lanes": gettext_lazy("占用车道数"), "capacity_veh_h_lane": gettext_lazy("一条车道通行能力（辆/小时）"),
    "free_speed_kmh": gettext_lazy("畅通车速（公里/小时）"), "blocked_min": gettext_lazy("预计阻断（分钟）"),
    "jam_density_veh_km_lane": gettext_lazy("堵塞密度（辆/公里·车道）"),
}  # fmt: skip
#: What is put upstream.
POSTS = {"variable_message": gettext_lazy("可变情报板"), "signs": gettext_lazy("警示标志和预警车")}
