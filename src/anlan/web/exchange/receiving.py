"""Take in a document of another bureau: kept whatever it says, its messages handed over one by one."""

import hashlib

from django.db import transaction
from django.utils.translation import override

from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.protocols import cap, edxl
from anlan.protocols.edxl import de
from anlan.web.exchange.handing import Handed, Outcome, Sent, hand_over
from anlan.web.models import Exchange, ExchangedMessage

#: Bytes of a document; files may be inside.
SIZE_LIMIT = 4_000_000
#: Bytes of a document without any message that are kept.
KEPT = 20_000
Result = ExchangedMessage.Result
#: Results of messages that leave nothing to mend.
FINE = (Result.ACCEPTED, Result.KNOWN, Result.KEPT)


def receive(*, actor: User, document: bytes, partner: str) -> tuple[Exchange, bool]:
    """Take in one document; the second of the pair is False when the same was taken in whole before."""
    digest = hashlib.sha256(document).hexdigest()
    same = Exchange.objects.filter(direction="in", digest=digest, actor=actor, result=Exchange.Result.ACCEPTED)
    if known := same.first():
        return known, False
    with override("zh-hans"):
        try:
            message = edxl.parse(document, limit=SIZE_LIMIT)
        except edxl.EDXLError as error:
            return _keep(actor, document, partner, problems=error.problems), True
        return _keep(
            actor, document, partner, message=message, handed=_hand_over(message, document, actor, partner)
        ), True


def _hand_over(message: edxl.Message, document: bytes, actor: User, partner: str) -> list[tuple[Handed, list[str]]]:
    if not isinstance(message, de.Distribution):
        return [(handed, []) for handed in hand_over(message, document, Sent(actor, partner))]
    is_only_kept = message.status in ("Test", "System") or message.kind in ("Ack", "Error")
    found = []
    for content in edxl.contents(message):
        keywords = [value for keyword in content.item.keywords for value in keyword.values]
        if content.is_attachment:
            kept = Outcome(Result.KEPT, f"附件，{len(content.document)} 字节，随原文留存")
            title = content.item.description or content.item.non_xml.mime_type
            found.append((Handed(kind=content.item.non_xml.mime_type, title=title[:200], outcome=kept), keywords))
            continue
        if content.message is None:
            outcome = Outcome(Result.REFUSED, "；".join(content.problems))
            found.append((Handed(title=content.item.description[:200], outcome=outcome), keywords))
            continue
        sent = Sent(actor, partner, message.status == "Exercise", is_only_kept, content.item.incident_id)
        found += [(handed, keywords) for handed in hand_over(content.message, content.document, sent)]
    return found


@transaction.atomic
def _keep(
    actor: User,
    document: bytes,
    partner: str,
    *,
    message: edxl.Message | None = None,
    handed: list[tuple[Handed, list[str]]] | None = None,
    problems: tuple[str, ...] = (),
) -> Exchange:
    handed = handed or []
    results = {each.outcome.result for each, _ in handed}
    if message is not None and not handed:
        problems = ("contentObject：封装中没有消息",)
    is_fine = bool(results) and results <= set(FINE)
    result = Exchange.Result.ACCEPTED if is_fine else Exchange.Result.PARTLY
    if not results & set(FINE):
        result = Exchange.Result.REFUSED
    exchange = Exchange.objects.create(
        direction=Exchange.Direction.IN,
        actor=actor,
        partner=partner[:200],
        area_id=actor.department.area_id if actor.department else None,
        standard=edxl.standard(message) if message is not None else edxl.recognise(document, limit=SIZE_LIMIT),
        identifier=getattr(message, "identifier", "")[:200],
        sender=getattr(message, "sender", "")[:200],
        result=result,
        problems=list(problems),
        raw=document if message is not None else document[:KEPT],
        size=len(document),
        digest=hashlib.sha256(document).hexdigest(),
        is_exercise=_is_exercise(message),
    )
    for each, keywords in handed:
        ExchangedMessage.objects.create(
            exchange=exchange,
            standard=each.standard,
            kind=each.kind,
            identifier=each.identifier,
            title=each.title,
            keywords=keywords[:20],
            result=each.outcome.result,
            detail=each.outcome.detail,
            link=each.outcome.link,
        )
    audit.record(
        actor=actor,
        action="exchange.receive",
        subject=exchange,
        succeeded=result != Exchange.Result.REFUSED,
        details={"digest": exchange.digest, "problems": list(problems)[:10], "messages": len(handed)},
    )
    return exchange


def _is_exercise(message: edxl.Message | None) -> bool:
    return isinstance(message, de.Distribution | cap.Alert) and message.status != "Actual"
