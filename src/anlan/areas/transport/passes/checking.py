"""What a checkpoint takes along, and what it sends back: each check once, judged again with all that is known now."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.passes import rules
from anlan.areas.transport.passes.keys import verifier
from anlan.areas.transport.passes.models import Category, Check, Checkpoint, Pass, SigningKey, VehicleKind
from anlan.areas.transport.passes.rules import Outcome
from anlan.areas.transport.passes.services import RULE
from anlan.areas.transport.passes.token import PREFIX, Claims, TokenError, UnknownKey, WrongSignature, decode, read
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.codes import prefix
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import rule

#: How long what is over stays in the list, so that a late look still says why.
KEPT = timedelta(days=2)


def pack_for(user: User) -> dict[str, Any]:
    """What a checkpoint needs to work without a network: keys, revocations, passes good in its areas, checkpoints."""
    now = timezone.now()
    lasting = Pass.objects.filter(valid_until__gt=now - KEPT)
    revoked = lasting.filter(status=Pass.Status.REVOKED).values_list("pk", "revoked_at")
    issued = lasting.filter(status__in=(Pass.Status.ISSUED, Pass.Status.REVOKED))
    rows = ledger("checkpoints").rows(user).filter(is_active=True)
    return {
        "made_at": now.isoformat(),
        "warn_hours": rule(RULE).params["list_warn_hours"],
        "keys": [
            {"kid": key.kid, "public": key.public, "is_revoked": key.revoked_at is not None}
            for key in SigningKey.objects.all()
        ],
        "revoked": {str(pk): at.isoformat() for pk, at in revoked},
        "passes": [_listed(record) for record in issued if _touches(record, user)],
        "checkpoints": [{"id": row.pk, "name": row.name, "area": row.area_id, "road": row.road} for row in rows],
        "areas": dict(
            Area.objects.filter(pk__in={code for record in issued for code in record.areas}).values_list("pk", "name")
        ),
        "categories": [str(label) for label in Category.labels],
        "vehicle_kinds": [str(label) for label in VehicleKind.labels],
        "outcomes": {code: str(label) for code, label in Check.OUTCOMES},
    }


def _touches(record: Pass, user: User) -> bool:
    """Whether a pass is good somewhere in the user's areas."""
    own = user.scope.prefixes
    return any(
        start.startswith(prefix(code)) or prefix(code).startswith(start) for code in record.areas for start in own
    )


def _listed(record: Pass) -> dict[str, Any]:
    claims, _body, _signature = read(record.token)
    return {
        "short": record.short, "key": claims.key, "serial": claims.serial, "from": claims.valid_from.isoformat(),
        "until": claims.valid_until.isoformat(), "free": claims.is_free, "priority": claims.is_priority,
        "exercise": claims.is_exercise, "category": claims.category, "kind": claims.vehicle_kind,
        "areas": claims.areas, "plate": claims.plate,
    }  # fmt: skip


def find(text: str) -> tuple[Outcome | None, Claims | None]:
    """The pass that a scanned or typed text stands for, or why there is none."""
    if not text.startswith(PREFIX):
        record = Pass.objects.exclude(token="").filter(short=rules.tidy_code(text)).first() if text else None
        return (None, read(record.token)[0]) if record else (Outcome.UNLISTED, None)
    try:
        return None, decode(text, verifier())
    except UnknownKey:
        return Outcome.UNKNOWN_KEY, None
    except WrongSignature:
        return Outcome.FORGED, None
    except TokenError:
        return Outcome.UNREADABLE, None


@transaction.atomic
def record_check(
    *,
    actor: User,
    key: str,
    checked_at: datetime,
    checkpoint: Checkpoint | None,
    text: str,
    method: str,
    told: str,
    was_let_through: bool,
    plate_seen: str = "",
    list_at: datetime | None = None,
    seconds: float | None = None,
) -> tuple[Check, bool]:
    """Keep a check, perhaps long after it was made, perhaps sent twice; the same key counts once."""
    demand(actor, "act:passes.check")
    known = Check.objects.filter(key=key).first()
    if known:
        return known, False
    if checkpoint is not None and not actor.scope.contains(checkpoint.area_id):
        raise ValidationError({"checkpoint": _("这个查验点不在您的管辖范围内。")})
    at = min(checked_at, timezone.now())
    problem, claims = find(text)
    judged = problem or rules.judge(
        claims, at=at, area_code=checkpoint.area_id if checkpoint else "", plate_seen=plate_seen,
        revoked_keys=set(SigningKey.objects.exclude(revoked_at=None).values_list("kid", flat=True)),
        revoked=dict(Pass.objects.filter(pk=claims.serial).exclude(revoked_at=None).values_list("pk", "revoked_at")),
    )  # fmt: skip
    record = Pass.objects.filter(pk=claims.serial).first() if claims else None
    check = Check(
        key=key, checkpoint=checkpoint, checked_at=at, checked_by=actor, record=record, text=text, method=method,
        area_id=checkpoint.area_id if checkpoint else actor.department.area_id, told=told, judged=judged,
        plate_seen=rules.tidy_plate(plate_seen), list_at=list_at, seconds=seconds, was_let_through=was_let_through,
        is_exercise=bool(record and record.is_exercise), is_demo=actor.is_demo,
    )  # fmt: skip
    check.full_clean()
    check.save()
    audit.record(actor=actor, action="passes.check", subject=check, details={"told": told, "judged": str(judged)})
    return check, True
