"""Send notices to posts, and confirm them by a named person (叫应)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import NoticeSent
from anlan.foundation.notices.models import Attempt, Notice
from anlan.foundation.rules.queries import rule


def send_notice(*, actor: User | str, post: Post, title: str, area_code: str, **rest: Any) -> Notice:
    """Send one notice; see `send_notices`."""
    return send_notices([{"actor": actor, "post": post, "title": title, "area_code": area_code, **rest}])[0]


@transaction.atomic
def send_notices(wanted: Sequence[dict[str, Any]]) -> list[Notice]:
    """Send many notices: keys actor, post, title, body, urgency, subject, incident_id, area_code, link, is_exercise."""
    if not wanted:
        return []
    waits = rule("notices.ladder").params["wait_minutes"]
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
    holders = {post: post.holders(now) for post in {notice.post for notice in notices}}
    Attempt.objects.bulk_create(
        Attempt(
            notice=notice,
            rung=0,
            user=next(iter(holders[notice.post]), None),
            post_title=str(notice.post),
            channel="in_app",
            next_at=now + timedelta(minutes=waits[notice.urgency]),
        )
        for notice in notices
    )
    for notice in notices:
        publish(_event(notice, "sent", holders[notice.post]))
    audit.record(actor=wanted[0]["actor"], action="notices.send", details={"notices": [n.pk for n in notices]})
    return notices


def _event(notice: Notice, status: str, people: Sequence[User]) -> NoticeSent:
    return NoticeSent(
        area_code=notice.area_code,
        is_exercise=notice.is_exercise,
        recipients=tuple(person.pk for person in people),
        notice=notice.pk,
        title=notice.title,
        urgency=notice.urgency,
        status=status,
    )


@transaction.atomic
def confirm_notice(*, notice: Notice, user: User, how: str = "app") -> Notice:
    """Record that a named person received the notice; the first confirmation counts."""
    reached = notice.attempts.filter(user=user).exists() or notice.post.holders() and user in notice.post.holders()
    if not reached and not user.may("act:messages"):
        raise PermissionDenied(_("这条通知没有发给您，不能代为确认。"))
    if notice.confirmed_at is None:
        notice.confirmed_at, notice.confirmed_by, notice.confirmed_how = timezone.now(), user, how
        notice.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_how"])
        notice.attempts.update(next_at=None)
        publish(_event(notice, "confirmed", [user]))
        audit.record(actor=user, action="notices.confirm", subject=notice, details={"how": how})
    return notice
