"""Handovers name what is open, are signed by both in order, and then never change; so does the log."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from anlan.areas.command.duty import services
from anlan.areas.command.duty.models import DutyLog
from anlan.foundation.audit.models import AppendOnly


@pytest.fixture
def incident(desk):
    from anlan.foundation.incidents.models import EventKind
    from anlan.foundation.incidents.services import raise_incident

    EventKind.objects.create(code="11A02", name="内涝事件", category="natural")
    return raise_incident(actor=desk.first, title="城区积水", kind="11A02", area="371526", place="人民路")


def test_lists_what_is_open_and_is_signed_in_order(desk, incident):
    handover = services.draft_handover(actor=desk.first, giving=desk.running, taking=desk.coming, notes="请盯住积水点")
    assert [row["text"] for section in handover.items for row in section["rows"]][0] == "城区积水"
    with pytest.raises(ValidationError):
        services.sign_handover(actor=desk.second, handover=handover)
    services.sign_handover(actor=desk.first, handover=handover)
    with pytest.raises(ValidationError):
        services.draft_handover(actor=desk.first, giving=desk.running, taking=desk.coming)
    done = services.sign_handover(actor=desk.second, handover=handover, text="收到")
    assert done.is_signed
    done.notes = "改一改"
    with pytest.raises(AppendOnly):
        done.save()
    with pytest.raises(AppendOnly):
        done.delete()
    with pytest.raises(ValidationError):
        services.sign_handover(actor=desk.first, handover=done)


def test_only_the_two_hand_over(desk):
    with pytest.raises(PermissionDenied):
        services.draft_handover(actor=desk.leader, giving=desk.running, taking=desk.coming)


def test_the_log_only_grows(desk):
    line = services.write_log(actor=desk.first, text="市民来电咨询避难场所", kind=DutyLog.Kind.CALL)
    assert line.shift == desk.running
    line.text = "别的"
    with pytest.raises(AppendOnly):
        line.save()
    with pytest.raises(AppendOnly):
        line.delete()
    fixed = services.write_log(actor=desk.first, text="应为高唐县市民", corrects=line)
    assert list(line.corrections.all()) == [fixed]
    with pytest.raises(ValidationError):
        services.write_log(actor=desk.first, text="  ")
