"""Which reviews and improvements a person may see."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from anlan.areas.command.review.models import Improvement, Review
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.places.codes import within

OPEN = (Improvement.Status.PLANNED, Improvement.Status.OVERDUE)
OVER = (Incident.Status.ENDED, Incident.Status.CLOSED)


def reviews_for(user: User) -> QuerySet[Review]:
    """The reviews of the incidents that the person may open, open ones first."""
    rows = Review.objects.filter(incident__in=incidents_for(user))
    return (
        rows.select_related("incident__area", "department", "opened_by")
        .annotate(
            found=Count("findings", distinct=True),
            planned=Count("improvements", distinct=True),
            left=Count("improvements", filter=Q(improvements__status__in=OPEN), distinct=True),
        )
        .order_by("-status", "-opened_at")
    )


def unreviewed(user: User) -> QuerySet[Incident]:
    """Ended incidents that nobody reviews yet."""
    return incidents_for(user).filter(status__in=OVER, review=None).order_by("-ended_at")


def improvements_for(user: User) -> QuerySet[Improvement]:
    """The improvements of the person's areas."""
    rows = Improvement.objects.filter(within(user.scope.prefixes))
    return rows.select_related("department", "review__incident")


def overdue_improvements(user: User) -> QuerySet[Improvement]:
    """Those whose day has passed undone, the oldest first."""
    return improvements_for(user).filter(status__in=OPEN, due_on__lt=timezone.localdate()).order_by("due_on")
