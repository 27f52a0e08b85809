"""Take in CAP messages: once each, in chains, official only from the issuers on the list."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from fnmatch import fnmatchcase

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from anlan.areas.risk.warning.hazards import COLOUR_OF_NAME, COLOURS
from anlan.areas.risk.warning.models import EarlyCancellation, Warning, WarningProblem, WarningSource
from anlan.areas.risk.warning.places import areas_of, common_area, shape_of
from anlan.areas.risk.warning.services.relays import call_duty_posts
from anlan.areas.risk.warning.services.signatures import check_signature
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
ELSEWHERE = "area：没有写明影响范围，或所列区划代码、多边形都不在本市"
TYPES = tuple(Warning.MessageType.values)
#: Messages of these kinds are acted on; tests, drafts and system messages are only kept.
LIVE = (Warning.Status.ACTUAL, Warning.Status.EXERCISE)


class Refused(ValueError):
    """A message that was not taken in; `problems` name each element and the fix."""

    def __init__(self, problems: tuple[str, ...], *, is_elsewhere: bool = False) -> None:
        super().__init__("；".join(problems))
        self.problems = problems
        #: It is well made and concerns other cities only.
        self.is_elsewhere = is_elsewhere


class Waiting(Exception):
    """A cancellation that is kept until what it cancels has come."""


class _Elsewhere(cap.CAPError):
    """The message names no area of the city."""


def receive_warning(
    *, actor: User | str, document: bytes, received_from: str, source: WarningSource | None = None
) -> tuple[Warning, bool]:
    """Take in one CAP message; the second of the pair is False when it was here already.

    A message that cannot be taken in is kept with its problems and refused; what a feed brings for other cities is
    not kept. A cancellation without areas whose warning is still to come raises Waiting, and acts when that comes.
    """
    try:
        alert = cap.parse(document, limit=SIZE_LIMIT)
        if source and not _concerns_the_city(alert, source):
            raise _Elsewhere(ELSEWHERE)
        state, note = check_signature(document, alert.sender)
        found = (*_problems(alert), *_demands(alert.sender, state, note, source))
        if found:
            raise cap.CAPError(*found)
        if _has_to_wait(actor, alert, document, received_from):
            raise Waiting(alert.identifier)
        signed = {"signature": state, "signature_note": note[:300]}
        try:
            warning, is_new = _keep(actor, alert, document, received_from, signed)
        except IntegrityError:
            # Another connection handed in the same message in the same moment.
            warning, is_new = _keep(actor, alert, document, received_from, signed)
    except (cap.CAPError, ValidationError) as error:
        problems = error.problems if isinstance(error, cap.CAPError) else tuple(_said(error))
        is_elsewhere = isinstance(error, _Elsewhere)
        if not (source and is_elsewhere):
            _keep_problem(actor, document, received_from, problems)
        raise Refused(problems, is_elsewhere=is_elsewhere) from error
    if is_new:
        _take_in_waiting(actor, warning)
    return warning, is_new


def _keep_problem(actor: User | str, document: bytes, received_from: str, problems: tuple[str, ...]) -> None:
    digest = hashlib.sha256(document).hexdigest()
    WarningProblem.objects.create(
        received_from=received_from[:150],
        problems=list(problems),
        raw=document[:KEPT],
        size=len(document),
        digest=digest,
    )
    audit.record(actor=actor, action="warnings.refuse", details={"problems": list(problems)[:10], "digest": digest})


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


def _demands(sender: str, state: str, note: str, source: WarningSource | None) -> Iterator[str]:
    """What the registered sources demand of a message: the sender of its own one, a signature of any that asks for it."""
    if source and not source.allows(sender):
        yield f"sender：{sender} 不在接入源“{source}”允许的发送者中"
    if state == Warning.Signature.VALID:
        return
    strict = WarningSource.objects.filter(is_enabled=True, demands_signature=True)
    asking = next((one for one in strict if one == source or one.allows(sender)), None)
    if asking:
        yield f"Signature：接入源“{asking}”要求签名，{'没有签名' if state == Warning.Signature.ABSENT else note}"


def _concerns_the_city(alert: cap.Alert, source: WarningSource) -> bool:
    """Whether a message of a feed is for the city; a feed may bring a whole province, whose other issuers are no fault."""
    if areas_of(alert) is not None:
        return True
    is_bare = not any(info.areas for info in alert.infos)
    return is_bare and (source.allows(alert.sender) or _is_near(alert))


def _has_to_wait(actor: User | str, alert: cap.Alert, document: bytes, received_from: str) -> bool:
    """Keep a cancellation that names no area while nothing that it cancels has come."""
    if alert.message_type != "Cancel" or any(info.areas for info in alert.infos) or _is_near(alert):
        return False
    early, is_new = EarlyCancellation.objects.get_or_create(
        identifier=alert.identifier,
        defaults={
            "sender": alert.sender[:200],
            "references": [one.identifier for one in alert.references if one.sender == alert.sender],
            "raw": document,
            "received_from": received_from[:150],
        },
    )
    if is_new:
        audit.record(actor=actor, action="warnings.wait", subject=early)
    if not _is_near(alert):
        return True
    # What it cancels has come in this moment.
    early.taken_at = timezone.now()
    early.save(update_fields=["taken_at"])
    return False


def _is_near(alert: cap.Alert) -> bool:
    """Whether the message, or one that it refers to, is here."""
    named = [alert.identifier, *(one.identifier for one in alert.references if one.sender == alert.sender)]
    return Warning.objects.filter(sender=alert.sender, identifier__in=named).exists()


def _take_in_waiting(actor: User | str, warning: Warning) -> None:
    """Let the cancellations act that came before what they cancel."""
    for early in EarlyCancellation.objects.filter(sender=warning.sender, taken_at=None):
        if warning.identifier in early.references:
            early.taken_at = timezone.now()
            early.save(update_fields=["taken_at"])
            with suppress(Refused):  # what is wrong with it is kept
                receive_warning(actor=actor, document=bytes(early.raw), received_from=early.received_from)


@transaction.atomic
def _keep(
    actor: User | str, alert: cap.Alert, document: bytes, received_from: str, signed: dict[str, str]
) -> tuple[Warning, bool]:
    digest = hashlib.sha256(document).hexdigest()
    known = Warning.objects.filter(identifier=alert.identifier).first()
    if known is not None:
        if known.digest != digest:
            raise cap.CAPError("identifier：已收到同一标识而内容不同的消息，更新应使用新标识并以 references 指明原消息")
        return known, False
    warning = _read(alert)
    warning.raw, warning.digest, warning.received_from = document, digest, received_from[:150]
    warning.signature, warning.signature_note = signed["signature"], signed["signature_note"]
    places = areas_of(alert) or _places_of_references(warning)
    if places is None:
        raise _Elsewhere(ELSEWHERE)
    warning.area = common_area(places)
    warning.lon, warning.lat = warning.area.lon, warning.area.lat
    warning.full_clean(exclude=["raw"])
    warning.save()
    warning.areas.set(places)
    audit.record(
        actor=actor,
        action="warnings.receive",
        subject=warning,
        details={
            "identifier": warning.identifier,
            "digest": digest,
            "official": warning.is_official,
            "signature": warning.signature,
        },
    )
    _link(warning)
    if warning.status in LIVE and warning.is_official:
        _announce_new(warning)
    return warning, True


def _parts(alert: cap.Alert) -> list[cap.Info]:
    """The parts of a message in one language, Chinese if it has it, the gravest first; others translate them."""
    first = next((one for one in alert.infos if one.language.lower().startswith("zh")), None)
    first = first or next(iter(alert.infos), None)
    parts = [one for one in alert.infos if first and one.language.lower() == first.language.lower()]
    return sorted(parts, key=lambda one: -COLOURS.index(COLOUR_OF_NAME.get(one.colour or "", "")))


def _read(alert: cap.Alert) -> Warning:
    parts = _parts(alert)
    info = next(iter(parts), None)
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
        scope=alert.scope,
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
    areas = tuple(area for part in parts for area in part.areas)
    starts = [start for part in parts if (start := part.onset or part.effective)]
    ends = [part.expires for part in parts]
    warning.onset = min(starts, default=None)
    warning.expires = None if None in ends else max(ends)
    warning.area_text = "、".join(dict.fromkeys(area.area_desc for area in areas))[:300]
    warning.polygons = shape_of(areas)
    return warning


def _places_of_references(warning: Warning):
    if warning.message_type != "Cancel":
        return None
    earlier = Warning.objects.filter(sender=warning.sender, identifier__in=warning.references).last()
    return list(earlier.areas.all()) if earlier else None


def _link(warning: Warning) -> None:
    """Let the message act on what it refers to, and what refers to it and came earlier act on it."""
    same = Warning.objects.filter(sender=warning.sender, is_exercise=warning.is_exercise).exclude(pk=warning.pk)
    if warning.message_type in ACTING:
        for target in same.filter(identifier__in=warning.references):
            ACTING[warning.message_type](warning, target)
    if warning.message_type != "Cancel":
        for later in same.filter(message_type__in=ACTING, sent__gte=warning.sent).order_by("sent"):
            if warning.identifier in later.references:
                ACTING[later.message_type](later, warning)


def _line(warning: Warning) -> Iterator[Warning]:
    """A message and those that replaced it one after the other."""
    known: set[int] = set()
    while warning is not None and warning.pk not in known:
        known.add(warning.pk)
        yield warning
        warning = warning.replaced_by


def _replace(message: Warning, target: Warning) -> None:
    """Put an update into the line that grew from its target, at the place of its time.

    The newest of a line holds, whichever of its messages the update names and in whatever order they arrive.
    """
    if target.message_type == "Cancel" or any(one.pk == target.pk for one in _line(message)):
        return
    before = target
    for one in _line(target):
        if one.pk == message.pk:
            return
        if one.pk == target.pk or one.sent <= message.sent:
            before = one
    if before.replaced_by_id is not None and message.replaced_by_id is None:
        message.replaced_by = before.replaced_by
    was_last = before.replaced_by_id is None
    before.replaced_by = message
    before.save(update_fields=["replaced_by"])
    if before.cancelled_at and before.cancelled_at >= message.sent:
        message.cancelled_at = before.cancelled_at
    message.save(update_fields=["replaced_by", "cancelled_at"])
    if was_last and before.is_official and (before.area_id, before.hazard) != (message.area_id, message.hazard):
        _announce(before, "cancelled")


def _cancel(message: Warning, target: Warning) -> None:
    """End the line that grew from the target; what was sent after the cancellation stands."""
    for one in _line(target):
        if one.message_type == "Cancel" or one.sent > message.sent:
            return
        if one.cancelled_at is None:
            one.cancelled_at = message.sent
            one.save(update_fields=["cancelled_at"])
            if one.replaced_by_id is None and one.is_official and one.status in LIVE:
                _announce(one, "cancelled")


#: What a message does to those that it refers to.
ACTING = {"Update": _replace, "Cancel": _cancel}


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
