"""How well plans are kept, and how fast orders are received and carried out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.response.models import ActionCard, Order, Plan
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within


def _orders(area_code: str, as_of: datetime) -> QuerySet[Order]:
    rows = Order.objects.filter(within((prefix(area_code),), "department__area_id"), sent_at__lte=as_of)
    return counted(rows).exclude(status=Order.Status.CANCELLED)


def _share(outcomes: Iterable[bool], basis: str) -> Measure:
    found = list(outcomes)
    return Measure(value=round(100 * sum(found) / len(found), 1) if found else None, samples=len(found), basis=basis)


@indicator(code="command.orders_received", title=_("指令按时签收率"), unit="%", drill_down="orders")
def orders_received(area_code: str, as_of: datetime) -> Measure:
    """Share of orders whose receipt is due or given that were acknowledged in time."""
    rows = _orders(area_code, as_of).values_list("acknowledged_at", "acknowledge_by")
    settled = (at is not None and at <= by for at, by in rows if by <= as_of or (at is not None and at <= as_of))
    return _share(settled, _("指令的签收时间和签收时限"))


@indicator(code="command.orders_in_time", title=_("指令按时完成率"), unit="%", drill_down="orders")
def orders_in_time(area_code: str, as_of: datetime) -> Measure:
    """Share of orders due or done that were done in time; a continuous task counts by its first report."""
    rows = _orders(area_code, as_of)
    settled = (
        order.overdue_at is None and (order.done_at is not None or order.is_continuous)
        for order in rows
        if order.due_at <= as_of or (order.done_at is not None and order.done_at <= as_of)
    )
    return _share(settled, _("指令的完成时间和完成时限"))


@indicator(code="command.plans_filed", title=_("已发布预案的备案率"), unit="%", drill_down="plans")
def plans_filed(area_code: str, as_of: datetime) -> Measure:
    """Share of published plans that were filed."""
    plans = Plan.objects.filter(within((prefix(area_code),)), status=Plan.Status.PUBLISHED)
    return _share((plan.filed_at is not None for plan in plans), _("预案台账：发布和备案日期"))


@indicator(code="command.cards_checked", title=_("已核对的行动卡比例"), unit="%", drill_down="plans")
def cards_checked(area_code: str, as_of: datetime) -> Measure:
    """Share of the published plans' action cards that somebody compared with the plan's wording."""
    cards = ActionCard.objects.filter(within((prefix(area_code),), "plan__area_id"), plan__status=Plan.Status.PUBLISHED)
    return _share(cards.values_list("is_checked", flat=True), _("预案行动卡的核对标记"))


def _hours_to_completion(target: str, area_code: str, as_of: datetime) -> list[float]:
    """Hours from the order to its completion, for the orders of the cards that measure a target."""
    done = _orders(area_code, as_of).filter(card__target=target, done_at__lte=as_of)
    return [(end - start) / timedelta(hours=1) for start, end in done.values_list("sent_at", "done_at")]


def _median_hours(target: str, area_code: str, as_of: datetime) -> Measure:
    hours = _hours_to_completion(target, area_code, as_of)
    value = round(median(hours), 1) if hours else None
    return Measure(value=value, samples=len(hours), basis=_("对应行动卡的指令：下达到完成的用时（中位数）"))


@indicator(code="medical_rescue_hours", title=_("重大灾害事故紧急医学救援时间"), unit=_("小时"), drill_down="orders")
def medical_rescue_hours(area_code: str, as_of: datetime) -> Measure:
    """Hours from the order until medical rescue is at work."""
    return _median_hours("medical_rescue_hours", area_code, as_of)
