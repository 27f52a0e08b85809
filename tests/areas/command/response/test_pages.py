"""Pages of plans, responses and orders, as each role sees them."""

import time
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anlan.areas.command.response import queries
from anlan.areas.command.response.models import Activation, Fact, Order, Plan
from anlan.areas.command.response.services import activations
from anlan.areas.command.response.services.orders import mark_overdue_orders
from anlan.foundation.notices.models import Notice

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def warn(colour: str = "orange") -> None:
    Fact.objects.create(
        name="rain_warning",
        area_code="371500",
        value=colour,
        source="市气象台 暴雨橙色预警",
        observed_at=timezone.now(),
    )


@pytest.fixture
def proposed(people, flood, plan) -> Activation:
    warn()
    return activations.propose_activation(actor=people["duty_officer"], incident=flood, plan=plan, level="III")


@pytest.fixture
def running(people, proposed) -> Activation:
    activations.confirm_activation(actor=people["commander"], activation=proposed)
    proposed.refresh_from_db()
    return proposed


@pytest.fixture
def order(running) -> Order:
    """An order to 高唐县应急管理局."""
    return Order.objects.get(card__code="XQ-02", department__area_id="371526")


# --- Plans ---------------------------------------------------------------------------------------------------


def test_a_plan_shows_conditions_cards_timetable_and_problems(client_of, plan):
    page = client_of("county").get(reverse("response:plans")).content.decode()
    assert plan.title in page
    assert "示例文本" in page
    page = client_of("analyst").get(reverse("response:plan", args=[plan.pk])).content.decode()
    assert "暴雨预警信号（气象部门）" in page
    assert "response.flood_control.city@1" in page
    assert page.count("strip-bar phase-") >= plan.cards.count()
    assert "现在无人在岗" in page
    assert "登记备案" not in page


def test_a_plan_is_checked_read_in_approved_published_and_compared(client_of, plan):
    commander = client_of("commander")
    text = commander.get(reverse("response:plan_export", args=[plan.pk])).content.decode()
    broken = text.replace('title = "发布启动响应的通知"', 'title = ""')
    address = reverse("response:plan_import")
    page = commander.post(address, {"text": broken, "check": "1"}).content.decode()
    assert "不能读入" in page
    assert "任务没有标题" in page
    upload = SimpleUploadedFile("plan.toml", broken.encode())
    assert commander.post(address, {"file": upload, "keep": "1"}).status_code == 422
    assert Plan.objects.filter(code=plan.code).count() == 1
    changed = text.replace('title = "发布启动响应的通知"', 'title = "印发启动响应的通知"')
    commander.post(address, {"file": SimpleUploadedFile("plan.toml", changed.encode()), "keep": "1"})
    newer = Plan.objects.get(code=plan.code, version=2)
    assert newer.status == "draft"
    for step in ("plan_approve", "plan_publish", "plan_file"):
        commander.post(reverse(f"response:{step}", args=[newer.pk]), {"document": "聊政办字〔2026〕1号"})
    newer.refresh_from_db()
    plan.refresh_from_db()
    assert (newer.status, plan.status, newer.document) == ("published", "retired", "聊政办字〔2026〕1号")
    assert newer.filed_at == timezone.localdate()
    page = commander.get(reverse("response:plan", args=[newer.pk]), {"compare": plan.pk}).content.decode()
    assert "印发启动响应的通知" in page
    assert "card FX-02" in page


@pytest.mark.parametrize("text", ["a = [", "", 'code = "x"\ntitle = "x"'])
def test_a_text_that_is_no_plan_is_refused_in_words(client_of, offices, rules, text):
    answer = client_of("commander").post(reverse("response:plan_import"), {"text": text, "keep": "1"})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()


def test_only_who_may_change_plans_reads_them_in(client_of, plan):
    for role in ("duty_officer", "analyst", "county", "field"):
        assert client_of(role).get(reverse("response:plan_import")).status_code == 403
        assert client_of(role).post(reverse("response:plan_file", args=[plan.pk])).status_code == 403


# --- Responses -----------------------------------------------------------------------------------------------


def test_the_preview_shows_why_and_to_whom(client_of, flood, plan):
    warn()
    page = client_of("duty_officer").get(reverse("response:activate", args=[flood.pk])).content.decode()
    assert "市气象台 暴雨橙色预警" in page
    drafts = queries.dry_run(plan=plan, level="III", incident=flood).drafts
    assert f"<b>{len(drafts)}</b>" in page
    assert page.count("is-silent") == len([d for d in drafts if d.problem])
    some = client_of("duty_officer").get(
        reverse("response:activate", args=[flood.pk]), {"plan": plan.pk, "level": "III", "areas": ["371526"]}
    )
    assert len(some.context["run"].drafts) < len(drafts)


def test_who_is_called_instead_is_named(flood, plan, people):
    from anlan.foundation.accounts.models import Appointment, Post

    Appointment.objects.filter(post=Post.objects.get(department__code="371526-yjj")).delete()
    run = queries.dry_run(plan=plan, level="III", incident=flood)
    empty = next(d for d in run.drafts if d.department.code == "371526-yjj")
    assert empty.person is None
    assert queries.stand_ins(run, is_exercise=False)[empty.post.pk] == f"{people['duty_officer']}（市应急局值班员）"


def test_whoever_is_on_duty_gets_the_order(flood, plan, people, monkeypatch):
    from anlan.foundation.accounts.models import Post

    desk = Post.objects.get(department__code="371526-yjj")
    monkeypatch.setattr(Post, "rosters", [lambda post, at: [people["analyst"]] if post == desk else []])
    run = queries.dry_run(plan=plan, level="III", incident=flood)
    assert {d.person for d in run.drafts if d.department.code == "371526-yjj"} == {people["analyst"]}


def test_what_is_proposed_and_confirmed_is_what_was_shown(client_of, flood, plan):
    warn()
    officer, commander = client_of("duty_officer"), client_of("commander")
    address = reverse("response:activate", args=[flood.pk])
    shown = officer.get(address, {"plan": plan.pk, "level": "III"}).context["run"]
    answer = officer.post(address, {"plan": plan.pk, "level": "III", "areas": []})
    made = Activation.objects.get()
    assert answer.url == reverse("response:confirm", args=[made.pk])
    seen = commander.get(answer.url).context["run"]
    assert not Order.objects.exists()
    started = time.monotonic()
    commander.post(reverse("response:confirm_do", args=[made.pk]))
    assert time.monotonic() - started < 10
    sent = {(o.card.code, o.department_id, o.person_id) for o in Order.objects.select_related("card")}
    assert len(sent) >= 100
    for run in (shown, seen):
        assert {(d.card.code, d.department.pk, d.person and d.person.pk) for d in run.drafts} == sent


def test_the_proposer_is_never_the_second_person(client_of, flood, plan):
    warn()
    commander = client_of("commander")
    commander.post(reverse("response:activate", args=[flood.pk]), {"plan": plan.pk, "level": "III"})
    made = Activation.objects.get()
    page = commander.get(reverse("response:confirm", args=[made.pk])).content.decode()
    assert "须由另一人确认" in page
    assert reverse("response:confirm_do", args=[made.pk]) not in page
    commander.post(reverse("response:confirm_do", args=[made.pk]))
    made.refresh_from_db()
    assert made.status == "proposed"
    assert client_of("duty_officer").post(reverse("response:confirm_do", args=[made.pk])).status_code == 403


def test_without_a_condition_the_form_asks_for_the_reason(client_of, flood, plan):
    answer = client_of("duty_officer").post(
        reverse("response:activate", args=[flood.pk]), {"plan": plan.pk, "level": "II"}
    )
    assert answer.status_code == 422
    assert "请写明提出的理由" in answer.content.decode()


def test_a_rejection_needs_and_keeps_its_reason(client_of, proposed):
    commander, address = client_of("commander"), reverse("response:reject", args=[proposed.pk])
    assert commander.post(address, {"reject-reason": ""}).status_code == 422
    commander.post(address, {"reject-reason": "雨带南移"})
    proposed.refresh_from_db()
    assert proposed.status == "rejected"
    assert "雨带南移" in proposed.reason


def test_a_level_not_activated_says_why_and_is_not_asked_again(client_of, flood, plan, people):
    warn()
    assert [p.level for p in queries.open_proposals(flood)] == ["III"]
    address = reverse("response:decline", args=[flood.pk])
    officer = client_of("duty_officer")
    officer.post(address, {"plan": plan.pk, "level": "III", "reason": " "})
    assert not Activation.objects.exists()
    officer.post(address, {"plan": plan.pk, "level": "III", "reason": "本市无强降水"})
    assert Activation.objects.get().basis[0]["value"] == "orange"
    assert queries.open_proposals(flood) == []
    warn("red")
    assert [p.level for p in queries.open_proposals(flood)] == ["II"]


def test_the_level_changes_and_the_response_ends(client_of, running):
    officer, commander = client_of("duty_officer"), client_of("commander")
    officer.post(reverse("response:level", args=[running.pk]), {"level-level": "II", "level-reason": "雨量超预报"})
    raised = Activation.objects.get(level="II")
    commander.post(reverse("response:confirm_do", args=[raised.pk]))
    running.refresh_from_db()
    assert running.status == "changed"
    address = reverse("response:end", args=[raised.pk])
    assert commander.post(address, {"end-conditions": "", "end-summary": ""}).status_code == 422
    commander.post(address, {"end-conditions": "雨停", "end-summary": "无伤亡"})
    raised.refresh_from_db()
    assert raised.status == "ended"
    assert "雨停" in officer.get(reverse("response:confirm", args=[raised.pk])).content.decode()


def test_the_room_shows_proposals_then_the_response_and_its_orders(client_of, flood, plan, people):
    warn()
    address = reverse("web:incident", args=[flood.pk])
    assert "预演并提出" in client_of("duty_officer").get(address).content.decode()
    made = activations.propose_activation(actor=people["duty_officer"], incident=flood, plan=plan, level="III")
    assert "核对并确认" in client_of("commander").get(address).content.decode()
    activations.confirm_activation(actor=people["commander"], activation=made)
    page = client_of("duty_officer").get(address).content.decode()
    assert "响应中" in page
    assert "预演并提出" not in page
    assert f'href="{reverse("response:orders")}?incident={flood.pk}"' in page


# --- Orders --------------------------------------------------------------------------------------------------


def test_every_page_opens_for_those_who_may(client_of, order, running, flood):
    pages = [
        reverse("response:plans"),
        reverse("response:orders"),
        reverse("response:order", args=[order.pk]),
        reverse("response:confirm", args=[running.pk]),
    ]
    for role in ("duty_officer", "commander", "county", "analyst", "auditor"):
        for page in pages:
            assert client_of(role).get(page).status_code == 200, (role, page)
    for role in ("duty_officer", "commander"):
        assert client_of(role).get(reverse("response:activate", args=[flood.pk])).status_code == 200
        assert client_of(role).get(reverse("response:order_add", args=[flood.pk])).status_code == 200
    assert client_of("system_administrator").get(reverse("response:orders")).status_code == 403


def test_a_county_works_on_its_own_orders_and_no_other(client_of, people, order, running):
    county = client_of("county")
    other = Order.objects.filter(department__area_id="371581").first()
    assert county.get(reverse("response:order", args=[other.pk])).status_code == 404
    assert county.post(reverse("response:order_report", args=[other.pk, "acknowledge"])).status_code == 404
    board = county.get(reverse("response:orders")).content.decode()
    assert order.title in board
    county.post(reverse("response:order_report", args=[order.pk, "acknowledge"]))
    order.refresh_from_db()
    assert (order.status, order.acknowledged_by) == ("acknowledged", str(people["county"]))
    assert client_of("enterprise").get(reverse("response:order", args=[order.pk])).status_code == 404


def test_a_report_with_pictures_stands_on_the_page(client_of, order, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    county = client_of("county")
    upload = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.png", PNG + b"\x00")]
    county.post(
        reverse("response:order_report", args=[order.pk, "finish"]), {"text": "已转移 120 人", "photos": upload}
    )
    order.refresh_from_db()
    assert order.status == "done"
    page = county.get(reverse("response:order", args=[order.pk])).content.decode()
    assert "已转移 120 人" in page
    assert page.count('<img src="/files/') == 2
    wrong = SimpleUploadedFile("x.exe", b"MZ\x90\x00 program")
    answer = county.post(reverse("response:order_report", args=[order.pk, "report"]), {"text": "x", "photos": [wrong]})
    assert answer.status_code == 422


def test_an_order_is_passed_on_to_a_township_and_taken_back(client_of, order):
    county, officer = client_of("county"), client_of("duty_officer")
    page = county.get(reverse("response:order", args=[order.pk])).content.decode()
    assert "姜店镇" in page
    assert "顾官屯镇" not in page
    county.post(reverse("response:order_assign", args=[order.pk]), {"areas": ["371526105"]})
    below = order.suborders.get()
    assert below.department.name == "姜店镇人民政府"
    assert county.post(reverse("response:order_assign", args=[order.pk]), {"areas": ["371502110"]}).status_code == 422
    address = reverse("response:order_cancel", args=[order.pk])
    assert officer.post(address, {"cancel-reason": ""}).status_code == 422
    officer.post(address, {"cancel-reason": "改由市级处置"})
    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == ("cancelled", "改由市级处置")


def test_what_an_order_needs_leads_to_asking_for_it(client_of, running):
    order = Order.objects.exclude(needs=[]).first()
    officer = client_of("duty_officer")
    page = officer.get(reverse("response:order", args=[order.pk])).content.decode()
    address = page.split(f'href="{reverse("resources:ask", args=[order.incident_id])}')[1].split('"')[0]
    form = officer.get(reverse("resources:ask", args=[order.incident_id]) + unescape(address)).context["form"]
    assert form["what"].value() == order.needs[0]["what"]
    assert "resources/ask" not in client_of("county").get(reverse("response:order", args=[order.pk])).content.decode()


def test_an_order_that_no_plan_foresaw(client_of, flood, people, rules):
    due = timezone.localtime() + timedelta(hours=1)
    answer = client_of("commander").post(
        reverse("response:order_add", args=[flood.pk]),
        {"department": people["county"].department_id, "title": "封闭下穿立交", "due_at": f"{due:%Y-%m-%dT%H:%M}"},
    )
    made = Order.objects.get()
    assert answer.url == reverse("response:order", args=[made.pk])
    assert made.person == people["county"]


def test_late_orders_are_marked_once_and_running_ones_are_not(client_of, people, order, flood):
    Order.objects.update(due_at=timezone.now() - timedelta(minutes=1), is_continuous=False)
    Order.objects.filter(pk=order.pk).update(is_continuous=True, status="under_way")
    n = mark_overdue_orders()
    assert n == Order.objects.count() - 1
    assert mark_overdue_orders() == 0
    order.refresh_from_db()
    assert order.overdue_at is None
    assert not order.is_overdue
    columns = client_of("duty_officer").get(reverse("response:orders")).context["columns"]
    assert {name: count for name, *_rest, count in columns} == {"late": n, "sent": 0, "hand": 1, "done": 0}
    assert flood.timeline.filter(data__is_overdue=True).count() == n


def test_late_and_silent_addressees_are_reminded_at_once(client_of, order, running):
    before = Notice.objects.count()
    waiting = list(Order.objects.filter(status="sent").values_list("pk", flat=True))
    client_of("duty_officer").post(reverse("response:remind"), {"order": waiting, "query": "incident=1"})
    called = Order.objects.filter(pk__in=waiting).exclude(post=None).count()
    assert Notice.objects.count() == before + called
    assert client_of("county").post(reverse("response:remind"), {"order": waiting}).status_code == 302
    assert Notice.objects.count() == before + called, "an incident of the whole city is not the county's"
