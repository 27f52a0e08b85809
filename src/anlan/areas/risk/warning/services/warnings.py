"""Take in CAP messages: once each, in chains, official only from the issuers on the list."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from anlan.areas.risk.warning.hazards import COLOUR_OF_NAME, COLOURS
from anlan.areas.risk.warning.models import Warning, WarningProblem
from anlan.areas.risk.warning.places import areas_of, common_area, shape_of
from anlan.areas.risk.warning.services.relays import call_duty_posts
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import WarningIssued
from anlan.foundation.rules.queries import rule
from anlan.protocols import cap

#: Bytes of a message; the platform's own are a few kilobytes.
SIZE_LIMIT = 1_000_000
#: Bytes of a refused message that are kept.
KEPT = 20_000
TYPES = tuple(Warning.MessageType.values)
#: Messages of these kinds are acted on; tests, drafts and system messages are only kept.
LIVE = (Warning.Status.ACTUAL, Warning.Status.EXERCISE)


class Refused(ValueError):
    """A message that was not taken in; `problems` name each element and the fix."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def receive_warning(*, actor: User, document: bytes, received_from: str) -> tuple[Warning, bool]:
    """Take in one CAP message; the second of the pair is False when it was here already.

    A message that cannot be taken in is kept with its problems and refused.
    """
    try:
        alert = cap.parse(document, limit=SIZE_LIMIT)
        found = tuple(_problems(alert))
        if found:
            raise cap.CAPError(*found)
        try:
            return _keep(actor, alert, document, received_from)
        except IntegrityError:
            # Another connection handed in the same message in the same moment.
            return _keep(actor, alert, document, received_from)
    except (cap.CAPError, ValidationError) as error:
        problems = error.problems if isinstance(error, cap.CAPError) else tuple(_said(error))
        digest = hashlib.sha256(document).hexdigest()
        WarningProblem.objects.create(
            received_from=received_from[:150],
            problems=list(problems),
            raw=document[:KEPT],
            size=len(document),
            digest=digest,
        )
        audit.record(actor=actor, action="warnings.refuse", details={"problems": list(problems)[:10], "digest": digest})
        raise Refused(problems) from error


def _said(error: ValidationError) -> Iterator[str]:
    for name, messages in error.message_dict.items():
        yield f"{name}：{' '.join(messages)}"


def _problems(alert: cap.Alert) -> Iterator[str]:
    if alert.message_type not in TYPES:
        yield f"msgType：{alert.message_type} 不是预警，应为 {'、'.join(TYPES)}"
    elif alert.message_type != "Cancel" and not alert.infos:
        yield "info：缺少，发布和更新必填"
    if len(alert.identifier) > 200:
        yield "identifier：超过 200 字"


@transaction.atomic
def _keep(actor: User, alert: cap.Alert, document: bytes, received_from: str) -> tuple[Warning, bool]:
    digest = hashlib.sha256(document).hexdigest()
    known = Warning.objects.filter(identifier=alert.identifier).first()
    if known is not None:
        if known.digest != digest:
            raise cap.CAPError("identifier：已收到同一标识而内容不同的消息，更新应使用新标识并以 references 指明原消息")
        return known, False
    warning = _read(alert)
    warning.raw, warning.digest, warning.received_from = document, digest, received_from[:150]
    places = areas_of(alert) or _places_of_references(warning)
    if places is None:
        raise cap.CAPError("area：没有写明影响范围，或所列区划代码、多边形都不在本市")
    warning.area = common_area(places)
    warning.lon, warning.lat = warning.area.lon, warning.area.lat
    warning.full_clean(exclude=["raw"])
    warning.save()
    warning.areas.set(places)
    audit.record(
        actor=actor,
        action="warnings.receive",
        subject=warning,
        details={"identifier": warning.identifier, "digest": digest, "official": warning.is_official},
    )
    _link(warning)
    if warning.status in LIVE and warning.is_official:
        _announce_new(warning)
    return warning, True


def _read(alert: cap.Alert) -> Warning:
    info = next((one for one in alert.infos if one.language.lower().startswith("zh")), None)
    info = info or next(iter(alert.infos), None)
    earlier = Warning.objects.filter(
        sender=alert.sender, identifier__in=[one.identifier for one in alert.references]
    ).last()
    patterns = rule("warning.senders").params["senders"]
    warning = Warning(
        identifier=alert.identifier,
        sender=alert.sender[:200],
        is_official=any(fnmatchcase(alert.sender, pattern) for pattern in patterns),
        sent=alert.sent,
        message_type=alert.message_type,
        status=alert.status,
        is_exercise=alert.status != Warning.Status.ACTUAL,
        references=[one.identifier for one in alert.references if one.sender == alert.sender],
    )
    if info is None:
        warning.headline = f"解除：{earlier.headline}"[:300] if earlier else "解除预警"
        warning.hazard = earlier.hazard if earlier else "未知"
        warning.event = earlier.event if earlier else "未知"
        warning.colour = earlier.colour if earlier else ""
        warning.sender_name = earlier.sender_name if earlier else ""
        return warning
    codes = {name: code for code, name in cap.EVENT_CODES.items()}
    warning.sender_name = (info.sender_name or alert.sender)[:200]
    warning.colour = COLOUR_OF_NAME.get(info.colour or "", "")
    warning.hazard = (info.national_event or codes.get(info.event) or info.event)[:60]
    warning.event = info.event[:100]
    warning.headline = (info.headline or f"{warning.sender_name}：{info.event}")[:300]
    warning.description, warning.instruction = info.description, info.instruction
    warning.onset, warning.expires = info.onset or info.effective, info.expires
    warning.area_text = "、".join(dict.fromkeys(one.area_desc for one in info.areas))[:300]
    warning.polygons = shape_of(info.areas)
    return warning


def _places_of_references(warning: Warning):
    if warning.message_type != "Cancel":
        return None
    earlier = Warning.objects.filter(sender=warning.sender, identifier__in=warning.references).last()
    return list(earlier.areas.all()) if earlier else None


def _link(warning: Warning) -> None:
    """Let the message act on what it refers to, and what refers to it and came earlier act on it."""
    same = Warning.objects.filter(sender=warning.sender, is_exercise=warning.is_exercise).exclude(pk=warning.pk)
    if warning.message_type in ("Update", "Cancel"):
        for target in same.filter(identifier__in=warning.references):
            _act(warning, target)
    if warning.message_type != "Cancel":
        for later in same.filter(message_type__in=("Update", "Cancel"), sent__gte=warning.sent):
            if warning.identifier in later.references:
                _act(later, warning)


def _act(message: Warning, target: Warning) -> None:
    """A cancellation ends the whole chain that grew from its target; an update replaces it."""
    if message.message_type == "Update":
        if target.replaced_by_id is None and target.message_type != "Cancel":
            target.replaced_by = message
            target.save(update_fields=["replaced_by"])
            if target.is_official and (target.area_id, target.hazard) != (message.area_id, message.hazard):
                _announce(target, "cancelled")
        return
    while target is not None and target.message_type != "Cancel":
        if target.cancelled_at is None:
            target.cancelled_at = message.sent
            target.save(update_fields=["cancelled_at"])
            if target.replaced_by_id is None and target.is_official and target.status in LIVE:
                _announce(target, "cancelled")
        target = target.replaced_by


def _announce_new(warning: Warning) -> None:
    if warning.message_type == "Cancel":
        call_duty_posts(warning=warning, is_grave=False, is_routine=True)
        return
    if warning.state != "in_force":
        return
    earlier = warning.replaced.first()
    is_fall = earlier is not None and COLOURS.index(warning.colour) < COLOURS.index(earlier.colour)
    _announce(warning, "updated" if warning.message_type == "Update" else "issued")
    call_duty_posts(warning=warning, is_grave=warning.colour in ("orange", "red"), is_routine=is_fall)


def _announce(warning: Warning, status: str) -> None:
    publish(
        WarningIssued(
            area_code=warning.area_id,
            is_exercise=warning.is_exercise,
            warning=warning.pk,
            colour=warning.colour,
            title=warning.headline,
            hazard=warning.hazard,
            status=status,
        )
    )


@transaction.atomic
def lapse_warnings(now: datetime) -> int:
    """Say of the warnings whose time is over that they are."""
    over = Warning.objects.select_for_update().filter(
        replaced_by=None, cancelled_at=None, lapsed_at=None, expires__lte=now, is_official=True, status__in=LIVE
    )
    over = over.exclude(message_type="Cancel")
    for warning in over:
        warning.lapsed_at = now
        warning.save(update_fields=["lapsed_at"])
        _announce(warning, "expired")
    return len(over)
