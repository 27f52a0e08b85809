"""Whether the stock meets the norm."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Stock
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(code="living_supplies_norm", title=_("储备达到标准的物资比例"), unit="%", drill_down="stock")
def living_supplies_norm(area_code: str, as_of: datetime) -> Measure:
    """Share of stock lines with a norm whose counted quantity reaches it."""
    lines = Stock.objects.filter(within((prefix(area_code),)), norm__gt=0)
    total = lines.count()
    met = lines.filter(quantity__gte=F("norm")).count()
    return Measure(
        value=round(100 * met / total, 1) if total else None,
        samples=total,
        basis="库存台账：盘点数量与储备标准",
    )
