"""Reviews open when a response has ended, need findings to close, and leave improvements behind."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.command.review import services
from anlan.areas.command.review.models import Improvement, Review
from anlan.foundation.incidents.models import Incident
from anlan.foundation.notices.models import Notice


def _improve(review, people, **values):
    known = {"title": "配发检测仪", "department": people["county"].department, "due_on": timezone.localdate()}
    return services.add_improvement(actor=people["duty_officer"], review=review, **(known | values))


def test_open_incident_is_not_reviewed(leak, people):
    Incident.objects.filter(pk=leak.pk).update(status="responding")
    leak.refresh_from_db()
    with pytest.raises(ValidationError):
        services.open_review(actor=people["duty_officer"], incident=leak)


def test_incident_is_reviewed_once(review, leak, people):
    with pytest.raises(ValidationError):
        services.open_review(actor=people["commander"], incident=leak)
    assert leak.timeline.filter(text__startswith="开展复盘评估").count() == 1


def test_reader_opens_no_review(leak, people):
    with pytest.raises(PermissionDenied):
        services.open_review(actor=people["analyst"], incident=leak)


def test_review_closes_with_findings_and_a_verdict(review, people):
    close = {"actor": people["commander"], "review": review}
    with pytest.raises(ValidationError):
        services.close_review(**close, conclusion="总体有序")
    services.add_finding(actor=people["commander"], review=review, kind="problem", text="到场偏慢")
    with pytest.raises(ValidationError):
        services.close_review(**close, conclusion=" ")
    services.close_review(**close, conclusion="总体有序")
    assert Review.objects.get().status == Review.Status.CLOSED
    with pytest.raises(ValidationError):
        services.add_finding(actor=people["commander"], review=review, kind="problem", text="再加一条")


def test_finding_points_to_the_own_timeline(review, people, leak):
    entry = leak.timeline.first()
    assert (
        services.add_finding(
            actor=people["commander"], review=review, kind="strength", text="首报及时", entry=entry
        ).entry
        == entry
    )
    with pytest.raises(ValidationError):
        services.add_finding(actor=people["commander"], review=review, kind="rumour", text="听说")


def test_improvement_is_told_to_its_unit_becomes_overdue_once_and_is_done(review, people):
    improvement = _improve(review, people)
    assert Notice.objects.filter(title="改进措施：配发检测仪", post__title="值班室").exists()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert services.mark_overdue() == 0
    assert services.mark_overdue(on=tomorrow) == 1
    assert services.mark_overdue(on=tomorrow) == 0
    improvement.refresh_from_db()
    assert improvement.status == Improvement.Status.OVERDUE
    with pytest.raises(ValidationError):
        services.finish_improvement(actor=people["county"], record=improvement, evidence="")
    services.finish_improvement(actor=people["county"], record=improvement, evidence="已配发 12 台")
    assert improvement.done_on == timezone.localdate()


def test_improvement_has_a_day_to_come(review, people):
    with pytest.raises(ValidationError):
        _improve(review, people, due_on=timezone.localdate() - timedelta(days=1))
