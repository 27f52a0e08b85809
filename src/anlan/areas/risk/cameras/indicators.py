"""How many of the cameras answer."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.cameras.models import Camera
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

Kind = Camera.Kind
#: The nodes that task 28 names: 铁路、公路、水路、机场、管道、城市出入口.
NODES = (
    Kind.EXPRESSWAY, Kind.ROAD, Kind.BRIDGE, Kind.RAILWAY, Kind.WATERWAY, Kind.AIRPORT, Kind.PIPELINE, Kind.ENTRANCE,
)  # fmt: skip


def _share_online(area_code: str, basis: str, **chosen: object) -> Measure:
    rows = counted(Camera.objects.filter(within((prefix(area_code),)), **chosen), "is_demo")
    rows = rows.exclude(status=Camera.Status.REMOVED)
    total, online = rows.count(), rows.filter(status=Camera.Status.ONLINE).count()
    return Measure(value=round(100 * online / total, 1) if total else None, samples=total, basis=basis)


@indicator(code="cameras.online", title=_("视频监控点在线率"), unit="%", drill_down="cameras")
def online(area_code: str, as_of: datetime) -> Measure:
    """Share of all registered cameras that their device or platform says are online now."""
    return _share_online(area_code, "视频监控点台账：当前状态为在线的点；已移出目录的不计")


@indicator(code="cameras.nodes_online", title=_("交通节点视频在线率"), unit="%", drill_down="cameras")
def nodes_online(area_code: str, as_of: datetime) -> Measure:
    """The same for the cameras at traffic nodes."""
    basis = "视频监控点台账：公路、桥隧、铁路、水路、机场、管道、城市出入口的点，当前状态为在线；已移出目录的不计"
    return _share_online(area_code, basis, kind__in=NODES)
