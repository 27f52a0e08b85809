"""Remind addressees of orders that they did not acknowledge, or that are late."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.response.models import Order
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notices


@transaction.atomic
def remind_orders(*, actor: User, orders: Iterable[Order]) -> int:
    """Call the addressees of the open orders among these once more; the number of those that have a post to call."""
    wanted = [order for order in orders if order.is_open and not order.is_running]
    if not wanted:
        raise ValidationError(_("没有需要催办的指令。"))
    for incident in {order.incident for order in wanted}:
        demand_incident(actor, incident)
    notices = send_notices(
        [
            {
                "actor": actor,
                "post": order.post,
                "title": f"催办：{order.title}"[:200],
                "body": f"{order.incident.title}。{_state(order)}",
                "urgency": Notice.Urgency.URGENT,
                "subject": order,
                "incident_id": order.incident_id,
                "area_code": order.department.area_id,
                "link": f"/orders/{order.pk}/",
                "is_exercise": order.is_exercise,
            }
            for order in wanted
            if order.post is not None
        ]
    )
    audit.record(actor=actor, action="order.remind", details={"orders": [order.pk for order in wanted]})
    for incident in {order.incident for order in wanted}:
        mine = [order for order in wanted if order.incident_id == incident.pk]
        names = "、".join(dict.fromkeys(o.department.short_name or o.department.name for o in mine))
        record_entry(
            incident=incident,
            kind=TimelineEntry.Kind.ORDER,
            text=f"催办指令 {len(mine)} 条：{names}"[:1000],
            actor=actor,
            data={"reminded": [order.pk for order in mine]},
        )
    return len(notices)


def _state(order: Order) -> str:
    due = f"{timezone.localtime(order.due_at):%m月%d日 %H:%M}"
    if order.is_overdue:
        return f"应于 {due} 前完成，现已超时，请立即反馈"
    if order.status == Order.Status.SENT:
        return f"指令尚未签收，请签收并于 {due} 前完成"
    return f"请于 {due} 前完成并反馈"
