"""A social team reports by QR code without an account; the link is secret, ends, and cannot be flooded."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.social import services
from anlan.areas.rescue.social.models import Application, Entry
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.notices.models import Notice
from anlan.foundation.rules.models import Rule

DATA = {
    "name": "水城志愿队", "leader": "张示例", "phone": "13800000000", "skills": "水域救援",
    "people": "张三，13800000001，潜水\n李四\n\n王五,,急救",
}  # fmt: skip


@pytest.fixture
def entry(crew, flood):
    """An open entry and the address of its code."""
    made, secret = services.open_entry(
        actor=crew.people["county"],
        incident=flood,
        quota_teams=2,
        quota_people=5,
        place="小学门口",
        briefing="听从指挥",
    )
    made.url = reverse("social:join", args=[secret])
    made.secret = secret
    return made


def test_a_team_reports_without_an_account_and_follows_its_answer(entry, flood):
    visitor = Client()
    page = visitor.get(entry.url)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"].startswith("noindex")
    assert "姜店内涝" in page.content.decode()
    answer = visitor.post(entry.url, DATA)
    assert answer.status_code == 302
    made = Application.objects.get()
    assert [(p.name, p.phone, p.skills) for p in made.people.all()] == [
        ("张三", "13800000001", "潜水"), ("李四", "", ""), ("王五", "", "急救"),
    ]  # fmt: skip
    assert made.address == "127.0.0.1"
    assert "等待现场指挥部审核" in visitor.get(answer.url).content.decode()
    entries = flood.timeline.filter(text__startswith="社会救援力量报备：水城志愿队，3 人")
    assert entries.get().actor == "水城志愿队（自行报备）"
    assert AuditEntry.objects.filter(action="social.apply").exists()
    assert Notice.objects.get(title__startswith="社会救援力量报备").link == made.get_absolute_url()


def test_only_digests_are_kept_and_the_code_is_shown_once(entry, crew, flood, browser_of):
    assert entry.secret not in str(Entry.objects.values())
    browser = browser_of(crew.people["county"])
    address = reverse("social:incident", args=[flood.pk])
    assert (
        "<svg"
        in browser.post(
            reverse("social:open", args=[flood.pk]),
            {"quota_teams": 1, "quota_people": 9, "place": "门口", "briefing": "听从指挥"},
        )
        .content.decode()
        .split("rescue-qr")[1]
    )
    assert "rescue-qr" not in browser.get(address).content.decode()
    assert Client().get(entry.url).status_code == 404, "a new code ends the old one"


@pytest.mark.parametrize("how", ["revoked", "expired", "ended", "wrong"])
def test_a_dead_code_names_nothing(entry, crew, flood, how):
    url = entry.url
    if how == "revoked":
        services.close_entry(actor=crew.people["county"], entry=entry)
    elif how == "expired":
        Entry.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    elif how == "ended":
        flood.status = "ended"
        flood.save()
    else:
        url = reverse("social:join", args=["x" * 32])
    for answer in (Client().get(url), Client().post(url, DATA)):
        assert answer.status_code == 404
        assert "姜店内涝" not in answer.content.decode()
    assert not Application.objects.exists()
    assert Client().get(reverse("social:follow", args=["x" * 32])).status_code == 404


def test_reports_are_limited_by_address_and_by_code(entry, crew):
    rule = Rule.objects.get(code="rescue.social_entry")
    rule.params = rule.params | {"most_per_address_hour": 2, "most_per_link_hour": 3}
    rule.save()

    def report(name, address):
        return Client(REMOTE_ADDR=address).post(entry.url, DATA | {"name": name}).status_code

    assert [report(f"队{n}", "10.0.0.1") for n in range(3)] == [302, 302, 429]
    assert [report("队8", "10.0.0.2"), report("队9", "10.0.0.3")] == [302, 429]
    Application.objects.update(submitted_at=timezone.now() - timedelta(minutes=61))
    assert report("队10", "10.0.0.1") == 302


def test_what_is_wrong_stands_in_the_form(entry):
    for field, value in (("phone", "没有"), ("people", ""), ("people", "，，"), ("name", "")):
        answer = Client().post(entry.url, DATA | {field: value})
        assert answer.status_code == 422, field
        assert answer.context["form"].errors[field]
    assert Client().post(entry.url, DATA).status_code == 302
    twice = Client().post(entry.url, DATA)
    assert twice.status_code == 422
    assert "已经报备过" in twice.content.decode()


def test_foreign_sites_cannot_post_for_a_visitor(entry):
    assert Client(enforce_csrf_checks=True).post(entry.url, DATA).status_code == 403


def test_only_the_command_of_the_area_opens_and_closes(entry, crew, flood, browser_of):
    for who in ("analyst", "field", "enterprise", "hospital"):
        with pytest.raises(PermissionDenied):
            services.close_entry(actor=crew.people[who], entry=entry)
    flood.area_id = "371503"
    flood.save()
    with pytest.raises(PermissionDenied):
        services.open_entry(
            actor=crew.people["county"], incident=flood, quota_teams=1, quota_people=1, place="x", briefing="x"
        )
    assert browser_of(crew.people["county"]).get(reverse("social:incident", args=[flood.pk])).status_code == 404


def test_no_entry_for_an_incident_that_is_over(crew, flood):
    flood.status = "ended"
    flood.save()
    with pytest.raises(ValidationError):
        services.open_entry(
            actor=crew.people["county"], incident=flood, quota_teams=1, quota_people=1, place="x", briefing="x"
        )


def test_an_exercise_is_marked_on_the_public_page(entry, flood):
    flood.is_exercise = True
    flood.save()
    assert "本页内容属于演练" in Client().get(entry.url).content.decode()
