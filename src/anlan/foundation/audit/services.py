"""Write and verify the audit chain."""

import hashlib
import json
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from anlan.foundation.audit.models import AuditEntry, AuditHead

GENESIS = "0" * 64
#: Address of the browser or device behind the running request; the middleware sets it.
client_address: ContextVar[str] = ContextVar("client_address", default="")


def seal(entry: AuditEntry) -> str:
    """The SM3 digest of an entry's content and of the digest before it."""
    content = [
        entry.previous_digest,
        entry.at.isoformat(),
        entry.actor,
        entry.actor_post,
        entry.address,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.subject,
        entry.succeeded,
        entry.details,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new("sm3", text.encode()).hexdigest()


@transaction.atomic
def record(
    *,
    actor: Any,
    action: str,
    subject: models.Model | str = "",
    details: dict | None = None,
    succeeded: bool = True,
) -> AuditEntry:
    """Append one entry. `actor` is a user, or the name of the machine part that acted."""
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults={"digest": GENESIS})
    is_record = isinstance(subject, models.Model)
    entry = AuditEntry(
        at=timezone.now(),
        actor=str(actor)[:150],
        actor_post=str(getattr(actor, "post_title", "") or "")[:150],
        address=client_address.get(),
        action=action,
        subject_kind=subject._meta.label_lower if is_record else "",
        subject_id=str(subject.pk) if is_record else "",
        subject=str(subject)[:200],
        succeeded=succeeded,
        details=json.loads(json.dumps(details or {}, default=str, ensure_ascii=False)),
        previous_digest=head.digest,
    )
    entry.digest = seal(entry)
    entry.save(force_insert=True)
    head.digest, head.count = entry.digest, head.count + 1
    head.save()
    return entry


def verify() -> tuple[int, list[str]]:
    """How many entries were checked, and one line for each that breaks the chain."""
    problems, previous, count = [], GENESIS, 0
    for entry in AuditEntry.objects.order_by("id").iterator(2000):
        count += 1
        if entry.previous_digest != previous:
            problems.append(f"entry {entry.pk}: the entry before it is missing or was changed")
        if seal(entry) != entry.digest:
            problems.append(f"entry {entry.pk}: its content was changed")
        previous = entry.digest
    head = AuditHead.objects.filter(pk=1).first()
    if head and (head.digest != previous or head.count != count):
        problems.append(f"the end of the chain is missing: {head.count} entries were written, {count} are here")
    return count, problems
