"""How many of the cameras answer."""

from datetime import datetime

import shapely
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.cameras.models import Camera
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.roads.queries import current_network, roads_of
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import CLASSES

Kind = Camera.Kind
#: The nodes that task 28 names: 铁路、公路、水路、机场、管道、城市出入口.
NODES = (
    Kind.EXPRESSWAY, Kind.ROAD, Kind.BRIDGE, Kind.RAILWAY, Kind.WATERWAY, Kind.AIRPORT, Kind.PIPELINE, Kind.ENTRANCE,
)  # fmt: skip


#: Those that may look at an expressway.
BESIDE_EXPRESSWAYS = (Kind.EXPRESSWAY, Kind.BRIDGE)


def _share_online(area_code: str, basis: str, **chosen: object) -> Measure:
    rows = counted(Camera.objects.filter(within((prefix(area_code),)), **chosen), "is_demo")
    rows = rows.exclude(status=Camera.Status.REMOVED)
    total, online = rows.count(), rows.filter(status=Camera.Status.ONLINE).count()
    return Measure(value=round(100 * online / total, 1) if total else None, samples=total, basis=basis)


@indicator(code="cameras.online", title=_("视频监控点在线率"), unit="%", drill_down="cameras")
def online(area_code: str, as_of: datetime) -> Measure:
    """Share of all registered cameras that their device or platform says are online now."""
    return _share_online(area_code, _("视频监控点台账：当前状态为在线的点；已移出目录的不计"))


@indicator(code="cameras.nodes_online", title=_("交通节点视频在线率"), unit="%", drill_down="cameras")
def nodes_online(area_code: str, as_of: datetime) -> Measure:
    """The same for the cameras at traffic nodes."""
    basis = _("视频监控点台账：公路、桥隧、铁路、水路、机场、管道、城市出入口的点，当前状态为在线；已移出目录的不计")
    return _share_online(area_code, basis, kind__in=NODES)


@indicator(
    code="expressway_video_coverage", title=_("高速公路视频云联网覆盖率"), unit="%", drill_down="cameras"
)  # fmt: skip
def expressway_video_coverage(area_code: str, as_of: datetime) -> Measure:
    """Share of the length of expressways in the network in use that lies within half the spacing of a camera online."""
    network = current_network()
    if network is None or not network.area_id.startswith(prefix(area_code)):
        return Measure(value=None, samples=0, basis=_("没有路网，或路网不在这个区域内，算不出"))
    roads, norm = roads_of(network), rule("transport.expressway_video")
    lines = roads.lines[roads.road_class == CLASSES.index("motorway")]
    length = float(shapely.length(lines).sum())
    if not length:
        return Measure(
            value=None, samples=0, basis=_("%(network)s里没有高速公路路段，算不出") % {"network": network.title}
        )
    rows = counted(Camera.objects.filter(within((prefix(area_code),)), kind__in=BESIDE_EXPRESSWAYS), "is_demo")
    online = rows.filter(status=Camera.Status.ONLINE, lon__isnull=False).values_list("lon", "lat")
    seen = 0.0
    if places := list(online):
        near = shapely.buffer(shapely.multipoints(roads.plane.to_metres(places)), norm.params["spacing_m"] / 2)
        seen = float(shapely.length(shapely.intersection(lines, near)).sum())
    kind = _("合成路网，不是真实道路") if network.is_synthetic else network.title
    return Measure(
        value=round(100 * seen / length, 1), samples=len(places),
        basis=_("高速公路 %(length)s km（%(kind)s，双向分别计）中离在线摄像机不超过 %(spacing_m)s m 的里程（%(norm)s）") % {"length": f"{length / 1000:.0f}", "kind": kind, "spacing_m": f"{norm.params['spacing_m'] / 2:g}", "norm": norm.get_status_display()},
    )  # fmt: skip
