"""Load the catalogue of rules and change a rule by making its next version."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.rules.catalogue import load_catalogue
from anlan.foundation.rules.models import Rule


@transaction.atomic
def load_rules() -> int:
    """Add the catalogue's rules that are not here yet; versions made by the city stay in force."""
    present = set(Rule.objects.values_list("code", "version"))
    names = {f.name for f in Rule._meta.concrete_fields}
    rows = [
        Rule(
            **{name: value for name, value in vars(text).items() if name in names and value is not None},
            changed_by="catalogue",
        )
        for text in load_catalogue()
        if (text.code, text.version) not in present
    ]
    Rule.objects.bulk_create(rows)
    if rows:
        audit.record(
            actor="catalogue",
            action="rules.load",
            subject="rules",
            details={"rules": [r.reference for r in rows]},
        )
    return len(rows)


@transaction.atomic
def change_rule(
    *,
    actor: User,
    rule: Rule,
    params: dict,
    reason: str,
    status: str,
    effective_from: date,
    source: str = "",
    note: str = "",
) -> Rule:
    """Make the next version of a rule; the old one stays for the judgements that were made by it."""
    demand(actor, "act:rules")
    newest = Rule.objects.filter(code=rule.code).order_by("-version").first()
    if not reason.strip():
        raise ValidationError({"reason": _("请写明修改理由，例如新文件的名称和条款。")})
    if _shape(params) != _shape(newest.params):
        missing = sorted(set(_shape(newest.params)) ^ set(_shape(params)))
        raise ValidationError({"params": _("参数的结构不能改变，差异在：%(names)s。") % {"names": "、".join(missing)}})
    values = {
        f.name: getattr(newest, f.name)
        for f in Rule._meta.concrete_fields
        if f.name not in ("id", "version", "changed_at", "changed_by", "params", "reason", "effective_to")
    }
    made = Rule(
        **values
        | {
            "status": status,
            "effective_from": effective_from,
            "source": source or newest.source,
            "note": note or newest.note,
        },
        version=newest.version + 1,
        params=params,
        reason=reason,
        changed_by=str(actor),
    )
    made.full_clean()
    made.save()
    audit.record(
        actor=actor,
        action="rules.change",
        subject=made,
        details={
            "from": newest.reference,
            "to": made.reference,
            "before": newest.params,
            "after": params,
            "reason": reason,
        },
    )
    return made


def _shape(value: object, path: str = "") -> dict[str, str]:
    """Names and kinds of all values inside, lists by their elements' names, so that only numbers and texts may change."""
    if isinstance(value, dict):
        return {
            k: v for name, inner in value.items() for k, v in _shape(inner, f"{path}.{name}" if path else name).items()
        }
    if isinstance(value, list):
        return {k: v for inner in value for k, v in _shape(inner, f"{path}[]").items()} or {f"{path}[]": "list"}
    kind = "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    return {path: kind}
