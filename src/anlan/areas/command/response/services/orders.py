"""What addressees and commanders do with orders: receive, report, finish, pass on, add, cancel."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.response.models import Order, OrderReport
from anlan.areas.command.response.queries import OPEN, acknowledge_minutes, choose_post, posts_of
from anlan.areas.command.response.services.issuing import deliver
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.services import cancel_clocks, clocks_of, meet_clocks
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import OrderChanged
from anlan.foundation.files.queries import attachments_of
from anlan.foundation.files.services import attach_file
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import confirm_notice
from anlan.foundation.places.models import Area

Verb, Status = OrderReport.Verb, Order.Status
#: The column that keeps the time of each verb, first time counts.
TIMES = {
    Verb.ACKNOWLEDGE: "acknowledged_at",
    Verb.SET_OUT: "set_out_at",
    Verb.ARRIVE: "arrived_at",
    Verb.FINISH: "done_at",
    Verb.WITHDRAW: "withdrawn_at",
}


def may_act(user: User, order: Order) -> bool:
    """Whether somebody may act on an order: its addressee, or a duty officer or commander on the addressee's word."""
    if order.department_id == user.department_id or order.person_id == user.pk:
        return user.may("act:orders")
    return user.may("act:incidents") and user.may("add:calls") and user.scope.contains(order.incident.area_id)


def _demand_order(actor: User, order: Order) -> bool:
    """PermissionDenied unless the person may act; true where somebody acts for the addressee."""
    demand(actor, "act:orders")
    if not may_act(actor, order):
        raise PermissionDenied(_("这条指令不是下达给您单位的。"))
    return order.department_id != actor.department_id and order.person_id != actor.pk


@transaction.atomic
def report_on_order(
    *,
    actor: User,
    order: Order,
    verb: str,
    text: str = "",
    place: str = "",
    lon: float | None = None,
    lat: float | None = None,
    at: datetime | None = None,
    key: str = "",
    photos: Sequence[UploadedFile] = (),
) -> tuple[OrderReport, bool]:
    """Acknowledge, set out, arrive, report, finish or withdraw; the result tells whether it is new.

    A phone may send the same thing twice (`key`) and late (`at`). A report on an order that was cancelled meanwhile
    is kept, and the order stays cancelled.
    """
    on_behalf = _demand_order(actor, order)
    order = (
        Order.objects.select_for_update(of=("self",)).select_related("incident", "department__area").get(pk=order.pk)
    )
    if key and (found := order.reports.filter(key=key, author_user=actor).first()):
        return found, False
    _check(order, verb, text, photos)
    now = timezone.now()
    at = max(min(at or now, now), order.sent_at)
    report = OrderReport(
        order=order,
        verb=verb,
        text=text.strip(),
        place=place,
        lon=lon,
        lat=lat,
        at=at,
        recorded_at=now,
        author=f"{actor}（代 {order.department}）"[:150] if on_behalf else str(actor),
        author_user=actor,
        key=key or None,
    )
    report.full_clean(exclude=["order"] if key else ["order", "key"])
    report.save()
    for photo in photos:
        attach_file(
            actor=actor, subject=report, upload=photo, area_code=order.incident.area_id, lon=lon, lat=lat, taken_at=at
        )
    if order.status != Status.CANCELLED:
        _advance(order, report)
    _confirm_notices(order, actor, "phone" if on_behalf else "app")
    audit.record(actor=actor, action=f"order.{verb}", subject=order, details={"text": text[:200], "at": at})
    _record(actor, order, report, len(photos))
    return report, True


def _check(order: Order, verb: str, text: str, photos: Sequence[UploadedFile]) -> None:
    if verb not in Verb.values:
        raise ValidationError({"verb": _("没有名为“%(verb)s”的动作。") % {"verb": verb}})
    if verb == Verb.REPORT and not text.strip() and not photos:
        raise ValidationError({"text": _("请填写反馈内容，或附一张照片。")})
    if verb == Verb.FINISH and order.documents and not text.strip() and not photos:
        given = order.reports.exclude(text="").exists() or any(attachments_of(r).exists() for r in order.reports.all())
        if not given:
            raise ValidationError({"text": _("完成前请提交：%(what)s。") % {"what": "、".join(order.documents)}})


def _advance(order: Order, report: OrderReport) -> None:
    """Move the order on; whoever sets out or reports has received it."""
    verb, at = report.verb, report.at
    if order.acknowledged_at is None or at < order.acknowledged_at:
        order.acknowledged_at = at
        order.acknowledged_by = report.author
    clocks_of(order).filter(rule__startswith="orders.acknowledgement", met_at=None).update(met_at=order.acknowledged_at)
    if column := TIMES.get(Verb(verb)):
        known = getattr(order, column)
        setattr(order, column, at if known is None else min(known, at))
    if verb == Verb.FINISH:
        order.status = Status.DONE
    elif order.status != Status.DONE:
        order.status = (
            Status.ACKNOWLEDGED
            if verb == Verb.ACKNOWLEDGE and order.status == Status.SENT
            else (order.status if verb == Verb.ACKNOWLEDGE else Status.UNDER_WAY)
        )
    if verb == Verb.FINISH or order.is_running:
        meet_clocks(subject=order, at=at)
        if at > order.due_at and order.overdue_at is None:
            order.overdue_at = order.due_at
    order.save()


def _confirm_notices(order: Order, actor: User, how: str) -> None:
    for notice in Notice.objects.filter(
        subject_type__app_label="response", subject_type__model="order", subject_id=order.pk, confirmed_at=None
    ):
        confirm_notice(notice=notice, user=actor, how=how)


def _record(actor: User, order: Order, report: OrderReport, photos: int) -> None:
    unit = order.department.short_name or order.department.name
    words = f"{unit}{report.get_verb_display()}：{order.title}"
    extra = [report.text, report.place, f"照片 {photos} 张" if photos else ""]
    if order.status == Status.CANCELLED:
        extra.append("（指令此前已取消）")
    record_entry(
        incident=order.incident,
        kind=TimelineEntry.Kind.FEEDBACK,
        text="。".join([words, *(part for part in extra if part)]),
        actor=report.author,
        happened_at=report.at,
        data={"order": order.pk, "title": order.title, "unit": unit, "status": order.status, "verb": report.verb},
        lon=report.lon,
        lat=report.lat,
        told=told_of(order),
    )
    publish_change(order)


def told_of(order: Order) -> list[int]:
    """Everybody in the addressee's department, who thereby know."""
    return list(order.department.users.filter(is_active=True).values_list("pk", flat=True))


def publish_change(order: Order, status: str = "") -> None:
    """Tell open pages that an order changed."""
    publish(
        OrderChanged(
            area_code=order.incident.area_id,
            is_exercise=order.is_exercise,
            order=order.pk,
            incident=order.incident_id,
            title=order.title,
            status=status or order.status,
        )
    )


@transaction.atomic
def add_order(
    *,
    actor: User,
    incident: Incident,
    department: Department,
    title: str,
    due_at: datetime,
    detail: str = "",
    post: Post | None = None,
    person: User | None = None,
    area: Area | None = None,
    place: str = "",
    lon: float | None = None,
    lat: float | None = None,
    parent: Order | None = None,
    documents: Sequence[str] = (),
) -> Order:
    """Give an order that no plan foresaw, or pass a part of an order on."""
    if parent is None:
        demand_incident(actor, incident, "act:orders")
        demand(actor, "act:incidents")
    now = timezone.now()
    if due_at <= now:
        raise ValidationError({"due_at": _("完成时限必须晚于现在。")})
    activation = parent.activation if parent else None
    minutes, _source = acknowledge_minutes(activation.level if activation else "other")
    if post is None and person is None:
        post, person = choose_post(posts_of([department.pk])[department.pk], "department")
    elif post is None:
        post = person.current_posts[0] if person.current_posts else None
    elif person is None:
        person = next(iter(post.holders()), None)
    order = Order(
        incident=incident,
        activation=activation,
        parent=parent,
        department=department,
        post=post,
        person=person,
        area=area,
        title=title,
        detail=detail,
        place=place,
        lon=lon,
        lat=lat,
        documents=list(documents),
        start_at=now,
        due_at=due_at,
        acknowledge_by=min(now + timezone.timedelta(minutes=minutes), due_at),
        issued_by=str(actor),
        sent_at=now,
        is_exercise=incident.is_exercise,
    )
    order.full_clean(
        exclude=[
            "activation",
            "card",
            "parent",
            "post",
            "person",
            "area",
            *TIMES.values(),
            "cancelled_at",
            "overdue_at",
            "documents",
            "needs",
        ]
    )
    order.save()
    deliver(
        actor=actor,
        orders=[order],
        urgency=Notice.Urgency.URGENT,
        level=activation.level if activation else "other",
        now=now,
    )
    audit.record(
        actor=actor,
        action="order.add",
        subject=order,
        details={"department": str(department), "parent": parent and parent.pk},
    )
    publish_change(order)
    return order


@transaction.atomic
def sub_assign(
    *,
    actor: User,
    order: Order,
    areas: Sequence[Area] = (),
    departments: Sequence[Department] = (),
    title: str = "",
    detail: str = "",
    due_at: datetime | None = None,
) -> list[Order]:
    """Pass an order on to townships or other units of the own area; the parent stays with its addressee."""
    _demand_order(actor, order)
    if not order.is_open:
        raise ValidationError(_("指令已完成或已取消，不能再分派。"))
    targets = [(township_office(area), area) for area in areas] + [(unit, None) for unit in departments]
    if not targets:
        raise ValidationError({"areas": _("请选择乡镇（街道）或单位。")})
    for unit, _area in targets:
        if not actor.scope.contains(unit.area_id):
            raise PermissionDenied(_("%(unit)s 不在您的管辖范围内。") % {"unit": unit})
    if due_at and due_at > order.due_at:
        raise ValidationError({"due_at": _("分派的时限不能晚于本指令的完成时限。")})
    made = [
        add_order(
            actor=actor,
            incident=order.incident,
            department=unit,
            area=area,
            title=title or order.title,
            detail=detail or order.detail,
            due_at=due_at or order.due_at,
            parent=order,
            documents=order.documents,
        )
        for unit, area in targets
    ]
    if order.status == Status.SENT:
        report_on_order(actor=actor, order=order, verb=Verb.ACKNOWLEDGE)
    return made


def township_office(area: Area) -> Department:
    """The government of a township or the office of a street, entered when it first gets an order."""
    suffix = "办事处" if area.name.endswith("街道") else "人民政府"
    parent = Department.objects.filter(code=f"{area.parent_id}-yjj").first()
    unit, is_new = Department.objects.get_or_create(
        code=f"{area.pk}-zf",
        defaults={"name": f"{area.name}{suffix}", "short_name": area.name, "area": area, "parent": parent},
    )
    if is_new:
        Post.objects.create(department=unit, title="值班室", role="department", rank=1)
    return unit


@transaction.atomic
def cancel_order(*, actor: User, order: Order, reason: str) -> Order:
    """Take an order back; its addressee is told why."""
    demand_incident(actor, order.incident)
    if not order.is_open:
        raise ValidationError(_("指令已完成或已取消。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明取消的原因。")})
    return close_order(actor=actor, order=order, reason=reason)


def close_order(*, actor: User, order: Order, reason: str, at: datetime | None = None) -> Order:
    """Close an order that nobody needs to finish: a task that ran on is done, any other is cancelled."""
    at = at or timezone.now()
    if order.is_continuous and order.status == Status.UNDER_WAY:
        order.status, order.done_at = Status.DONE, at
    else:
        order.status, order.cancelled_at, order.cancel_reason = Status.CANCELLED, at, reason[:200]
    order.save()
    cancel_clocks(subject=order)
    audit.record(actor=actor, action="order.close", subject=order, details={"reason": reason, "status": order.status})
    unit = order.department.short_name or order.department.name
    record_entry(
        incident=order.incident,
        kind=TimelineEntry.Kind.ORDER,
        text=f"{order.get_status_display()}：{order.title}（{unit}）。{reason}",
        actor=actor,
        happened_at=at,
        data={"order": order.pk, "title": order.title, "unit": unit, "status": order.status},
        told=told_of(order),
    )
    publish_change(order)
    return order


@transaction.atomic
def mark_overdue_orders(now: datetime | None = None) -> int:
    """Mark every order whose deadline has passed with the task undone; each is marked once."""
    now = now or timezone.now()
    late = Order.objects.filter(status__in=OPEN, due_at__lte=now, overdue_at=None)
    late = late.exclude(is_continuous=True, status=Status.UNDER_WAY)
    return sum(mark_overdue(order, order.due_at) for order in late.select_related("incident", "department"))


def mark_overdue(order: Order, at: datetime) -> bool:
    """Note that an order's deadline passed with the task undone; false where that is known or no longer so."""
    if not order.is_open or order.is_running:
        return False
    if not Order.objects.filter(pk=order.pk, overdue_at=None).update(overdue_at=at):
        return False
    unit = order.department.short_name or order.department.name
    record_entry(
        incident=order.incident,
        kind=TimelineEntry.Kind.CLOCK,
        text=f"超时未完成：{order.title}（{unit}）",
        actor="时限",
        data={"order": order.pk, "title": order.title, "unit": unit, "status": order.status, "is_overdue": True},
        told=told_of(order),
    )
    publish_change(order, "overdue")
    return True
