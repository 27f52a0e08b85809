"""Accept within the quota, sign the briefing, go in and out, be tasked at this incident only, leave with a record."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.social import queries, services
from anlan.areas.rescue.social.models import Application
from anlan.foundation.incidents.models import Incident
from anlan.foundation.resources.queries import candidates
from anlan.foundation.resources.services import assign_resource, move_assignment, request_resource

TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.fixture
def scene(crew, flood):
    """An entry for two teams and five people, and a way to report to it."""
    officer = crew.people["county"]
    entry, _secret = services.open_entry(
        actor=officer, incident=flood, quota_teams=2, quota_people=5, place="小学门口", briefing="听从指挥"
    )

    def report(name, people=2, **given):
        given = {"insured_until": TOMORROW} | given
        made, ticket = services.apply(
            entry=entry, address="10.0.0.1", name=name, leader="张", phone="13800000000", skills="潜水",
            people=[(f"{name}{n}", "", "") for n in range(people)], **given,
        )  # fmt: skip
        made.ticket = ticket
        return made

    def decide(made, decision, reason=""):
        return services.decide(actor=officer, application=made, decision=decision, reason=reason)

    return officer, entry, report, decide


def accepted(scene, name="一队", people=2):
    officer, _entry, report, decide = scene
    made = report(name, people)
    decide(made, "accepted")
    services.sign_briefing(application=made, signed_by="张")
    return officer, Application.objects.get(pk=made.pk)


def test_acceptance_keeps_within_the_quota(scene, flood):
    officer, entry, report, decide = scene
    first, second, third = report("一队", 3), report("二队", 3), report("三队", 2)
    decide(first, "accepted")
    with pytest.raises(ValidationError, match="名额不够"):
        decide(second, "accepted")
    decide(second, "held")
    decide(third, "accepted")
    assert services.accepted_in(entry) == (2, 5)
    services.change_quota(actor=officer, entry=entry, quota_teams=3, quota_people=8)
    decide(second, "accepted")
    with pytest.raises(ValidationError):
        decide(first, "refused", "x")
    assert flood.timeline.filter(text="接受社会救援力量：一队", actor=str(officer)).exists()
    assert queries.room_of(officer, flood)["accepted_people"] == 8


def test_a_refusal_and_a_missing_insurance_need_a_reason(scene):
    _officer, _entry, report, decide = scene
    made = report("一队", insured_until=None)
    for decision in ("refused", "accepted", "nonsense"):
        with pytest.raises(ValidationError):
            decide(made, decision)
    decide(made, "refused", "现场力量已够")
    assert "现场力量已够" in Client().get(reverse("social:follow", args=[made.ticket])).content.decode()


def test_the_team_signs_on_its_own_page_and_the_text_is_kept(scene):
    _officer, entry, report, decide = scene
    made = report("一队")
    url = reverse("social:follow", args=[made.ticket])
    sign = {"verb": "sign", "signed_by": "张示例", "has_told_all": "on"}
    assert Client().post(url, sign).status_code == 422, "not accepted yet"
    decide(made, "accepted")
    assert Client().post(url, sign | {"has_told_all": ""}).status_code == 422
    assert Client().post(url, sign).status_code == 302
    entry.briefing = "改过"
    entry.save()
    made = Application.objects.get()
    assert (made.briefing, made.signed_by) == ("听从指挥", "张示例")
    assert Client().post(url, sign).status_code == 422
    assert Client().post(url, {"verb": "withdraw"}).status_code == 422, (
        "an accepted team is released, it does not vanish"
    )


def test_a_team_takes_its_report_back(scene, flood):
    made = scene[2]("一队")
    url = reverse("social:follow", args=[made.ticket])
    assert Client().post(url, {"verb": "withdraw"}).status_code == 302
    assert Application.objects.get().status == "withdrawn"
    assert flood.timeline.filter(text="一队撤回报备").exists()


def test_people_go_in_after_the_briefing_and_out_with_times(scene, flood):
    officer, _entry, report, decide = scene
    made = report("一队")
    decide(made, "accepted")
    made = Application.objects.get()
    with pytest.raises(ValidationError):
        services.check_in(actor=officer, application=made, people=made.people.all())
    services.sign_briefing(application=made, signed_by="张")
    made = Application.objects.get()
    other = report("二队").people.all()
    with pytest.raises(ValidationError):
        services.check_in(actor=officer, application=made, people=other)
    assert services.check_in(actor=officer, application=made, people=made.people.all()) == 2
    with pytest.raises(ValidationError):
        services.check_in(actor=officer, application=made, people=made.people.all())
    assert queries.room_of(officer, flood)["inside"] == 2
    one = made.people.first()
    services.check_out(actor=officer, application=made, people=[one])
    one.refresh_from_db()
    assert one.checked_in_at <= one.checked_out_at
    assert one.checked_out_by == str(officer)
    assert queries.room_of(officer, flood)["inside"] == 1
    assert flood.timeline.filter(text__startswith="一队进场 2 人").exists()


def test_it_can_be_tasked_at_this_incident_only(scene, flood, crew):
    officer, made = accepted(scene)
    wanted = request_resource(actor=officer, incident=flood, kind="socialteam", what="排查地下室")
    assert [one.record for one in candidates(wanted, officer)] == [made]
    other = Incident.objects.create(code="371526-2", title="另一处", kind_id="11A02", area_id="371526", place="x")
    elsewhere = request_resource(actor=officer, incident=other, kind="socialteam", what="x")
    assert candidates(elsewhere, officer) == []
    with pytest.raises(Application.DoesNotExist):
        assign_resource(actor=officer, request=elsewhere, ledger="socialapplications", object_id=made.pk, reason="x")
    waiting = scene[2]("二队")
    free = {one.record.pk: one.is_free for one in candidates(wanted, officer)}
    assert free == {made.pk: True, waiting.pk: False}


def test_release_waits_for_people_and_tasks_and_keeps_a_record(scene, flood):
    officer, made = accepted(scene)
    wanted = request_resource(actor=officer, incident=flood, kind="socialteam", what="排查地下室")
    task = assign_resource(actor=officer, request=wanted, ledger="socialapplications", object_id=made.pk)
    services.check_in(actor=officer, application=made, people=made.people.all())

    def release(note="排查三处，无伤"):
        return services.release(actor=officer, application=made, note=note)

    with pytest.raises(ValidationError, match="在场"):
        release()
    services.check_out(actor=officer, application=made, people=made.people.all())
    with pytest.raises(ValidationError, match="任务"):
        release()
    move_assignment(actor=officer, assignment=task, status="released")
    with pytest.raises(ValidationError):
        release(" ")
    release()
    made.refresh_from_db()
    assert (made.status, made.released_by) == ("released", str(officer))
    assert not made.is_available
    assert flood.timeline.filter(text="一队撤离：排查三处，无伤").exists()


def test_the_commands_pages_decide_and_let_in(scene, flood, crew, browser_of):
    officer, _entry, report, _decide = scene
    made = report("一队")
    browser = browser_of(officer)
    page = browser.get(reverse("social:incident", args=[flood.pk])).content.decode()
    assert "一队" in page
    assert browser.post(reverse("social:act", args=[made.pk, "decide"]), {"decision": "accepted"}).status_code == 302
    assert Application.objects.get().status == "accepted"
    assert "接受并签收安全须知后才能派任务" in browser.get(made.get_absolute_url()).content.decode()
    services.sign_briefing(application=made, signed_by="张")
    people = list(made.people.values_list("pk", flat=True))
    browser.post(reverse("social:act", args=[made.pk, "in"]), {"people": people})
    assert made.people.filter(checked_in_at__isnull=False).count() == 2
    assert browser_of(crew.people["field"]).get(made.get_absolute_url()).status_code == 403
    with pytest.raises(PermissionDenied):
        services.check_out(actor=crew.people["analyst"], application=made, people=made.people.all())
