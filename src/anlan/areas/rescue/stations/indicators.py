"""How much of the built-up area a fire crew reaches within five minutes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.stations import queries
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix


@indicator(
    code="five_minute_fire_circle", title=_("市县建成区5分钟灭火救援圈覆盖率"), unit="%", drill_down="firestations"
)
def five_minute_fire_circle(area_code: str, as_of: datetime) -> Measure:
    """Share of people in subdistricts (街道) that a crew reaches in five minutes; outlines of built-up areas are lacking."""
    found = queries.circle(prefix(area_code))
    if found is None:
        return Measure(value=None, samples=0, basis="消防站台账和路网：尚无执勤站或路网")
    share, stations, network = found
    kind = "合成路网" if network.is_synthetic else f"路网“{network.title}”"
    basis = (
        f"执勤消防站、{kind}、1 分钟出动加行车的路网时间；建成区边界未接入，以街道的村（社区）人口代替，不计临时阻断"
    )
    return Measure(value=share.percent, samples=stations, basis=basis)
