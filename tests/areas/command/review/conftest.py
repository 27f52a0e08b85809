"""A gas leak in 高唐县: received, verified, one order late and done, everybody arrived, ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import change_status, load_event_kinds, raise_incident, record_entry

Kind = TimelineEntry.Kind


@pytest.fixture
def start():
    return timezone.now() - timedelta(hours=5)


@pytest.fixture
def leak(people, rules, start):
    """Verified after 15 minutes, activated after 30, ordered after 35, on site after 80; now ended."""
    load_event_kinds()
    incident = raise_incident(
        actor=people["duty_officer"],
        title="姜店镇化工厂泄漏",
        kind="12D00",
        area="371526105",
        place="高唐县姜店镇",
        occurred_at=start - timedelta(minutes=20),
        received_at=start,
        source="高唐县应急管理局",
        description="储罐法兰泄漏",
        figures={"missing": 3},
    )
    change_status(actor=people["duty_officer"], incident=incident, status="confirmed")

    def note(minutes, kind, text, **data):
        at = start + timedelta(minutes=minutes)
        record_entry(incident=incident, kind=kind, text=text, actor="测试", happened_at=at, data=data)

    note(30, Kind.RESPONSE, "启动Ⅳ级响应", activation=1, status="confirmed")
    note(35, Kind.ORDER, "下达：疏散", order=1, title="疏散", status="sent")
    note(70, Kind.CLOCK, "超时未完成：疏散", order=1, status="sent", is_overdue=True)
    note(80, Kind.FEEDBACK, "到达：疏散", order=1, status="under_way", verb="arrive")
    note(120, Kind.FEEDBACK, "完成：疏散", order=1, status="done", verb="finish")
    note(125, Kind.FIGURES, "失联人员找到", figures={"missing": 0})
    change_status(actor=people["commander"], incident=incident, status="responding")
    change_status(actor=people["commander"], incident=incident, status="ended")
    return incident


@pytest.fixture
def review(people, leak):
    from anlan.areas.command.review.services import open_review

    return open_review(actor=people["duty_officer"], incident=leak)
