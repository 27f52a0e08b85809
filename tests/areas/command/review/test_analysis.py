"""A review is computed from what was recorded, and says what is not known."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.command.review.analysis import analyse
from anlan.foundation.clocks.services import start_clock
from anlan.foundation.notices.services import confirm_notice, send_notice


def test_phases_with_their_durations(leak):
    found = {phase.code: phase for phase in analyse(leak).phases}
    assert list(found) == ["received", "confirmed", "activated", "ordered", "arrived", "ended"]
    assert found["received"].took == timedelta(minutes=20)
    assert found["activated"].since_received == timedelta(minutes=30)
    assert found["arrived"].since_received == timedelta(minutes=80)
    assert found["ended"].at is not None


def test_what_nobody_recorded_is_unknown(leak):
    leak.timeline.model.objects.filter(data__has_key="activation")._raw_delete("default")
    found = {phase.code: phase for phase in analyse(leak).phases}
    assert (found["activated"].at, found["activated"].took) == (None, None)
    assert analyse(leak).calls.median is None


def test_orders_and_figures(leak):
    analysis = analyse(leak)
    assert (analysis.orders.given, analysis.orders.done, analysis.orders.late) == (1, 1, 1)
    assert [value for _at, value in analysis.figures["失联"]] == [3, 0]


def test_notices_and_limits(leak, people):
    known = {"actor": "测试", "post": people["county"].current_posts[0], "area_code": "371526", "incident_id": leak.pk}
    told = [send_notice(title=title, **known) for title in ("一", "二")]
    confirm_notice(notice=told[0], user=people["county"])
    now = timezone.now()
    start_clock(
        subject=leak,
        kind="legal",
        title="书面报告",
        started_at=now - timedelta(hours=3),
        due_at=now - timedelta(hours=1),
        area_code=leak.area_id,
        incident_id=leak.pk,
    )
    analysis = analyse(leak)
    assert (analysis.calls.sent, analysis.calls.confirmed) == (2, 1)
    assert analysis.calls.median < timedelta(seconds=30)
    assert "书面报告" in [clock.title for clock in analysis.late_clocks]
