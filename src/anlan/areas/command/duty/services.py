"""Plan the roster, swap shifts, hand over, write the log.

The log and the sheets of handovers are official records: their texts are Chinese, whatever language their writer reads.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.duty.models import DutyLog, Handover, Shift, ShiftSwap
from anlan.areas.command.duty.queries import handover_items, shift_of
from anlan.areas.command.duty.rules import Load, rotate, slots
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import author
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notice

#: Days before the first planned one that count for fairness.
LOOK_BACK = 60


def _demand_area(actor: User, area_code: str) -> None:
    if not actor.scope.contains(area_code):
        raise PermissionDenied(_("这个单位不在您的管辖范围内。"))


def _loads(people: Sequence[User], start: datetime, end: datetime) -> dict[int, Load]:
    """What each person has done lately; shifts in the planned time only block."""
    found = {person.pk: Load() for person in people}
    rows = Shift.objects.filter(user__in=people, end__gt=start - timedelta(days=LOOK_BACK), start__lt=end)
    for shift in rows.order_by("start"):
        load = found[shift.user_id]
        load.busy.append((shift.start, shift.end))
        if shift.start < start:
            load.shifts += 1
            load.weekends += timezone.localtime(shift.start).weekday() >= 5
            load.last_end = shift.end
    return found


@transaction.atomic
def plan_roster(
    *, actor: User, post: Post, kind: str, people: Sequence[User], first: date, days: int, changes: Sequence[time],
    is_demo: bool = False,
) -> list[Shift]:  # fmt: skip
    """Plan the shifts of a post in turn so that weekends and shifts are shared; slots that have somebody are kept."""
    demand(actor, "act:duty")
    _demand_area(actor, post.department.area_id)
    if not people:
        raise ValidationError({"people": _("请选择参加轮值的人员。")})
    zone = timezone.get_current_timezone()
    wanted = slots(first, days, changes, zone)
    taken = set(
        Shift.objects.filter(post=post, start__in=[slot.start for slot in wanted]).values_list("start", flat=True)
    )
    wanted = [slot for slot in wanted if slot.start not in taken]
    if not wanted:
        raise ValidationError({"first": _("这段时间已经排过班。")})
    turns = rotate([p.pk for p in people], wanted, _loads(people, wanted[0].start, wanted[-1].end))
    by_pk = {person.pk: person for person in people}
    planned = []
    for slot, person in zip(wanted, turns, strict=True):
        if person is None:
            continue
        shift = Shift(
            kind=kind, department=post.department, area_id=post.department.area_id, post=post, user=by_pk[person],
            start=slot.start, end=slot.end, is_demo=is_demo,
        )  # fmt: skip
        shift.full_clean()
        shift._history_user = actor
        shift.save()
        planned.append(shift)
    if not planned:
        raise ValidationError({"people": _("所选人员在这段时间都已有班次。")})
    audit.record(
        actor=actor,
        action="duty.plan",
        subject=post,
        details={"first": str(first), "days": days, "shifts": len(planned)},
    )
    return planned


@transaction.atomic
def cancel_shift(*, actor: User, shift: Shift, reason: str) -> None:
    """Take a shift that has not begun out of the roster; who had it is told, and calendars show it as cancelled."""
    demand(actor, "act:duty")
    _demand_area(actor, shift.area_id)
    if shift.start <= timezone.now():
        raise ValidationError(_("班次已经开始，不能撤销。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤销的原因。")})
    if Handover.objects.filter(Q(giving=shift) | Q(taking=shift)).exists():
        raise ValidationError(_("这个班次已有交接班单，不能撤销。"))
    if shift.user.current_posts:
        send_notice(
            actor=actor, post=shift.user.current_posts[0], title=f"您的班次已撤销：{shift}"[:200], body=reason.strip(),
            area_code=shift.area_id, link="/duty/", urgency=Notice.Urgency.ROUTINE,
        )  # fmt: skip
    audit.record(
        actor=actor, action="duty.cancel", subject=shift,
        details={"user": str(shift.user), "start": shift.start, "end": shift.end, "reason": reason.strip()},
    )  # fmt: skip
    shift._history_user = actor
    shift._change_reason = reason.strip()[:100]
    shift.delete()


@transaction.atomic
def request_swap(*, actor: User, shift: Shift, to: User, reason: str, in_return: Shift | None = None) -> ShiftSwap:
    """Ask somebody to take over one's shift, perhaps for one of theirs."""
    if shift.user != actor:
        raise PermissionDenied(_("只能为自己的班次申请换班。"))
    if shift.start <= timezone.now():
        raise ValidationError({"shift": _("班次已经开始，不能再换。")})
    if to == actor:
        raise ValidationError({"to": _("请选择另一个人。")})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明换班事由。")})
    if in_return and (in_return.user != to or in_return.start <= timezone.now()):
        raise ValidationError({"in_return": _("请选择对方尚未开始的班次。")})
    if shift.swaps.filter(status__in=(ShiftSwap.Status.ASKED, ShiftSwap.Status.ACCEPTED)).exists():
        raise ValidationError({"shift": _("这个班次已有待定的换班申请。")})
    swap = ShiftSwap(shift=shift, in_return=in_return, asked_by=actor, taken_by=to, reason=reason.strip())
    swap.full_clean()
    swap.save()
    _record(actor, "ask", swap)
    _tell(actor, to, swap, f"{actor}请您接替值班：{shift}")
    return swap


@transaction.atomic
def answer_swap(*, actor: User, swap: ShiftSwap, accepts: bool) -> ShiftSwap:
    """Agree to take the shift over, or not."""
    if swap.taken_by != actor:
        raise PermissionDenied(_("只有被邀请的人可以答复。"))
    _demand_state(swap, ShiftSwap.Status.ASKED)
    swap.status = ShiftSwap.Status.ACCEPTED if accepts else ShiftSwap.Status.REFUSED
    swap.answered_at = timezone.now()
    swap.save()
    _record(actor, "accept" if accepts else "refuse", swap)
    return swap


@transaction.atomic
def approve_swap(*, actor: User, swap: ShiftSwap, approves: bool = True) -> ShiftSwap:
    """Decide on an agreed swap; who swaps does not decide, and the roster changes at once."""
    demand(actor, "act:duty.approve")
    _demand_area(actor, swap.shift.area_id)
    if actor in (swap.asked_by, swap.taken_by):
        raise PermissionDenied(_("换班双方不能审批自己的换班。"))
    _demand_state(swap, ShiftSwap.Status.ACCEPTED)
    swap.decided_by, swap.decided_at = actor, timezone.now()
    swap.status = ShiftSwap.Status.APPROVED if approves else ShiftSwap.Status.REFUSED
    swap.save()
    if approves:
        if swap.shift.start <= timezone.now():
            raise ValidationError(_("班次已经开始，不能再换。"))
        _give(actor, swap.shift, swap.taken_by, swap.in_return)
        if swap.in_return:
            _give(actor, swap.in_return, swap.asked_by, None)
    _record(actor, "approve" if approves else "reject", swap)
    return swap


def _give(actor: User, shift: Shift, to: User, besides: Shift | None) -> None:
    clash = Shift.objects.filter(user=to, start__lt=shift.end, end__gt=shift.start).exclude(pk=shift.pk)
    if clash.exclude(pk=besides.pk if besides else None).exists():
        raise ValidationError(_("%(person)s 在这段时间已有班次。") % {"person": to})
    shift.user = to
    shift._history_user = actor
    shift.save()


@transaction.atomic
def withdraw_swap(*, actor: User, swap: ShiftSwap) -> ShiftSwap:
    """Take one's request back before it is decided."""
    if swap.asked_by != actor:
        raise PermissionDenied(_("只有申请人可以撤回。"))
    if not swap.is_open:
        raise ValidationError(_("换班已有结论，不能撤回。"))
    swap.status = ShiftSwap.Status.WITHDRAWN
    swap.save()
    _record(actor, "withdraw", swap)
    return swap


def _demand_state(swap: ShiftSwap, status: str) -> None:
    if swap.status != status:
        raise ValidationError(_("换班现在是“%(status)s”，不能这样操作。") % {"status": swap.get_status_display()})


def _record(actor: User, verb: str, swap: ShiftSwap) -> None:
    details = {"shift": str(swap.shift), "to": str(swap.taken_by), "status": swap.status}
    audit.record(actor=actor, action=f"duty.swap_{verb}", subject=swap, details=details)


def _tell(actor: User, to: User, swap: ShiftSwap, title: str) -> None:
    """Notify a person by the post that the person holds."""
    if to.current_posts:
        send_notice(
            actor=actor, post=to.current_posts[0], title=title, area_code=swap.shift.area_id, subject=swap,
            link="/duty/", urgency=Notice.Urgency.ROUTINE,
        )  # fmt: skip


@transaction.atomic
def draft_handover(*, actor: User, giving: Shift, taking: Shift, notes: str = "") -> Handover:
    """Begin the handover of a shift, its items found by the system; drafting again brings them up to date."""
    _demand_party(actor, giving, taking)
    if giving.post_id != taking.post_id:
        raise ValidationError(_("交班和接班应是同一岗位。"))
    handover = Handover.objects.filter(giving=giving, taking=taking).first() or Handover(giving=giving, taking=taking)
    if handover.given_at:
        raise ValidationError(_("交班人已签名，事项不能再变；新情况请写入值班日志。"))
    handover.items, handover.drafted_at = handover_items(giving), timezone.now()
    handover.notes = notes or handover.notes
    handover.full_clean(exclude=["items"])
    handover.save()
    audit.record(actor=actor, action="duty.handover_draft", subject=handover)
    return handover


def _demand_party(actor: User, giving: Shift, taking: Shift) -> None:
    if actor not in (giving.user, taking.user):
        raise PermissionDenied(_("只有交班人和接班人可以办理交接。"))


@transaction.atomic
def sign_handover(*, actor: User, handover: Handover, text: str = "") -> Handover:
    """Sign as the one who gives (first) or as the one who takes; after both nothing changes any more."""
    handover = Handover.objects.select_for_update().select_related("giving__user", "taking__user").get(pk=handover.pk)
    _demand_party(actor, handover.giving, handover.taking)
    now = timezone.now()
    if handover.given_at is None:
        if actor != handover.giving.user:
            raise ValidationError(_("请等交班人先签名。"))
        handover.given_at, handover.notes = now, text or handover.notes
    elif handover.taken_at is None:
        if actor != handover.taking.user:
            raise ValidationError(_("您已签名，等待接班人签名。"))
        handover.taken_at, handover.answer = now, text
    else:
        raise ValidationError(_("双方已签名，交接完成。"))
    handover.save()
    audit.record(
        actor=actor, action="duty.handover_sign", subject=handover,
        details={"items": handover.items, "notes": handover.notes, "answer": handover.answer},
    )  # fmt: skip
    return handover


@transaction.atomic
def write_log(
    *, actor: User, text: str, kind: str = DutyLog.Kind.OTHER, at: datetime | None = None,
    corrects: DutyLog | None = None, is_exercise: bool = False, is_demo: bool = False,
) -> DutyLog:  # fmt: skip
    """Add a line to the duty log of one's own desk."""
    demand(actor, "act:duty")
    if not text.strip():
        raise ValidationError({"text": _("请填写内容。")})
    if at and at > timezone.now() + timedelta(minutes=5):
        raise ValidationError({"at": _("时间不能晚于现在。")})
    if actor.department is None:
        raise ValidationError(_("您没有所属单位，不能写值班日志。"))
    line = DutyLog(
        at=at or timezone.now(), kind=kind, text=text.strip(), shift=shift_of(actor), corrects=corrects,
        area_code=actor.department.area_id, is_exercise=is_exercise, is_demo=is_demo, **author(actor),
    )  # fmt: skip
    line.full_clean()
    line.save()
    audit.record(actor=actor, action="duty.log", subject=line, details={"text": line.text})
    return line
