"""The sample stations: real townships, a quiet month, nothing twice."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.risk.monitoring import demo, queries, storage
from anlan.areas.risk.monitoring.models import Alarm, Instrument, Latest, ReadingBlock, Station
from anlan.foundation.accounts.models import Department


def test_samples_load_once_and_leave_a_quiet_month(city, people, rules):
    Department.objects.create(code="demo-works", name="示例化工", kind="enterprise", area_id="371572")
    demo.load(city)
    before = Station.objects.count(), Instrument.objects.count(), Alarm.objects.count(), ReadingBlock.objects.count()
    demo.load(city)
    assert (
        Station.objects.count(),
        Instrument.objects.count(),
        Alarm.objects.count(),
        ReadingBlock.objects.count(),
    ) == before
    assert Station.objects.get(name="姜店雨量站").area_id == "371526105"
    assert Station.objects.get(code=demo.WORKS_CODE).instruments.count() == len(demo.WORKS)
    assert not Station.objects.filter(is_demo=False).exists()
    quiet = Instrument.objects.filter(station__kind__in=demo.QUIET)
    assert Latest.objects.count() == quiet.count()
    assert not Alarm.objects.filter(cleared_at=None).exists()
    assert all(alarm.is_exercise and alarm.reason for alarm in Alarm.objects.all())
    now = timezone.now()
    assert queries.judge(now).silent(now=10**15) == []  # a replay ends: they must not all go missing
    gauge = Instrument.objects.filter(quantity="rain_total").first()
    month = storage.series(gauge.pk, now - timedelta(days=40), now)
    assert len(month) == demo.DAYS * 288 + 1
    assert 0 < month.value[-1] - month.value[0] < 50
