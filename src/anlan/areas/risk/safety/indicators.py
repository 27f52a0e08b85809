"""How well the major hazard sources are kept: valid calculation sheets, persons responsible, filings in time."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.safety.models import HazardSource, HazardUnit
from anlan.areas.risk.safety.queries import FILING_RULE, Standing, standings
from anlan.areas.risk.safety.rules import due_on
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import rule


def _share(area_code: str, holds: Callable[[Standing], bool], basis: str) -> Measure:
    """Share of the registered hazard sources whose unit stands as wanted; a source without a unit does not."""
    sources = HazardSource.objects.filter(within((prefix(area_code),)))
    total = sources.count()
    units = HazardUnit.objects.filter(source__in=sources).select_related("sheet", "source", "enterprise")
    good = sum(holds(one) for one in standings(units.prefetch_related("stocks", "sheets")))
    return Measure(value=round(100 * good / total, 1) if total else None, samples=total, basis=basis)


@indicator(code="safety.valid_sheets", title=_("重大危险源计算书有效率"), unit="%", drill_down="hazardunits")
def valid_sheets(area_code: str, as_of: datetime) -> Measure:
    """Share of the hazard sources with an accepted sheet that is young enough and says what is stored now."""
    basis = _("重大危险源台账：单元的计算书审核通过、未到期、与现有存量一致")
    return _share(area_code, lambda one: one.is_valid, basis)


@indicator(code="safety.persons_complete", title=_("重大危险源包保责任人到位率"), unit="%", drill_down="hazardunits")
def persons_complete(area_code: str, as_of: datetime) -> Measure:
    """Share of the hazard sources that name all persons responsible."""
    return _share(area_code, lambda one: not one.missing, _("重大危险源台账：单元的主要、技术、操作负责人齐全"))


@indicator(code="safety.filed_in_time", title=_("重大危险源按期备案率"), unit="%", drill_down="hazardsheets")
def filed_in_time(area_code: str, as_of: datetime) -> Measure:
    """Share of the sheets in force whose filing was done by its day; one whose day is still to come is left out."""
    day, limit = timezone.localdate(as_of), rule(FILING_RULE).params["days"]
    units = HazardUnit.objects.filter(within((prefix(area_code),)), sheet__is_major=True).select_related("sheet")
    told = []
    for unit in units:
        sheet = unit.sheet
        due = due_on(sheet.assessed_on or timezone.localdate(sheet.signed_at), limit)
        if sheet.filed_on is not None or due < day:
            told.append(sheet.filed_on is not None and sheet.filed_on <= due)
    value = round(100 * sum(told) / len(told), 1) if told else None
    return Measure(value=value, samples=len(told), basis=_("现行计算书：评估完成后期限内备案；期限未到且未备案的不计"))
