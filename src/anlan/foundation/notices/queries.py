"""Whom a notice reached, who may confirm it, and the register of calls."""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, When
from django.utils import timezone

from anlan.foundation.accounts.models import Appointment, User
from anlan.foundation.notices.models import Attempt, Notice
from anlan.foundation.places.codes import within

#: Orders notices by urgency, the most urgent first.
URGENT_FIRST = Case(*(When(urgency=u, then=n) for n, u in enumerate(("critical", "urgent"))), default=2)


def was_reached(notice: Notice, user: User) -> bool:
    """Whether the notice was sent to the person or to a post that the person holds."""
    return notice.attempts.filter(user=user).exists() or user in notice.post.holders()


def people_of(notice: Notice) -> QuerySet[User]:
    """Who may have confirmed by telephone: those whom it reached and the people of the addressed unit."""
    held = Appointment.objects.filter(
        Appointment.valid_at(timezone.now()), post__department=notice.post.department_id, user__is_active=True
    )
    reached = Q(pk__in=notice.attempts.values("user_id")) | Q(pk__in=held.values("user_id"))
    return User.objects.filter(reached, is_active=True).order_by("full_name")


def outdated_by(notice: Notice) -> QuerySet[Notice]:
    """The unconfirmed older calls to the same post about the same subject; the newer one says all that still holds."""
    if notice.subject_id is None:
        return Notice.objects.none()
    same = {"subject_type": notice.subject_type, "subject_id": notice.subject_id, "post": notice.post_id}
    return Notice.objects.filter(**same, confirmed_at=None, pk__lt=notice.pk)


def waiting_notices(user: User) -> QuerySet[Notice]:
    """Notices that reached this person and that nobody has confirmed, each subject's newest, the most urgent first."""
    same = {name: OuterRef(name) for name in ("subject_type", "subject_id", "post")}
    newer = Notice.objects.filter(**same, confirmed_at=None, attempts__user=user, pk__gt=OuterRef("pk"))
    rows = Notice.objects.filter(~Exists(newer), confirmed_at=None, attempts__user=user)
    return rows.distinct().order_by(URGENT_FIRST, "-created_at")


def notices_in_scope(user: User) -> QuerySet[Notice]:
    """The register of calls (叫应台账): the notices of the person's areas with every rung.

    Unconfirmed ones come first, the most urgent before the others, then the latest confirmed.
    """
    rows = Notice.objects.filter(within(user.scope.prefixes, "area_code"))
    if user.scope.owner is not None:
        rows = rows.filter(post__department_id=user.scope.owner)
    rungs = Prefetch("attempts", Attempt.objects.order_by("rung").select_related("user"))
    return (
        rows.select_related("post__department", "confirmed_by", "recorded_by")
        .prefetch_related(rungs)
        .order_by(F("confirmed_at").desc(nulls_first=True), URGENT_FIRST, "-created_at")
    )


def median_wait(notices: Iterable[Notice]) -> timedelta | None:
    """The middle of the times until somebody confirmed; None while nobody has."""
    waits = [notice.wait for notice in notices if notice.confirmed_at]
    return median(waits) if waits else None
