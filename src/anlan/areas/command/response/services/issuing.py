"""Send many orders at once: rows, notices, two clocks and a timeline entry each, in a handful of statements."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from anlan.areas.command.response.models import Activation, Level, Order
from anlan.areas.command.response.queries import Draft, acknowledge_minutes
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.incidents.models import TimelineEntry, author
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notices


def issue_orders(*, actor: User, activation: Activation, drafts: Sequence[Draft]) -> list[Order]:
    """Create and send the orders of an activation."""
    now = activation.decided_at
    orders = Order.objects.bulk_create(
        Order(
            incident=activation.incident,
            activation=activation,
            card=draft.card,
            department=draft.department,
            area=draft.area,
            post=draft.post,
            person=draft.person,
            title=draft.card.title,
            detail=draft.card.detail,
            documents=draft.card.documents,
            needs=draft.card.resources,
            is_continuous=draft.card.is_continuous,
            start_at=draft.start_at,
            due_at=draft.due_at,
            acknowledge_by=draft.acknowledge_by,
            issued_by=str(actor),
            sent_at=now,
            is_exercise=activation.is_exercise,
        )
        for draft in drafts
    )
    urgency = Notice.Urgency.CRITICAL if activation.level in (Level.I, Level.II) else Notice.Urgency.URGENT
    deliver(actor=actor, orders=orders, urgency=urgency, level=activation.level, now=now)
    audit.record(
        actor=actor, action="order.issue", subject=activation, details={"orders": [order.pk for order in orders]}
    )
    return orders


def deliver(*, actor: User, orders: Sequence[Order], urgency: str, level: str, now: datetime) -> None:
    """Start the clocks of new orders, write them into the timeline and call the addressees."""
    _start_clocks(orders, level, now)
    TimelineEntry.objects.bulk_create(_entry(order, actor, now) for order in orders)
    send_notices(
        [
            {
                "actor": actor,
                "post": order.post,
                "title": f"指令：{order.title}"[:200],
                "body": _body(order),
                "urgency": urgency,
                "subject": order,
                "incident_id": order.incident_id,
                "area_code": order.department.area_id,
                "link": f"/orders/{order.pk}/",
                "is_exercise": order.is_exercise,
            }
            for order in orders
            if order.post is not None
        ]
    )


def _body(order: Order) -> str:
    due = f"{timezone.localtime(order.due_at):%m月%d日 %H:%M}"
    return f"{order.incident.title}。{order.detail}（{due} 前{'首次反馈' if order.is_continuous else '完成'}）"


def _start_clocks(orders: Sequence[Order], level: str, now: datetime) -> None:
    """Two clocks on every order: to acknowledge it, and to have it done."""
    _minutes, source = acknowledge_minutes(level)
    kind = ContentType.objects.get_for_model(Order)
    clocks = []
    for order in orders:
        same = {
            "subject_type": kind,
            "subject_id": order.pk,
            "incident_id": order.incident_id,
            "area_code": order.department.area_id,
            "department": order.department,
            "is_exercise": order.is_exercise,
        }
        clocks.append(
            Clock(
                **same,
                kind=Clock.Kind.OPERATIONAL,
                title=f"签收：{order.title}"[:200],
                started_at=now,
                due_at=order.acknowledge_by,
                rule=source.reference,
                citation=source.citation[:200],
            )
        )
        clocks.append(
            Clock(
                **same,
                kind=order.card.clock_kind if order.card else Clock.Kind.OPERATIONAL,
                title=f"{'首次反馈' if order.is_continuous else '完成'}：{order.title}"[:200],
                started_at=order.start_at,
                due_at=order.due_at,
                citation=f"{order.card.plan.title} {order.card.clause}"[:200] if order.card else "",
            )
        )
    Clock.objects.bulk_create(clocks)


def _entry(order: Order, actor: User, now: datetime) -> TimelineEntry:
    unit = order.department.short_name or order.department.name
    due = f"{timezone.localtime(order.due_at):%m-%d %H:%M}"
    return TimelineEntry(
        incident=order.incident,
        kind=TimelineEntry.Kind.ORDER,
        text=f"下达指令：{order.title} → {unit}，{due} 前",
        happened_at=now,
        recorded_at=now,
        data={"order": order.pk, "title": order.title, "unit": unit, "status": order.status},
        area_code=order.incident.area_id,
        told=[order.person_id] if order.person_id else [],
        **author(actor),
    )
