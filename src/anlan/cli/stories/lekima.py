"""What people do while the storm passes: each step is one person's work, by the same services as the pages."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.areas.command.reports.services import reports
from anlan.areas.command.reports.services.duties import open_duties
from anlan.areas.command.response.models import Activation, Order, Plan
from anlan.areas.command.response.services import activations, orders
from anlan.areas.command.review.services import add_finding, open_review
from anlan.areas.risk.warning.models import Assessment
from anlan.areas.risk.warning.services.assessments import acknowledge_assessment
from anlan.areas.risk.warning.services.warnings import receive_warning
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.services import add_note, change_status, raise_incident, update_figures
from anlan.foundation.places.models import Area
from anlan.foundation.resources.queries import candidates
from anlan.foundation.resources.services import assign_resource, move_assignment, request_resource
from anlan.protocols import cap

Verb = orders.Verb
BUREAU = "37150041600000"


@dataclass
class Stage:
    """What the steps share: the story's facts, the people, and what came of earlier steps."""

    facts: dict[str, Any]
    incident: Incident | None = None
    activation: Activation | None = None
    task: Order | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def people(self) -> dict[str, User]:
        return {user.username: user for user in User.objects.filter(is_demo=True)}

    @cached_property
    def township(self) -> Area:
        told = self.facts["incident"]
        return Area.objects.get(code__startswith=told["area"], level="township", name__startswith=told["township"])


@dataclass(frozen=True)
class Step:
    """One thing that somebody does, and after which share of the time for people it happens."""

    share: float
    title: str
    act: Callable[[Stage], None]


def warn(stage: Stage) -> None:
    """The weather bureau's own warning arrives as a CAP message; it is relayed, never made, here."""
    told, now = stage.facts["warning"], timezone.localtime().replace(microsecond=0)
    info = cap.Info(
        language="zh-CN", categories=("Met",), event=told["event"], urgency="Expected",
        severity=cap.SEVERITY_OF_COLOUR[told["colour"]], certainty="Likely",
        event_codes=((cap.EVENT_CODE_NAME, told["code"]),), effective=now, expires=now + timedelta(hours=24),
        sender_name="聊城市气象台（演练）", headline=told["headline"], description=told["description"],
        instruction=told["instruction"], areas=(cap.Area(area_desc="聊城市", geocodes=(("GB/T 2260", "371500000000"),)),),
    )  # fmt: skip
    alert = cap.Alert(
        identifier=f"{BUREAU}_{now:%Y%m%d%H%M%S}", sender=BUREAU, sent=now, status="Exercise",
        message_type="Alert", scope="Public", note="台风利奇马过程回放", infos=(info,),
    )  # fmt: skip
    document = cap.build(alert)
    receive_warning(actor=stage.people["zhiban"], document=document, received_from="气象局预警接口（演练）")


def take_note(stage: Stage) -> None:
    """The duty officer acknowledges the assessments that wait."""
    for assessment in Assessment.objects.filter(acknowledged_at=None, ended_at=None):
        acknowledge_assessment(actor=stage.people["zhiban"], assessment=assessment)


def report_in(stage: Stage) -> None:
    """The county calls; the duty officer raises the incident with what is known so far."""
    told = stage.facts["incident"]
    source = Assessment.objects.filter(area__code__startswith=told["area"], hazard="rainstorm").order_by("-pk").first()
    stage.incident = raise_incident(
        actor=stage.people["zhiban"], title=told["title"], kind=told["kind"], area=stage.township, place=told["place"],
        source=told["source"], description=told["description"], lon=stage.township.lon, lat=stage.township.lat,
        figures={"trapped": 12}, warning_ref=f"assessment:{source.pk}" if source else "", is_exercise=True,
        is_demo=True,
    )  # fmt: skip
    change_status(actor=stage.people["zhiban"], incident=stage.incident, status=Incident.Status.CONFIRMED)


def propose(stage: Stage) -> None:
    """The duty officer proposes level III of the flood plan."""
    plan = Plan.objects.get(code="flood-control", status=Plan.Status.PUBLISHED)
    stage.activation = activations.propose_activation(
        actor=stage.people["zhiban"], incident=stage.incident, plan=plan, level="III",
        reason="高唐县降雨研判提示已达橙色，姜店镇出现内涝。",
        measures="成员单位集中办公，抢险队伍集结，危险区域人员转移。",
    )  # fmt: skip


def confirm(stage: Stage) -> None:
    """The commander confirms; the action cards become orders."""
    activations.confirm_activation(actor=stage.people["zhihui"], activation=stage.activation)
    stage.activation.refresh_from_db()
    stage.incident.refresh_from_db()


def receive(stage: Stage) -> None:
    """Two thirds of the units acknowledge their orders; the others have to be called."""
    waiting = Order.objects.filter(activation=stage.activation, status=Order.Status.SENT).select_related("department")
    for number, order in enumerate(waiting.order_by("pk")):
        person = order.person or order.department.users.filter(is_demo=True).first()
        if number % 3 < 2 and person is not None:
            orders.report_on_order(actor=person, order=order, verb=Verb.ACKNOWLEDGE)


def send_team(stage: Stage) -> None:
    """The commander asks for boats, and sends the county's team to the place."""
    zhihui, leader = stage.people["zhihui"], stage.people["duizhang2"]
    wanted = request_resource(
        actor=stage.people["zhiban"], incident=stage.incident, kind="team", what="防汛抢险队伍（带冲锋舟）",
        needed_by=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    near = [one for one in candidates(wanted, zhihui) if one.is_free]
    if near:
        chosen = near[0]
        stage.kept["assignment"] = assign_resource(
            actor=zhihui, request=wanted, ledger=chosen.ledger.name, object_id=chosen.record.pk
        )
    stage.task = orders.add_order(
        actor=zhihui, incident=stage.incident, department=leader.department, person=leader,
        title="到姜店镇转移受困群众", detail="转移低洼村庄受困群众，优先老幼病残；每30分钟报告一次人数和位置。",
        due_at=timezone.now() + timedelta(hours=2), place=stage.incident.place, lon=stage.incident.lon,
        lat=stage.incident.lat,
    )  # fmt: skip


def set_out(stage: Stage) -> None:
    """The team leader acknowledges on the phone and sets out."""
    leader = stage.people["duizhang2"]
    orders.report_on_order(actor=leader, order=stage.task, verb=Verb.ACKNOWLEDGE, key="story-ack")
    orders.report_on_order(actor=leader, order=stage.task, verb=Verb.SET_OUT, key="story-out")
    _move(stage, "under_way")


def arrive(stage: Stage) -> None:
    """The team reports from the place with its position and a picture."""
    leader, place = stage.people["duizhang2"], stage.incident
    orders.report_on_order(
        actor=leader, order=stage.task, verb=Verb.ARRIVE, lon=place.lon, lat=place.lat, key="story-there"
    )
    photo = SimpleUploadedFile("现场.png", picture(), content_type="image/png")
    orders.report_on_order(
        actor=leader, order=stage.task, verb=Verb.REPORT, text="村内道路积水约40厘米，已转移8人，仍有4人待转移。",
        lon=place.lon, lat=place.lat, photos=[photo], key="story-report",
    )  # fmt: skip
    _move(stage, "on_site")
    update_figures(
        actor=stage.people["zhiban"], incident=stage.incident, figures={"trapped": 4, "evacuated": 8},
        source="高唐县应急救援队现场反馈",
    )  # fmt: skip


def finish(stage: Stage) -> None:
    """Everybody is out; the task is done."""
    leader = stage.people["duizhang2"]
    orders.report_on_order(
        actor=leader,
        order=stage.task,
        verb=Verb.FINISH,
        text="12名受困群众全部转移到镇中心小学安置点。",
        key="story-done",
    )
    update_figures(
        actor=stage.people["zhiban"], incident=stage.incident,
        figures={"trapped": 0, "evacuated": 12, "dead": 0, "missing": 0}, source="高唐县应急救援队、姜店镇政府",
    )  # fmt: skip
    add_note(
        actor=stage.people["zhiban"], incident=stage.incident, text="姜店镇积水开始消退，排涝泵继续运行。",
        source="姜店镇政府",
    )  # fmt: skip


def call_government(stage: Stage) -> None:
    """The duty officer reports by telephone, well within the thirty minutes."""
    officer = stage.people["zhiban"]
    level = reports.level_of_department(officer.department)
    owed = [duty for duty in open_duties(stage.incident) if duty.channel == "phone" and duty.level == level]
    for duty in owed[:1]:
        reports.record_phone_report(
            actor=officer, incident=stage.incident, duty=duty, spoke_to="市政府总值班室 值班员",
            text="高唐县姜店镇强降雨内涝，12人被困，正在处置。",
        )  # fmt: skip


def report_first(stage: Stage) -> None:
    """The first report is drafted from the record, signed by the commander and sent."""
    _report(stage, "first")


def report_last(stage: Stage) -> None:
    """The response ends; the final report sums up, and the timeline becomes a review."""
    activations.end_activation(
        actor=stage.people["zhihui"], activation=stage.activation, conditions="降雨减弱，积水消退，受困群众全部转移。",
        summary="转移12人，无人员伤亡。各单位按行动卡完成任务。",
    )  # fmt: skip
    stage.incident.refresh_from_db()
    _report(stage, "final")
    review = open_review(actor=stage.people["zhihui"], incident=stage.incident)
    add_finding(
        actor=stage.people["zhihui"], review=review, kind="strength", text="研判提示达到橙色后半小时内启动响应，队伍到位及时。",
    )  # fmt: skip


def _report(stage: Stage, kind: str) -> None:
    officer = stage.people["zhiban"]
    report = reports.draft_report(actor=officer, incident=stage.incident, kind=kind)
    reports.approve_report(actor=stage.people["zhihui"], report=report)
    addressees = reports.addressees_for(stage.incident, officer.department)
    reports.send_report(actor=officer, report=report, addressees=addressees)


def _move(stage: Stage, status: str) -> None:
    if assignment := stage.kept.get("assignment"):
        move_assignment(actor=stage.people["zhiban"], assignment=assignment, status=status)


def picture(width: int = 640, height: int = 400) -> bytes:
    """A drawn picture of brown water under a grey sky, as PNG: what the leader's phone took, without a real photo."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = bytearray()
    for y in range(height):
        rows.append(0)
        depth = y / height
        for x in range(width):
            wave = ((x * 7 + y * 13) % 29) / 29
            sky, water = (150 + int(60 * depth),) * 3, (110 + int(30 * wave), 90 + int(25 * wave), 60 + int(20 * wave))
            rows += bytes(sky if depth < 0.45 else water)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


STEPS = (
    Step(0.00, "气象局发布台风蓝色预警，平台转发", warn),
    Step(0.06, "值班员确认研判提示", take_note),
    Step(0.12, "高唐县来电，值班员录入突发事件", report_in),
    Step(0.22, "值班员提出启动防汛Ⅲ级响应", propose),
    Step(0.32, "指挥长确认，行动卡成为指令", confirm),
    Step(0.40, "各单位陆续签收", receive),
    Step(0.48, "请求并调派抢险队伍", send_team),
    Step(0.55, "队长签收、出动", set_out),
    Step(0.60, "电话报告市政府总值班室", call_government),
    Step(0.68, "队长到达，回传位置和照片", arrive),
    Step(0.74, "初报：拟稿、签发、报出", report_first),
    Step(0.88, "受困群众全部转移", finish),
    Step(1.00, "响应结束，终报，开始复盘", report_last),
)
