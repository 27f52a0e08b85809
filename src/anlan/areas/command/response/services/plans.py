"""Read plans from TOML, check them against the city's units and people, approve and publish them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.response.models import ActionCard, Plan, PlanGroup, PlanLevel
from anlan.areas.command.response.queries import choose_post, posts_of
from anlan.areas.command.response.rules import Problem, lint
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.accounts.roles import ROLES
from anlan.foundation.audit import services as audit
from anlan.foundation.places.models import Area

PLANS = Path(__file__).parent.parent / "data" / "plans"
PLAN_FIELDS = ("title", "title_en", "kind", "event_kinds", "document", "criteria_rule", "is_sample", "note")
CARD_FIELDS = (
    "code", "phase", "title", "detail", "clause", "levels", "addressee", "post_role", "start_offset", "due_offset",
    "is_continuous", "clock_kind", "documents", "applicability", "resources", "target", "is_checked",
)  # fmt: skip


def read_plan(text: str) -> dict[str, Any]:
    """The document behind a plan's TOML text; a broken text says where."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValidationError({"file": _("不是有效的 TOML：%(why)s") % {"why": error}}) from None


def check_plan(document: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a plan: in its text, and against the units, posts and telephones that the city has."""
    problems = lint(document)
    named = {card.get("department") for card in document.get("cards") or []} - {None, ""}
    units = {unit.name: unit for unit in Department.objects.filter(name__in=named | {document.get("department", "")})}
    desks = posts_of(unit.pk for unit in units.values())
    if document.get("department") and document["department"] not in units:
        problems.append(Problem("plan", _("没有名为“%(name)s”的单位。") % {"name": document["department"]}))
    for card in document.get("cards") or []:
        where, name, role = f"card {card.get('code')}", card.get("department"), card.get("post_role")
        if role and role not in ROLES:
            problems.append(Problem(where, _("没有名为“%(role)s”的岗位角色。") % {"role": role}))
        if not name:
            continue
        if name not in units:
            problems.append(Problem(where, _("没有名为“%(name)s”的单位。") % {"name": name}))
            continue
        unit = units[name]
        _post, person = choose_post(desks[unit.pk], role or "")
        if person is None:
            problems.append(Problem(where, _("%(unit)s现在无人在岗。") % {"unit": unit}, is_error=False))
        elif not (person.phone or unit.phone):
            problems.append(Problem(where, _("%(unit)s没有可拨通的电话。") % {"unit": unit}, is_error=False))
    return problems


@transaction.atomic
def import_plan(*, actor: User | str, document: Mapping[str, Any], area: Area) -> Plan:
    """Keep a plan's text as the next version, as a draft; a text with errors is refused with all of them."""
    if isinstance(actor, User):
        demand(actor, "change:plans")
        if not actor.scope.contains(area.pk):
            raise PermissionDenied(_("%(area)s 不在您的管辖范围内。") % {"area": area})
    errors = [f"{p.where}：{p.text}" for p in check_plan(document) if p.is_error]
    if errors:
        raise ValidationError({"file": errors})
    last = Plan.objects.filter(code=document["code"]).order_by("-version").first()
    units = {unit.name: unit for unit in Department.objects.all()}
    plan = Plan(
        code=document["code"],
        version=last.version + 1 if last else 1,
        area=area,
        department=units.get(document.get("department", "")),
        **{name: document[name] for name in PLAN_FIELDS if name in document},
    )
    plan.full_clean()
    plan.save()
    PlanLevel.objects.bulk_create(
        PlanLevel(plan=plan, **{k: entry[k] for k in ("level", "text", "criteria", "expected_hours") if k in entry})
        for entry in document["levels"]
    )
    groups = {}
    for entry in document["groups"]:
        group = PlanGroup(plan=plan, code=entry["code"], title=entry["title"], duty=entry.get("duty", ""))
        group.full_clean()
        group.save()
        groups[group.code] = group
    cards = []
    for entry in document["cards"]:
        values = {name: entry[name] for name in CARD_FIELDS if name in entry}
        card = ActionCard(
            plan=plan, group=groups[entry["group"]], department=units.get(entry.get("department", "")), **values
        )
        card.clean_fields(exclude=["plan", "group", "department"])
        cards.append(card)
    ActionCard.objects.bulk_create(cards)
    audit.record(
        actor=actor, action="plan.import", subject=plan, details={"version": plan.version, "cards": len(cards)}
    )
    return plan


@transaction.atomic
def approve_plan(*, actor: User, plan: Plan, document: str = "") -> Plan:
    """Approve a draft; its text is final from now on."""
    _demand_plan(actor, plan, Plan.Status.DRAFT)
    plan.status, plan.approved_by = Plan.Status.APPROVED, f"{actor}（{actor.post_title}）"[:150]
    plan.document = document or plan.document
    return _save(actor, plan, "approve")


@transaction.atomic
def publish_plan(*, actor: User, plan: Plan) -> Plan:
    """Publish an approved plan; the version before it is retired."""
    _demand_plan(actor, plan, Plan.Status.APPROVED)
    Plan.objects.filter(code=plan.code, status=Plan.Status.PUBLISHED).update(status=Plan.Status.RETIRED)
    plan.status = Plan.Status.PUBLISHED
    return _save(actor, plan, "publish")


@transaction.atomic
def file_plan(*, actor: User, plan: Plan) -> Plan:
    """Record that a published plan was filed (备案) today."""
    _demand_plan(actor, plan, Plan.Status.PUBLISHED)
    plan.filed_at = timezone.localdate()
    return _save(actor, plan, "file")


def _demand_plan(actor: User, plan: Plan, status: str) -> None:
    demand(actor, "change:plans")
    if not actor.scope.contains(plan.area_id):
        raise PermissionDenied(_("预案不在您的管辖范围内。"))
    if plan.status != status:
        raise ValidationError(_("预案现在是“%(status)s”，不能这样做。") % {"status": plan.get_status_display()})


def _save(actor: User, plan: Plan, verb: str) -> Plan:
    plan._history_user = actor
    plan.save()
    audit.record(actor=actor, action=f"plan.{verb}", subject=plan, details={"version": plan.version})
    return plan
