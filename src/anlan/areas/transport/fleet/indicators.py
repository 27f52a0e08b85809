"""Convoys that meet their standard, and vehicles whose place is known."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.fleet.models import Convoy, Vehicle
from anlan.areas.transport.fleet.queries import whole
from anlan.areas.transport.fleet.rules import standard_on
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

#: A position older than this says little about where a vehicle is.
FRESH = timedelta(hours=1)


@indicator(code="emergency_convoys", title=_("综合性应急保障车队"), unit=_("支"), drill_down="convoys")
def convoys(area_code: str, as_of: datetime) -> Measure:
    """Comprehensive convoys whose registered people, vehicles and gear, papers in order, meet the standard."""
    rows = list(
        whole(counted(Convoy.objects, "is_demo")).filter(
            within((prefix(area_code),)), ~Q(status=Convoy.Status.STOOD_DOWN), is_comprehensive=True
        )
    )
    day = timezone.localdate(as_of)
    standard = standard_on(day)
    if standard is None:
        return Measure(value=None, samples=len(rows), basis=_("没有车队要素配置标准"))
    return Measure(
        value=sum(one.proof_on(day).meets for one in rows) if rows else None, samples=len(rows),
        basis=_("应急保障车队台账：人员、车辆、装备证照齐全并达到%(document)s（%(standard)s）的未停用综合性车队") % {"document": standard.document, "standard": standard.get_status_display()},
    )  # fmt: skip


@indicator(code="transport.vehicles_located", title=_("应急车辆实时定位率"), unit="%", drill_down="vehicles")
def vehicles_located(area_code: str, as_of: datetime) -> Measure:
    """Share of the registered emergency vehicles whose terminal said within an hour where they are."""
    rows = counted(Vehicle.objects.filter(within((prefix(area_code),))), "is_demo")
    total = rows.count()
    located = rows.filter(located_at__gt=as_of - FRESH, located_at__lte=as_of).count()
    return Measure(
        value=round(100 * located / total, 1) if total else None,
        samples=total,
        basis=_("应急车辆台账：近1小时有定位的车辆"),
    )
