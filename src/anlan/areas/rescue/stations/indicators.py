"""How much of the built-up area a fire crew reaches within five minutes, and how many forces are restructured."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.stations import queries
from anlan.areas.rescue.stations.coverage import Share
from anlan.areas.rescue.stations.models import FireStation
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.roads.speeds import FREE


@indicator(
    code="five_minute_fire_circle", title=_("市县建成区5分钟灭火救援圈覆盖率"), unit="%", drill_down="firestations"
)
def five_minute_fire_circle(area_code: str, as_of: datetime) -> Measure:
    """Share of people in subdistricts (街道) that a crew reaches in five minutes; outlines of built-up areas are lacking."""
    found = queries.circle(prefix(area_code))
    if found is None:
        return Measure(value=None, samples=0, basis=_("消防站台账和路网：尚无执勤站或路网"))
    network = found.network
    said = {
        "network": _("合成路网") if network.is_synthetic else network.title, "speeds": found.speeds.words,
        "free": _percent(found.free), "worst": _percent(found.worst),
    }  # fmt: skip
    if found.choice == FREE:
        basis = _(
            "执勤消防站、路网（%(network)s）、1 分钟出动加行车的时间，按自由流车速；最不利时段为 %(worst)s（%(speeds)s），"
            "车速核对后改按最不利时段；建成区边界未接入，以街道的村（社区）人口代替，不计临时阻断"
        )
    else:
        basis = _(
            "执勤消防站、路网（%(network)s）、1 分钟出动加行车的时间，%(speeds)s；与以前可比的自由流车速下为 %(free)s；"
            "建成区边界未接入，以街道的村（社区）人口代替，不计临时阻断"
        )
    basis %= said
    return Measure(value=found.share.percent, samples=found.stations, basis=basis)


def _percent(found: Share) -> str:
    return str(_("未知")) if found.percent is None else f"{found.percent}%"


@indicator(
    code="fire_force_structure", title=_("完成规模结构和力量编成调整的消防站占比"), unit="%", drill_down="firestations"
)
def fire_force_structure(area_code: str, as_of: datetime) -> Measure:
    """Share of the stations on duty whose adjustment is recorded as finished; what is not recorded is not finished."""
    stations = counted(FireStation.objects.filter(within((prefix(area_code),))), "is_demo")
    stations = stations.filter(status=FireStation.Status.ACTIVE)
    total = stations.count()
    done = stations.filter(restructured_on__lte=timezone.localdate(as_of)).count()
    is_known = total and stations.exclude(restructured_on=None).exists()
    return Measure(
        value=round(100 * done / total, 1) if is_known else None,
        samples=total,
        basis=_("消防站台账登记的调整完成日期；一个都没有登记时为未知"),
    )
