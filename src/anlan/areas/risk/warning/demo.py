"""Sample CAP messages, all of them exercises, so that nobody takes them for the bureau's."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from anlan.areas.risk.warning.models import Decision, Warning, WarningFeed, WarningSource
from anlan.areas.risk.warning.services.decisions import record_decision
from anlan.areas.risk.warning.services.warnings import receive_warning
from anlan.foundation.accounts.models import User
from anlan.foundation.notices.services import confirm_notice
from anlan.foundation.places.models import Area
from anlan.protocols import cap

SENDER = "37150041600000"
INSTRUCTION = "1. 停止户外作业和集会；2. 转移危险地带人员，做好低洼地带排水；3. 切断低洼地带有危险的室外电源。"
#: For how many hours a message was in force.
FORCE = 24
#: Hours ago, all over by now so that a new installation is calm; event, code, colour, message type, position of the message it updates, county codes.
MESSAGES = (
    (274, "台风", "11B01", "蓝", "Alert", None, ("371500",)),
    (260, "暴雨", "11B03", "黄", "Alert", None, ("371500",)),
    (249, "暴雨", "11B03", "橙", "Update", 1, ("371500",)),
    (244, "雷雨大风", "11B20", "黄", "Alert", None, ("371526", "371503")),
    (243, "暴雨", "11B03", "红", "Alert", None, ("371526",)),
)


def load(city: Area) -> None:
    """Hand in the sample messages once, and show how feeds are registered."""
    _feeds(city)
    duty = User.objects.filter(username="zhiban").first()
    if duty is None or Warning.objects.filter(received_from="demo").exists():
        return
    now = timezone.now().astimezone(UTC).replace(microsecond=0)
    sent: list[cap.Alert] = []
    for hours, event, code, colour, kind, earlier, places in MESSAGES:
        areas = list(Area.objects.filter(pk__in=places))
        if not areas:
            continue
        references = (sent[earlier].reference,) if earlier is not None else ()
        alert = _alert(now - timedelta(hours=hours), event, code, colour, kind, references, areas, now)
        sent.append(alert)
        warning, _is_new = receive_warning(actor=duty, document=cap.build(alert), received_from="demo")
        _settle(warning, duty)


def _feeds(city: Area) -> None:
    """A feed to be asked, switched off since its host does not exist, and one that is offered by token."""
    WarningSource.objects.get_or_create(
        code="DEMO-SRC-01",
        defaults={
            "name": "市气象局预警订阅源（示例）",
            "address": "https://weather.example/cap/feed.atom",
            "senders": f"{SENDER} 3715??416*",
            "demands_signature": False,
            "is_enabled": False,
            "area": city,
            "is_demo": True,
        },
    )
    WarningFeed.objects.get_or_create(
        code="demo",
        defaults={
            "name": "聊城市预警转发（示例）",
            "decision": "示例：市应急局决定，向县（市、区）平台提供。",
            "area": city,
            "is_demo": True,
        },
    )


def _settle(warning: Warning, duty: User) -> None:
    """What came long ago was confirmed and decided on."""
    for relay in warning.relays.select_related("notice__post"):
        for person in relay.notice.post.holders()[:1]:
            confirm_notice(notice=relay.notice, user=person)
    reason = "已按现行响应级别部署，继续监测，不另行启动。"
    record_decision(actor=duty, subject=warning, decision=Decision.Kind.NO_RESPONSE, reason=reason)


def _alert(
    at: datetime,
    event: str,
    code: str,
    colour: str,
    kind: str,
    references: tuple[cap.Reference, ...],
    areas: list[Area],
    now: datetime,
) -> cap.Alert:
    names = "、".join(area.name for area in areas)
    verb = "变更为" if kind == "Update" else "发布"
    issuer = "聊城市气象台（示例）"
    info = cap.Info(
        language="zh-CN",
        categories=("Met",),
        event=event,
        urgency="Expected",
        severity=cap.SEVERITY_OF_COLOUR[colour],
        certainty="Likely",
        event_codes=((cap.EVENT_CODE_NAME, code),),
        onset=at,
        expires=at + timedelta(hours=FORCE),
        sender_name=issuer,
        headline=f"{issuer}{verb}{event}{colour}色预警信号",
        description=f"演练文稿：受台风影响，预计未来 6 小时{names}将出现{event}天气，请注意防范。",
        instruction=INSTRUCTION,
        areas=tuple(cap.Area(area_desc=area.name, geocodes=(("GB/T 2260", area.pk.ljust(12, "0")),)) for area in areas),
    )
    return cap.Alert(
        identifier=f"{SENDER}_{at.astimezone(timezone.get_default_timezone()):%Y%m%d%H%M%S}",
        sender=SENDER,
        sent=at,
        status="Exercise",
        message_type=kind,
        scope="Public",
        references=references,
        infos=(info,),
    )
