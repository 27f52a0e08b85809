"""Propose a response level, let a second person confirm it, send its orders, change it, end it."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.response.models import ActionCard, Activation, Level, Order, Plan, PlanLevel
from anlan.areas.command.response.queries import OPEN, dry_run, facts_for, propose_level
from anlan.areas.command.response.rules import COLOUR_WORDS
from anlan.areas.command.response.services.issuing import issue_orders
from anlan.areas.command.response.services.orders import close_order
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import ResponseActivated
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import change_status, demand_incident, record_entry


@transaction.atomic
def propose_activation(
    *,
    actor: User,
    incident: Incident,
    plan: Plan,
    level: str,
    basis: Sequence[dict] | None = None,
    reason: str = "",
    measures: str = "",
    expected_hours: int | None = None,
    areas: Iterable[str] = (),
    previous: Activation | None = None,
) -> Activation:
    """Propose a level of a plan, with the conditions that are met; without any the reason must say why."""
    demand_incident(actor, incident, "act:activations.propose")
    entry = _level_of(plan, level)
    if incident.status in (Incident.Status.CLOSED, Incident.Status.MERGED):
        raise ValidationError(_("事件已归档或并入其他事件，不能启动响应。"))
    waiting = incident.activations.filter(plan__code=plan.code, status=Activation.Status.PROPOSED)
    if waiting.exists():
        raise ValidationError(_("这个预案已有一个级别在等待确认，请先确认或否决。"))
    if basis is None:
        basis = _basis(plan, level, incident)
    if not basis and not reason.strip():
        raise ValidationError({"reason": _("没有满足任何启动条件，请写明提出的理由。")})
    activation = Activation(
        incident=incident,
        plan=plan,
        level=level,
        matter=f"{incident.title}（{plan.title}）"[:200],
        expected_hours=expected_hours or entry.expected_hours,
        areas=list(areas),
        measures=measures or entry.text,
        basis=list(basis),
        reason=reason,
        proposed_by=actor,
        previous=previous,
        is_exercise=incident.is_exercise,
    )
    activation.full_clean(exclude=["decided_by", "previous", "decided_at", "ended_at"])
    activation.save()
    words = "；".join(_words(entry) for entry in basis) or reason
    _log(actor, activation, "propose", f"建议启动{activation}。依据：{words}")
    return activation


@transaction.atomic
def confirm_activation(*, actor: User, activation: Activation) -> list[Order]:
    """Put a proposed level into force and send its orders; never by the person who proposed it."""
    activation = _decide(actor, activation, Activation.Status.CONFIRMED)
    incident = activation.incident
    running = _replace(actor, activation)
    plan = dry_run(
        plan=activation.plan,
        level=activation.level,
        incident=incident,
        areas=activation.areas,
        at=activation.decided_at,
    )
    drafts = [d for d in plan.drafts if (d.card.code, d.department.pk) not in running]
    orders = issue_orders(actor=actor, activation=activation, drafts=drafts)
    if incident.status != Incident.Status.RESPONDING:
        change_status(actor=actor, incident=incident, status=Incident.Status.RESPONDING)
    silent = sum(1 for order in orders if order.person_id is None)
    text = f"启动{activation}，预计 {activation.expected_hours} 小时，下达指令 {len(orders)} 条"
    _log(actor, activation, "confirm", text + (f"，其中 {silent} 条无人可达" if silent else ""))
    return orders


@transaction.atomic
def reject_activation(*, actor: User, activation: Activation, reason: str) -> Activation:
    """Decide against a proposed level; the reason stays on record."""
    if not reason.strip():
        raise ValidationError({"reason": _("请写明不启动的原因。")})
    activation = _decide(actor, activation, Activation.Status.REJECTED)
    activation.reason = "\n".join(part for part in (activation.reason, f"不启动：{reason}") if part)
    activation.save(update_fields=["reason"])
    _log(actor, activation, "reject", f"不启动{activation}。原因：{reason}")
    return activation


@transaction.atomic
def decline_level(*, actor: User, incident: Incident, plan: Plan, level: str, reason: str) -> Activation:
    """Record why a level whose conditions are met is not even proposed; it is asked again when the facts change."""
    demand_incident(actor, incident, "act:activations.propose")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明不启动的原因。")})
    entry = _level_of(plan, level)
    now = timezone.now()
    activation = Activation.objects.create(
        incident=incident,
        plan=plan,
        level=level,
        status=Activation.Status.REJECTED,
        matter=f"{incident.title}（{plan.title}）"[:200],
        expected_hours=entry.expected_hours,
        basis=_basis(plan, level, incident),
        reason=f"不启动：{reason}",
        proposed_by=actor,
        decided_by=actor,
        decided_at=now,
        is_exercise=incident.is_exercise,
    )
    _log(actor, activation, "decline", f"不启动{activation}。原因：{reason}")
    return activation


def _words(entry: dict) -> str:
    """A condition that is met, as records write it."""
    value = COLOUR_WORDS.get(entry["value"], entry["value"])
    return f"{entry['title']} {value}{entry.get('unit', '')}（{entry['source']}）"


def _level_of(plan: Plan, level: str) -> PlanLevel:
    entry = plan.levels.filter(level=level).first()
    if entry is None or plan.status != Plan.Status.PUBLISHED:
        raise ValidationError({"level": _("预案没有发布，或没有定义这个响应级别。")})
    return entry


def _basis(plan: Plan, level: str, incident: Incident) -> list[dict]:
    """The conditions of a level that are met now."""
    return [met.as_data() for met in propose_level(plan, facts_for(incident)).by_level.get(level, ())]


@transaction.atomic
def change_level(*, actor: User, activation: Activation, level: str, reason: str) -> Activation:
    """Propose another level for a running response; it changes once a second person confirms."""
    if not activation.is_active:
        raise ValidationError(_("只有进行中的响应可以调整级别。"))
    if level == activation.level:
        raise ValidationError({"level": _("请选择另一个级别。")})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明调整级别的理由。")})
    return propose_activation(
        actor=actor,
        incident=activation.incident,
        plan=activation.plan,
        level=level,
        reason=reason,
        areas=activation.areas,
        previous=activation,
    )


@transaction.atomic
def end_activation(*, actor: User, activation: Activation, conditions: str, summary: str) -> Activation:
    """End a response: state the conditions that are met and what was done; what is still open is closed.

    Tasks of recovery go on. The incident's own state follows when no other response runs.
    """
    demand_incident(actor, activation.incident, "act:activations.confirm")
    if not activation.is_active:
        raise ValidationError(_("这个响应没有在进行。"))
    missing = {
        name: _("请填写。") for name, text in (("conditions", conditions), ("summary", summary)) if not text.strip()
    }
    if missing:
        raise ValidationError(missing)
    now = timezone.now()
    activation.status = Activation.Status.ENDED
    activation.ended_by, activation.ended_at = str(actor), now
    activation.end_conditions, activation.summary = conditions, summary
    activation.save()
    left = _chain_orders(activation).filter(status__in=OPEN).exclude(card__phase=ActionCard.Phase.RECOVER)
    for order in left.select_related("incident", "department", "card"):
        close_order(actor=actor, order=order, reason="响应结束", at=now)
    others = activation.incident.activations.filter(status=Activation.Status.CONFIRMED)
    if activation.incident.status == Incident.Status.RESPONDING and not others.exists():
        change_status(actor=actor, incident=activation.incident, status=Incident.Status.ENDED)
    _log(actor, activation, "end", f"结束{activation}。结束条件：{conditions}。{summary}")
    return activation


def _decide(actor: User, activation: Activation, status: str) -> Activation:
    """Record the decision of a second person on a proposal that nobody decided yet."""
    demand_incident(actor, activation.incident, "act:activations.confirm")
    row = Activation.objects.select_for_update(of=("self",)).select_related("plan", "incident", "previous")
    activation = row.get(pk=activation.pk)
    if activation.status != Activation.Status.PROPOSED:
        raise ValidationError(_("这个提议已经处理过：%(status)s。") % {"status": activation.get_status_display()})
    if actor.pk == activation.proposed_by_id:
        raise ValidationError(_("提出人不能自己确认，须由另一人确认（双人确认）。"))
    activation.status, activation.decided_by, activation.decided_at = status, actor, timezone.now()
    activation.save()
    return activation


def _replace(actor: User, activation: Activation) -> set[tuple[str, int]]:
    """End the level that this one changes; the result names the tasks that run on under the new level."""
    before = activation.incident.activations.filter(plan__code=activation.plan.code, status=Activation.Status.CONFIRMED)
    previous = list(before.exclude(pk=activation.pk))
    if not previous:
        return set()
    if activation.previous_id is None:
        activation.previous = previous[0]
        activation.save(update_fields=["previous"])
    chain = _chain_orders(activation)
    before.exclude(pk=activation.pk).update(status=Activation.Status.CHANGED)
    wanted = {c.code for c in activation.plan.cards.all() if activation.level in c.levels}
    running = set()
    for order in chain.exclude(card=None).select_related("card", "incident", "department"):
        if order.card.code in wanted and order.status != Order.Status.CANCELLED:
            running.add((order.card.code, order.department_id))
        elif order.status in (Order.Status.SENT, Order.Status.ACKNOWLEDGED):
            close_order(actor=actor, order=order, reason=f"调整为{Level(activation.level).label}")
    return running


def _chain_orders(activation: Activation):
    """The orders of a response under all the levels that it has had."""
    return Order.objects.filter(activation__incident=activation.incident, activation__plan__code=activation.plan.code)


def _log(actor: User, activation: Activation, verb: str, text: str) -> None:
    incident = activation.incident
    audit.record(
        actor=actor,
        action=f"response.{verb}",
        subject=activation,
        details={"level": activation.level, "status": activation.status, "incident": incident.code},
    )
    record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.RESPONSE,
        text=text,
        actor=actor,
        data={
            "activation": activation.pk,
            "title": str(activation),
            "level": activation.level,
            "status": activation.status,
        },
    )
    publish(
        ResponseActivated(
            area_code=incident.area_id,
            is_exercise=activation.is_exercise,
            activation=activation.pk,
            incident=incident.pk,
            title=activation.plan.title,
            level=activation.level,
            status=activation.status,
        )
    )
