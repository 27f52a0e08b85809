"""Which assessments and warnings a person may see, who is on duty for an area, and what has been decided."""

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from anlan.areas.risk.warning.models import (
    Assessment,
    Decision,
    Relay,
    Warning,
    WarningFeed,
    WarningProblem,
    WarningSource,
)
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.notices.models import Notice
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area


def county_of(code: str) -> Area | None:
    """The county, or the functional zone that governs it, of an area; the city itself for anything wider."""
    area = Area.objects.select_related("zone", "parent").filter(pk=code).first()
    while area is not None and area.level in (Area.Level.TOWNSHIP, Area.Level.VILLAGE):
        if area.zone_id:
            return area.zone
        area = Area.objects.select_related("zone", "parent").filter(pk=area.parent_id).first()
    return area


def duty_posts(codes: Iterable[str]) -> list[Post]:
    """The post to be called in each area: the duty officer's, else the duty room of its emergency bureau."""
    found: list[Post] = []
    for code in dict.fromkeys(code for code in codes if code):
        posts = Post.objects.filter(department__area_id=code).select_related("department").order_by("rank", "pk")
        post = (
            posts.filter(role="duty_officer").first()
            or posts.filter(role="department", department__code__endswith="yjj").first()
        )
        if post is not None and post not in found:
            found.append(post)
    return found


def _touching(prefixes: Iterable[str]) -> Q:
    """For these areas, inside them, or for an area that holds them."""
    starts = tuple(prefixes)
    holding = [start[:4] + "00" for start in starts if len(start) > 4] + [start[:2] + "0000" for start in starts]
    return within(starts, "area_id") | within(starts, "areas__code") | Q(areas__code__in=holding)


def assessments(user: User) -> QuerySet[Assessment]:
    """The assessments of the user's areas."""
    rows = Assessment.objects.filter(within(user.scope.prefixes, "area_id"))
    return rows.select_related("area", "acknowledged_by").prefetch_related("decisions__incident")


def notices_of(assessment: Assessment) -> QuerySet[Notice]:
    """Whom the assessment called, the latest first."""
    rows = Notice.objects.filter(
        subject_type__app_label="warning", subject_type__model="assessment", subject_id=assessment.pk
    )
    return rows.select_related("post__department", "confirmed_by")


def open_assessments(user: User) -> QuerySet[Assessment]:
    """Those not ended."""
    return assessments(user).filter(ended_at=None)


def warnings(user: User) -> QuerySet[Warning]:
    """The warnings that touch the user's areas: for them, inside them, or for an area that holds them."""
    inside = Warning.objects.filter(_touching(user.scope.prefixes))
    relays = Relay.objects.select_related("notice__post__department", "notice__confirmed_by")
    return (
        Warning.objects.filter(pk__in=inside.values("pk"))
        .defer("raw")
        .select_related("area", "replaced_by")
        .prefetch_related("areas", "decisions__incident", Prefetch("relays", relays))
    )


def warnings_in_force(user: User) -> QuerySet[Warning]:
    """Official warnings that still hold."""
    return warnings(user).filter(Warning.in_force(timezone.now()), is_official=True)


def chain_of(warning: Warning, user: User) -> list[Warning]:
    """The messages that belong together by their references, the first of them first."""
    known = {warning.pk: warning}
    waiting = [warning]
    while waiting:
        one = waiting.pop()
        near = (
            warnings(user)
            .filter(sender=one.sender)
            .filter(Q(identifier__in=one.references) | Q(pk=one.replaced_by_id) | Q(replaced_by=one.pk))
        )
        for other in near:
            if other.pk not in known:
                known[other.pk] = other
                waiting.append(other)
    return sorted(known.values(), key=lambda one: (one.sent, one.pk))


def decision_on(subject: Assessment | Warning) -> Decision | None:
    """The decision in force, None while nobody has decided."""
    return next(iter(subject.decisions.all()), None)


def may_decide(user: User, subject: Assessment | Warning) -> bool:
    """Whether the decision is this person's: by post, and inside the person's own areas."""
    if isinstance(subject, Assessment):
        return user.may("act:assessments") and user.scope.contains(subject.area_id)
    inside = any(user.scope.contains(code) for code in (subject.area_id, *(area.pk for area in subject.areas.all())))
    return user.may("act:warnings") and subject.is_official and inside


def undecided(user: User) -> list[Assessment | Warning]:
    """Open assessments and official warnings that wait for this person's decision."""
    rows = [
        *open_assessments(user).filter(decisions=None),
        *warnings_in_force(user).filter(decisions=None),
    ]
    return [row for row in rows if may_decide(user, row)]


def refused(user: User) -> QuerySet[WarningProblem]:
    """Messages that could not be taken in; only for those who work for a whole city, as no area is known."""
    whole = any(len(start) <= 4 for start in user.scope.prefixes)
    return WarningProblem.objects.defer("raw") if whole else WarningProblem.objects.none()


def failing_sources(user: User) -> QuerySet[WarningSource]:
    """The feeds of the user's areas that cannot be read at present."""
    return WarningSource.objects.filter(within(user.scope.prefixes), is_enabled=True).exclude(problem="")


def offered(feed: WarningFeed, user: User | None) -> QuerySet[Warning]:
    """The messages that a feed offers, the latest first: official ones of its area, and of the reader's where one signs in.

    A public feed holds real warnings that their issuer means for the public. Assessments are never among them.
    """
    rows = warnings(user) if user else Warning.objects.defer("raw").prefetch_related("areas")
    inside = Warning.objects.filter(_touching(feed.area.prefixes))
    rows = rows.filter(pk__in=inside.values("pk"), is_official=True)
    if feed.is_public:
        return rows.filter(status=Warning.Status.ACTUAL, scope="Public").order_by("-received_at", "-pk")
    return rows.filter(status__in=(Warning.Status.ACTUAL, Warning.Status.EXERCISE)).order_by("-received_at", "-pk")
