"""How much key forest a forest team reaches in time, and how much has water near."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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
            value=None, samples=cells, basis="林区单元台账、救援队伍台账和路网：尚无重点林区、森林消防队伍或路网"
        )
    hectares, speeds, network = found
    kind = "合成路网" if network.is_synthetic else f"路网“{network.title}”"
    with override("zh-hans"):
        words = speeds.words
    limits = rules.limits()
    basis = (
        f"重点林区单元中心、待命的森林消防队伍、{kind}，{words}，离路步行 {limits.walk_kmh:g} 千米/时；"
        f"{limits.minutes:g} 分钟内（{limits.citation}，{limits.status}），不计临时阻断"
    )
    return Measure(value=hectares.percent, samples=cells, basis=basis)


@indicator(
    code="rescue.key_forest_watered", title=_("有森林防火水源地的重点林区面积占比"), unit="%", drill_down="waterpoints"
)
def key_forest_watered(area_code: str, as_of: datetime) -> Measure:
    """Share of key forest with water that can be used this month within the rule's distance."""
    found = queries.key_forest_watered(prefix(area_code))
    limits = rules.limits()
    basis = f"重点林区单元中心 {limits.water_m:g} 米（直线，{limits.status}）内有当月可用的森林防火水源地"
    if found is None:
        return Measure(value=None, samples=0, basis=f"{basis}；尚无重点林区登记")
    return Measure(value=found.percent, samples=len(queries.key_forest(prefix(area_code))), basis=basis)
