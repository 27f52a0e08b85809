"""Whether reserves meet their norms, purchases are planned, and depots keep their books here."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Depot, Item, PurchasePlan
from anlan.areas.supplies.movements.models import Count, Slip
from anlan.areas.supplies.movements.queries import gaps
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area

#: A depot whose books had no entry and no stock-take for so long does not count as kept online.
QUIET = timedelta(days=365)


def _met(area_code: str, needs: tuple[str, ...], basis: str) -> Measure:
    found = gaps(area_code, needs=needs)
    met = sum(gap.is_met for gap in found)
    return Measure(value=round(100 * met / len(found), 1) if found else None, samples=len(found), basis=basis)


@indicator(code="living_supplies_norm", title=_("储备达到标准的生活保障物资比例"), unit="%", drill_down="norms")
def living_supplies_norm(area_code: str, as_of: datetime) -> Measure:
    """Share of living supplies, reserve by reserve, of which as much as the norm is usable."""
    return _met(area_code, (Item.Need.LIVING,), _("政府实物储备的可用库存与储备标准（未登记的按规则测算，待核对）"))


@indicator(code="urgent_supplies_met", title=_("储备达到标准的急需物资比例"), unit="%", drill_down="norms")
def urgent_supplies_met(area_code: str, as_of: datetime) -> Measure:
    """Share of the norms for urgent supplies, reserve by reserve, that usable stock meets."""
    return _met(area_code, Item.URGENT, _("五类急需物资的可用库存与已登记的储备标准"))


@indicator(code="supply_purchase_plans", title=_("有年度采购计划的县区比例"), unit="%", drill_down="purchaseplans")
def supply_purchase_plans(area_code: str, as_of: datetime) -> Measure:
    """Share of counties and zones with an adopted purchase plan for this year or the next."""
    areas = Area.objects.filter(
        within((prefix(area_code),), "code"), level__in=(Area.Level.COUNTY, Area.Level.ZONE)
    ).exclude(pk=settings.ANLAN.city)
    year = timezone.localdate(as_of).year
    plans = counted(PurchasePlan.objects, "is_demo").filter(
        area=OuterRef("pk"), year__in=(year, year + 1), adopted_on__lte=timezone.localdate(as_of)
    )
    total, planned = areas.count(), areas.filter(Exists(plans)).count()
    return Measure(
        value=round(100 * planned / total, 1) if total else None,
        samples=total,
        basis=_("采购计划台账：本年度或下一年度已批准的计划"),
    )


@indicator(code="supply_process_online", title=_("出入库在线管理的储备库比例"), unit="%", drill_down="depots")
def supply_process_online(area_code: str, as_of: datetime) -> Measure:
    """Share of depots with a receipt, an issue, a transfer or an approved stock-take here within the year."""
    depots = Depot.objects.filter(within((prefix(area_code),)))
    slips = counted(Slip.objects).filter(
        Q(depot=OuterRef("pk")) | Q(to_depot=OuterRef("pk")), made_at__gt=as_of - QUIET, made_at__lte=as_of
    )
    counts = Count.objects.filter(
        depot=OuterRef("pk"), status=Count.Status.APPROVED, decided_at__gt=as_of - QUIET, decided_at__lte=as_of
    )
    kept = depots.filter(Exists(slips.exclude(kind=Slip.Kind.OPENING)) | Exists(counts)).count()
    total = depots.count()
    return Measure(
        value=round(100 * kept / total, 1) if total else None,
        samples=total,
        basis=_("一年内有出入库或经审批盘点的储备库；只有期初数的不算"),
    )
