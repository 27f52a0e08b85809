"""What the response learns from others: warnings and assessments as facts, struck clocks, confirmed notices."""

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from anlan.areas.command.response.models import Fact, Order, OrderReport
from anlan.areas.command.response.services.orders import mark_overdue, report_on_order
from anlan.foundation.clocks.models import Clock
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import AssessmentRaised, ClockStruck, NoticeSent, WarningIssued
from anlan.foundation.notices.models import Notice

#: Which fact a hazard's colour is, by event code or word: (the bureau's warning, our own assessment).
HAZARDS = {
    "11B03": ("rain_warning", "rain_assessment"),
    "rain": ("rain_warning", "rain_assessment"),
    "rainstorm": ("rain_warning", "rain_assessment"),
    "11B01": ("typhoon_warning", ""),
    "typhoon": ("typhoon_warning", ""),
    "11A01": ("river_warning", "river_assessment"),
    "flood": ("river_warning", "river_assessment"),
    "river": ("river_warning", "river_assessment"),
    "12D00": ("", "gas_assessment"),
    "gas": ("", "gas_assessment"),
}
LAPSED = ("cancelled", "cancel", "expired", "lapsed")


def _keep(name: str, area_code: str, colour: str, source: str, is_exercise: bool) -> None:
    if name:
        Fact.objects.create(
            name=name,
            area_code=area_code,
            value=colour or None,
            source=source[:200],
            observed_at=timezone.now(),
            is_exercise=is_exercise,
        )


@subscribe(WarningIssued)
def keep_warning(event: WarningIssued) -> None:
    """The bureau's colour counts until it is cancelled."""
    colour = "" if event.status.lower() in LAPSED else event.colour
    _keep(HAZARDS.get(event.hazard, ("", ""))[0], event.area_code, colour, event.title, event.is_exercise)


@subscribe(AssessmentRaised)
def keep_assessment(event: AssessmentRaised) -> None:
    """Our own assessment's colour, said to be internal."""
    _keep(HAZARDS.get(event.hazard, ("", ""))[1], event.area_code, event.colour, event.title, event.is_exercise)


@subscribe(ClockStruck)
def note_overdue(event: ClockStruck) -> None:
    """An order whose time is up is overdue."""
    if event.percent < 100:
        return
    orders = ContentType.objects.get_for_model(Order)
    clock = Clock.objects.filter(pk=event.clock, subject_type=orders).exclude(rule__startswith="orders.").first()
    order = clock and Order.objects.select_related("incident", "department").filter(pk=clock.subject_id).first()
    if order:
        mark_overdue(order, clock.due_at)


@subscribe(NoticeSent)
def acknowledge_by_notice(event: NoticeSent) -> None:
    """Whoever confirms an order's notice has received the order."""
    if event.status != "confirmed":
        return
    notice = Notice.objects.filter(
        pk=event.notice, subject_type__app_label="response", subject_type__model="order"
    ).first()
    if notice is None or notice.confirmed_by is None:
        return
    order = Order.objects.select_related("incident", "department").get(pk=notice.subject_id)
    if order.status == Order.Status.SENT and notice.confirmed_by.department_id == order.department_id:
        report_on_order(
            actor=notice.confirmed_by, order=order, verb=OrderReport.Verb.ACKNOWLEDGE, at=notice.confirmed_at
        )
