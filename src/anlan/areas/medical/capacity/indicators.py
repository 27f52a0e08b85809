"""Infectious beds, summed from the hospitals' own reports."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from anlan.areas.medical.capacity.models import Hospital
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(code="infectious_beds", title=_("传染病临床诊疗床位"), unit=_("张"), drill_down="hospitals")
def infectious_beds(area_code: str, as_of: datetime) -> Measure:
    """Beds reported by hospitals; hospitals that never reported are left out and counted in the basis."""
    rows = Hospital.objects.filter(within((prefix(area_code),)))
    reported = rows.filter(infectious_beds__isnull=False)
    silent = rows.count() - reported.count()
    total = reported.aggregate(total=Sum("infectious_beds"))["total"]
    return Measure(value=total, samples=reported.count(), basis=_("医院填报；%(silent)s 家未填报") % {"silent": silent})


@indicator(code="isolation_rooms", title=_("集中隔离储备房间"), unit=_("间"), drill_down="hospitals")
def isolation_rooms(area_code: str, as_of: datetime) -> Measure:
    """Isolation rooms reported in an area."""
    rows = Hospital.objects.filter(within((prefix(area_code),)), isolation_rooms__isnull=False)
    return Measure(
        value=rows.aggregate(total=Sum("isolation_rooms"))["total"], samples=rows.count(), basis=_("医院填报")
    )
