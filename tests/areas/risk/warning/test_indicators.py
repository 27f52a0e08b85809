"""The indicators count real relays and decisions."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.risk.warning.indicators import decided, relay_minutes, relays_confirmed
from anlan.areas.risk.warning.services.warnings import receive_warning
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import confirm_notice


def test_confirmed_in_time(message, people, rules):
    receive_warning(actor=people["duty_officer"], document=message("1"), received_from="test")
    receive_warning(actor=people["duty_officer"], document=message("2", status="Exercise"), received_from="test")
    soon = timezone.now() + timedelta(seconds=5)
    assert relay_minutes("371500", soon).value is None
    confirm_notice(
        notice=Notice.objects.get(post__department__code="371526-yjj", is_exercise=False), user=people["county"]
    )
    soon = timezone.now() + timedelta(seconds=5)
    measure = relays_confirmed("371500", soon)
    assert (measure.value, measure.samples) == (50.0, 2)
    assert relay_minutes("371500", soon).value == 0.0
    assert decided("371500", soon).value == 0.0
