"""How much key forest a forest team reaches in time, and how much has water near."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.forest import queries, rules
from anlan.areas.rescue.stations.queries import counted_at
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix


@indicator(
    code="rescue.key_forest_reached",
    title=_("森林消防队伍按时到达的重点林区面积占比"),
    unit="%",
    drill_down="forestcells",
)
def key_forest_reached(area_code: str, as_of: datetime) -> Measure:
    """Share of key forest that a ready forest team reaches within the rule's time; closures left out."""
    found = queries.key_forest_reached(prefix(area_code), counted_at())
    cells = len(queries.key_forest(prefix(area_code)))
    if found is None:
        return Measure(
            value=None, samples=cells, basis=_("林区单元台账、救援队伍台账和路网：尚无重点林区、森林消防队伍或路网")
        )
    hectares, speeds, network = found
    limits = rules.limits()
    basis = _(
        "重点林区单元中心、待命的森林消防队伍、路网（%(network)s），%(speeds)s，离路步行 %(walk)s 千米/时；"
        "%(minutes)s 分钟内（%(citation)s，%(status)s），不计临时阻断"
    ) % {
        "network": _("合成路网") if network.is_synthetic else network.title, "speeds": speeds.words,
        "walk": f"{limits.walk_kmh:g}", "minutes": f"{limits.minutes:g}", "citation": limits.citation,
        "status": limits.status,
    }  # fmt: skip
    return Measure(value=hectares.percent, samples=cells, basis=basis)


@indicator(
    code="rescue.key_forest_watered", title=_("有森林防火水源地的重点林区面积占比"), unit="%", drill_down="waterpoints"
)
def key_forest_watered(area_code: str, as_of: datetime) -> Measure:
    """Share of key forest with water that can be used this month within the rule's distance."""
    found = queries.key_forest_watered(prefix(area_code))
    limits = rules.limits()
    if found is None:
        return Measure(value=None, samples=0, basis=_("林区单元台账：尚无重点林区登记"))
    basis = _("重点林区单元中心 %(metres)s 米（直线，%(status)s）内有当月可用的森林防火水源地") % {
        "metres": f"{limits.water_m:g}", "status": limits.status,
    }  # fmt: skip
    return Measure(value=found.percent, samples=len(queries.key_forest(prefix(area_code))), basis=basis)
