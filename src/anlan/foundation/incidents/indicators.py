"""Deaths, losses and grave accidents of the last twelve months, summed from the incidents themselves."""

from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from anlan.foundation.incidents.models import EventKind, Grade, Incident
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

#: Days that a sum looks back, so that any two days can be compared.
WINDOW = 365
#: 道路交通事故.
ROAD_ACCIDENTS = ("12H00",)


def _incidents(area_code: str, as_of: datetime) -> QuerySet[Incident]:
    rows = Incident.objects.filter(
        within((prefix(area_code),)), occurred_at__gt=as_of - timedelta(days=WINDOW), occurred_at__lte=as_of
    )
    return counted(rows.exclude(status=Incident.Status.MERGED))


def _summed(area_code: str, as_of: datetime, field: str, unit: int = 1) -> Measure:
    rows = _incidents(area_code, as_of)
    known = rows.filter(**{f"{field}__isnull": False})
    total = known.aggregate(total=Sum(field))["total"]
    silent = rows.count() - known.count()
    return Measure(
        value=round(float(total) / unit, 2) if total is not None else None,
        samples=known.count(),
        basis=_("突发事件台账：近一年；%(silent)s 起未填报") % {"silent": silent},
    )


def _accidents(area_code: str, as_of: datetime, grades: tuple[str, ...]) -> Measure:
    rows = _incidents(area_code, as_of).filter(kind__category=EventKind.Category.ACCIDENT)
    graded = rows.exclude(grade="")
    ungraded = rows.count() - graded.count()
    return Measure(
        value=graded.filter(grade__in=grades).count() if graded else None,
        samples=graded.count(),
        basis=_("突发事件台账：近一年事故灾难；%(ungraded)s 起未定级") % {"ungraded": ungraded},
    )


@indicator(code="event_deaths", title=_("突发事件死亡人数"), unit=_("人"), drill_down="incidents")
def deaths(area_code: str, as_of: datetime) -> Measure:
    """Deaths of the incidents that report them."""
    return _summed(area_code, as_of, "dead")


@indicator(code="event_direct_loss", title=_("突发事件直接经济损失"), unit=_("万元"), drill_down="incidents")
def direct_loss(area_code: str, as_of: datetime) -> Measure:
    """Direct economic loss of the incidents that report it, in 10,000 yuan."""
    return _summed(area_code, as_of, "loss_yuan", unit=10_000)


@indicator(code="secondary_accidents", title=_("“二次事故”起数"), unit=_("起"), drill_down="incidents")
def secondary_accidents(area_code: str, as_of: datetime) -> Measure:
    """Road traffic accidents that a named person found to follow from another one."""
    rows = _incidents(area_code, as_of).filter(kind__in=ROAD_ACCIDENTS)
    return Measure(
        value=rows.filter(cause__kind__in=ROAD_ACCIDENTS).count() if rows else None,
        samples=rows.count(),
        basis=_("突发事件台账：近一年道路交通事故中，经认定由前一起道路交通事故引发的；没有认定的不计"),
    )


@indicator(code="larger_accidents", title=_("较大事故起数"), unit=_("起"), drill_down="incidents")
def larger_accidents(area_code: str, as_of: datetime) -> Measure:
    """Accidents of grade III; all industries, because an incident does not name its industry."""
    return _accidents(area_code, as_of, (Grade.III,))


@indicator(code="major_accidents", title=_("重特大事故起数"), unit=_("起"), drill_down="incidents")
def major_accidents(area_code: str, as_of: datetime) -> Measure:
    """Accidents of grades II and I."""
    return _accidents(area_code, as_of, (Grade.II, Grade.I))
