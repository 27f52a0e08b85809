"""Townships that are far from any transport node."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.nodes.models import TransportNode
from anlan.areas.transport.nodes.queries import first_last_kilometre
from anlan.foundation.indicators.registry import Measure, counted, indicator


@indicator(
    code="first_last_kilometre_gaps", title=_("交通服务“最先和最后一公里”断点"), unit=_("处"),
    drill_down="transportnodes",
)  # fmt: skip
def first_last_kilometre_gaps(area_code: str, as_of: datetime) -> Measure:
    """Townships farther from the nearest node than the rule allows, over the network in use with all roads open."""
    nodes = list(counted(TransportNode.objects.exclude(status=TransportNode.Status.CLOSED), "is_demo"))
    found = first_last_kilometre(area_code, nodes)
    if found is None:
        return Measure(value=None, samples=len(nodes), basis=_("没有路网或没有登记交通节点，算不出"))
    kind = _("合成路网，不是真实道路") if found.network.is_synthetic else found.network.title
    unknown = _("；%(unknown)s 个乡镇位置未知，未计") % {"unknown": found.unknown} if found.unknown else ""
    return Measure(
        value=len(found.gaps) if found.lines else None, samples=len(found.lines),
        basis=_("乡镇驻地到最近交通节点超过 %(minutes)s 分钟（%(limit)s，%(kind)s）%(unknown)s") % {"minutes": found.limit.params['minutes'], "limit": found.limit.get_status_display(), "kind": kind, "unknown": unknown},
    )  # fmt: skip
