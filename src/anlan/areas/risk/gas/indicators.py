"""Whether the valves of the gas networks can do what an isolation asks of them."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.gas.models import GasPoint
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import rule


def _valves(area_code: str):
    return counted(GasPoint.objects.filter(within((prefix(area_code),)), kind=GasPoint.Kind.VALVE), "is_demo")


@indicator(code="gas.valves_closable", title=_("燃气管道阀门可关闭率"), unit="%", drill_down="gaspoints")
def closable(area_code: str, as_of: datetime) -> Measure:
    """Share of the valves that are not known to be stuck, buried or out of reach."""
    total = _valves(area_code).count()
    stuck = _valves(area_code).filter(valve_state=GasPoint.ValveState.STUCK).count()
    value = round(100 * (total - stuck) / total, 1) if total else None
    return Measure(value=value, samples=total, basis=_("燃气管点台账：阀门关得上的比例"))


@indicator(code="gas.valves_exercised", title=_("燃气管道阀门按期启闭率"), unit="%", drill_down="gaspoints")
def exercised(area_code: str, as_of: datetime) -> Measure:
    """Share of the valves that were exercised within the rule's days; one whose day nobody knows was not."""
    found = rule("gas.valve_exercise")
    since = timezone.localdate(as_of) - timedelta(days=found.params["days"])
    total = _valves(area_code).count()
    done = _valves(area_code).filter(exercised_on__gte=since).count()
    value = round(100 * done / total, 1) if total else None
    return Measure(
        value=value,
        samples=total,
        basis=_("燃气管点台账；%(citation)s（%(found)s）")
        % {"citation": found.citation, "found": found.get_status_display()},
    )
