"""Send notices to posts, climb the ladder while nobody answers, and confirm by a named person (叫应)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import NoticeSent
from anlan.foundation.notices.channels import CHANNELS
from anlan.foundation.notices.delivery import queue_delivery
from anlan.foundation.notices.ladder import next_rung
from anlan.foundation.notices.models import Attempt, Notice
from anlan.foundation.notices.queries import outdated_by, people_of, was_reached
from anlan.foundation.rules.queries import rule

#: Notices that climb in one call; the rest follows in the next.
MOST = 500


def send_notice(*, actor: User | str, post: Post, title: str, area_code: str, **rest: Any) -> Notice:
    """Send one notice; see `send_notices`."""
    return send_notices([{"actor": actor, "post": post, "title": title, "area_code": area_code, **rest}])[0]


@transaction.atomic
def send_notices(wanted: Sequence[dict[str, Any]]) -> list[Notice]:
    """Send many notices: keys actor, post, title, body, urgency, subject, incident_id, area_code, link, is_exercise."""
    if not wanted:
        return []
    params = rule("notices.ladder").params
    notices = []
    for one in wanted:
        subject = one.get("subject")
        notices.append(
            Notice(
                title=one["title"][:200],
                body=one.get("body", ""),
                urgency=one.get("urgency", Notice.Urgency.URGENT),
                subject_type=ContentType.objects.get_for_model(subject) if subject is not None else None,
                subject_id=subject.pk if subject is not None else None,
                incident_id=one.get("incident_id"),
                area_code=one["area_code"],
                link=one.get("link", ""),
                post=one["post"],
                is_exercise=one.get("is_exercise", False),
            )
        )
    notices = Notice.objects.bulk_create(notices)
    now = timezone.now()
    holders = {post: next(iter(post.holders(now)), None) for post in {notice.post for notice in notices}}
    Attempt.objects.bulk_create(_first(notice, holders[notice.post], now, params) for notice in notices)
    for notice in notices:
        _tell(notice, "sent", [holders[notice.post]])
    audit.record(actor=wanted[0]["actor"], action="notices.send", details={"notices": [n.pk for n in notices]})
    return notices


def _first(notice: Notice, holder: User | None, now: datetime, params: dict[str, Any]) -> Attempt:
    """The notice in the holder's list; a post that nobody holds is climbed past at once."""
    return Attempt(
        notice=notice,
        rung=0,
        user=holder,
        post_title=str(notice.post),
        channel="in_app",
        outcome=Attempt.SENT if holder else _("岗位无人"),
        next_at=now + _patience(notice, params) if holder else now,
    )


def _patience(notice: Notice, params: dict[str, Any]) -> timedelta:
    return timedelta(minutes=params["wait_minutes"][notice.urgency])


def _tell(notice: Notice, status: str, people: Iterable[User | None]) -> None:
    """Publish to those people; an event without any would go to everybody."""
    known = tuple(dict.fromkeys(person.pk for person in people if person is not None))
    if known:
        publish(
            NoticeSent(
                area_code=notice.area_code,
                is_exercise=notice.is_exercise,
                recipients=known,
                notice=notice.pk,
                title=notice.title,
                urgency=notice.urgency,
                status=status,
            )
        )


def climb(*, now: datetime | None = None) -> int:
    """Call the next rung of every notice whose time to be confirmed has passed; the number of rungs called."""
    now = now or timezone.now()
    due = Notice.objects.filter(confirmed_at=None, exhausted_at=None, attempts__next_at__lte=now)
    waiting = list(due.order_by("pk").values_list("pk", flat=True).distinct()[:MOST])
    if not waiting:
        return 0
    params = rule("notices.ladder").params
    return sum(_climb_one(pk, params, now) for pk in waiting)


@transaction.atomic
def _climb_one(pk: int, params: dict[str, Any], now: datetime) -> bool:
    notice = Notice.objects.select_for_update().get(pk=pk)
    due = notice.attempts.filter(next_at__lte=now)
    if notice.confirmed_at or notice.exhausted_at or not due.exists():
        return False
    last = notice.attempts.order_by("rung").last()
    notice.attempts.update(next_at=None)
    rung = next_rung(notice, params, now)
    if rung is None:
        notice.exhausted_at = now
        notice.save(update_fields=["exhausted_at"])
        _tell(notice, "exhausted", [attempt.user for attempt in notice.attempts.select_related("user")])
        audit.record(actor="system", action="notices.exhaust", subject=notice)
        return False
    is_here = not CHANNELS[rung.channel].leaves_the_house
    attempt = notice.attempts.create(
        rung=last.rung + 1,
        user=rung.user,
        post_title=str(rung.post)[:150],
        channel=rung.channel,
        outcome=Attempt.SENT if is_here else "",
        next_at=now + _patience(notice, params),
    )
    queue_delivery([attempt])
    _tell(notice, "sent", [rung.user])
    return True


@transaction.atomic
def confirm_notice(*, notice: Notice, user: User, how: str = Notice.How.APP, recorded_by: User | None = None) -> Notice:
    """Record that a named person received the notice; the first confirmation counts.

    Older calls to the same post about the same subject are confirmed with it. When `user` spoke on the telephone,
    `recorded_by` is who wrote it down.
    """
    _demand(notice, user, recorded_by)
    for older in outdated_by(notice):
        _confirm(older, user, how, recorded_by)
    return _confirm(notice, user, how, recorded_by)


def _confirm(notice: Notice, user: User, how: str, recorded_by: User | None) -> Notice:
    Notice.objects.select_for_update().get(pk=notice.pk)
    notice.refresh_from_db()
    if notice.confirmed_at is None:
        notice.confirmed_at, notice.confirmed_by, notice.confirmed_how = timezone.now(), user, how
        notice.recorded_by = recorded_by
        notice.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_how", "recorded_by"])
        notice.attempts.update(next_at=None)
        reached = [attempt.user for attempt in notice.attempts.select_related("user")]
        _tell(notice, "confirmed", [user, recorded_by, *reached])
        details = {"how": how, "confirmed_by": str(user)}
        audit.record(actor=recorded_by or user, action="notices.confirm", subject=notice, details=details)
    return notice


def _demand(notice: Notice, user: User, recorded_by: User | None) -> None:
    if recorded_by is None:
        if not was_reached(notice, user) and not _keeps(user, notice):
            raise PermissionDenied(_("这条通知没有发给您，不能代为确认。"))
    else:
        if not _keeps(recorded_by, notice):
            raise PermissionDenied(_("这条通知不在您的辖区内，不能代为登记确认。"))
        if user not in people_of(notice):
            raise ValidationError({"person": _("确认人应是收到通知的人，或收件单位的人。")})


def _keeps(user: User, notice: Notice) -> bool:
    """Whether the person answers for messages in the notice's area."""
    return user.may("act:messages") and user.scope.contains(notice.area_code)
