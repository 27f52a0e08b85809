"""The pages of reviews, from opening to the file."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.command.review.models import Improvement, Review


def test_from_the_ended_incident_to_the_closed_review(leak, client_of, people):
    desk, page = client_of("duty_officer"), f"/incidents/{leak.pk}/review/"
    assert "尚未复盘" in desk.get("/reviews/").content.decode()
    assert "开展复盘评估" in desk.get(page).content.decode()
    desk.post(page + "open/")
    entry = leak.timeline.last()
    desk.post(page + "finding/", {"kind": "problem", "text": "到场偏慢", "entry": entry.pk})
    unit = people["county"].department
    desk.post(page + "improvement/", {"title": "增设备勤点", "department": unit.pk, "due_on": timezone.localdate()})
    shown = desk.get(page).content.decode()
    for words in ("到场偏慢", "增设备勤点", "1 小时 20 分", "指令完成"):
        assert words in shown
    desk.post(page + "close/", {"conclusion": "总体有序"})
    assert Review.objects.get().status == "closed"
    assert "总体有序" in desk.get(page).content.decode()


def test_wrong_input_stands_beside_its_field(review, client_of, leak):
    answer = client_of("duty_officer").post(f"/incidents/{leak.pk}/review/close/", {"conclusion": "好"})
    assert answer.status_code == 400
    assert "没有评估发现，不能结案。" in answer.content.decode()


def test_overdue_improvements_show_first(review, client_of, people):
    Improvement.objects.create(
        code="G-1",
        review=review,
        title="增设备勤点",
        department=people["county"].department,
        area_id="371526",
        due_on=timezone.localdate() - timedelta(days=3),
    )
    assert "逾期的改进措施" in client_of("county").get("/reviews/").content.decode()
    assert "增设备勤点" in client_of("county").get("/registers/improvements/").content.decode()


def test_draft_comes_as_a_file(review, client_of, leak):
    desk = client_of("duty_officer")
    assert desk.get(f"/incidents/{leak.pk}/review.docx").content[:2] == b"PK"
    assert desk.get(f"/incidents/{leak.pk}/review.pdf").content[:4] == b"%PDF"


@pytest.mark.parametrize("role", ["field", "warehouse", "enterprise", "system_administrator"])
def test_who_does_not_review_does_not_read(review, client_of, leak, role):
    assert client_of(role).get(f"/incidents/{leak.pk}/review/").status_code == 403
    assert client_of(role).get("/reviews/").status_code == 403
