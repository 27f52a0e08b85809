"""Read plans, what is known, which level follows, which orders would go to whom, and who has which orders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.response.models import ActionCard, Activation, Fact, Order, OrderReport, Plan, PlanLevel
from anlan.areas.command.response.rules import Known, Met, conditions_met, highest
from anlan.foundation.accounts.models import Appointment, Department, Post, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import figure_sources
from anlan.foundation.notices.ladder import rungs
from anlan.foundation.notices.models import Notice
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area
from anlan.foundation.rules.judging import COLOURS
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule, rules

#: How long a fact that nobody renews still counts.
FACT_HOURS = 24


# --- Plans and levels ---------------------------------------------------------------------------------------


def plans_for(incident: Incident) -> list[Plan]:
    """The published plans for this kind of event, the newest version of each."""
    newest: dict[str, Plan] = {}
    for plan in Plan.objects.filter(status=Plan.Status.PUBLISHED).order_by("code", "version"):
        newest[plan.code] = plan
    return [
        plan for plan in newest.values() if not plan.event_kinds or incident.kind_id.startswith(tuple(plan.event_kinds))
    ]


def plans_visible(user: User) -> QuerySet[Plan]:
    """The plans of the own areas and of the areas above them, the newest version of each first."""
    above = {p[:n].ljust(6, "0") for p in user.scope.prefixes for n in (2, 4, 6, 9) if len(p) > n}
    rows = Plan.objects.filter(within(user.scope.prefixes) | Q(area_id__in=above))
    return rows.select_related("area", "department").annotate(card_count=Count("cards"))


def criteria_of(level: PlanLevel) -> list[dict]:
    """A level's conditions: its own, and those of the rule that the plan names, in the version in force."""
    criteria = list(level.criteria)
    for source in rules(level.plan.criteria_rule) if level.plan.criteria_rule else []:
        band = next((b for b in source.params["levels"] if b["level"] == level.level), {})
        criteria += [
            {
                "fact": name,
                "operator": ">=",
                "value": threshold,
                "clause": source.citation,
                "rule": source.reference,
                "is_checked": source.status == Rule.Status.CHECKED,
            }
            for name, threshold in band.items()
            if name != "level"
        ]
    return criteria


def facts_for(incident: Incident) -> dict[str, Known]:
    """What is known for an incident: its own figures, warnings and measurements of its area and above."""
    since = timezone.now() - timedelta(hours=FACT_HOURS)
    rows = Fact.objects.filter(
        area_code__startswith=incident.area_id[:4], observed_at__gte=since, is_exercise=incident.is_exercise
    )
    newest: dict[tuple[str, str], Fact] = {}
    for row in rows.order_by("observed_at", "id"):
        if incident.area_id.startswith(prefix(row.area_code)) or row.area_code.startswith(prefix(incident.area_id)):
            newest[row.name, row.area_code] = row
    known: dict[str, Known] = {}
    for (name, _area), row in newest.items():
        if row.value is not None and (name not in known or _rank(row.value) > _rank(known[name].value)):
            known[name] = Known(row.value, row.source, row.observed_at)
    for figure in figure_sources(incident):
        known[figure.name] = Known(figure.value, figure.source, figure.at)
    return known


def _rank(value: float | str) -> float:
    return COLOURS.index(value) if isinstance(value, str) and value in COLOURS else float(value)


@dataclass(frozen=True)
class LevelProposal:
    """The level of a plan that the facts call for, and each condition that is met; level empty when none is."""

    plan: Plan
    level: str
    met: tuple[Met, ...]
    #: Every level with its conditions met, for the reader who wants to see why not higher.
    by_level: dict[str, list[Met]]


def propose_level(plan: Plan, facts: dict[str, Known]) -> LevelProposal:
    """The most serious level of which any condition is met."""
    by_level = {level.level: conditions_met(criteria_of(level), facts) for level in plan.levels.select_related("plan")}
    level = highest(name for name, met in by_level.items() if met)
    return LevelProposal(plan, level, tuple(by_level.get(level, ())), by_level)


def open_proposals(incident: Incident) -> list[LevelProposal]:
    """The levels that the facts call for and that nobody proposed, put into force or declined yet."""
    decided = list(incident.activations.select_related("plan"))
    facts = facts_for(incident)
    found = [propose_level(plan, facts) for plan in plans_for(incident)]
    return [p for p in found if p.level and not any(_answers(activation, p) for activation in decided)]


def _answers(activation: Activation, proposal: LevelProposal) -> bool:
    """Whether a level in force or proposed is as serious, or was declined on what is still known."""
    if activation.plan.code != proposal.plan.code:
        return False
    if activation.status in (Activation.Status.PROPOSED, Activation.Status.CONFIRMED):
        return highest([activation.level, proposal.level]) == activation.level
    if activation.status != Activation.Status.REJECTED or activation.level != proposal.level:
        return False
    known = {(entry["fact"], entry["value"]) for entry in activation.basis}
    return all((met.fact, met.value) in known for met in proposal.met)


# --- Which orders a level means -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """An order as it would go out."""

    card: ActionCard
    department: Department
    area: Area | None
    post: Post | None
    person: User | None
    start_at: datetime
    due_at: datetime
    acknowledge_by: datetime

    @property
    def is_other_role(self) -> bool:
        """Whether another post of the unit stands in for the one that the card wants."""
        return self.post is not None and self.post.role != self.card.post_role

    @property
    def problem(self) -> str:
        """Why nobody would be reached, empty when somebody would."""
        if self.post is None:
            return _("单位没有登记岗位")
        return "" if self.person else _("岗位现在无人任职")

    @property
    def has_phone(self) -> bool:
        return bool((self.person and self.person.phone) or self.department.phone)


@dataclass
class DryRun:
    """What an activation would send: nothing is sent yet."""

    drafts: list[Draft] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len({d.person.pk for d in self.drafts if d.person})

    @property
    def departments(self) -> int:
        return len({d.department.pk for d in self.drafts})

    @property
    def by_phase(self) -> list[tuple[str, list[Draft]]]:
        """The orders in the order of the plan's phases."""
        phases = ActionCard.Phase
        found = [(phase.label, [d for d in self.drafts if d.card.phase == phase]) for phase in phases]
        return [(title, drafts) for title, drafts in found if drafts]

    @property
    def unreachable(self) -> list[Draft]:
        return [d for d in self.drafts if d.problem]

    @property
    def without_phone(self) -> list[Draft]:
        return [d for d in self.drafts if not d.problem and not d.has_phone]


def acknowledge_minutes(level: str) -> tuple[int, Rule]:
    """Minutes within which an order is acknowledged, and the rule that says so."""
    source = rule("orders.acknowledgement")
    minutes = source.params["minutes"]
    return minutes.get(level, minutes["other"]), source


def dry_run(
    *, plan: Plan, level: str, incident: Incident, areas: Iterable[str] = (), at: datetime | None = None
) -> DryRun:
    """Exactly the orders that confirming would send: to whom, by when, and who cannot be reached."""
    at = at or timezone.now()
    minutes, _source = acknowledge_minutes(level)
    cards = [c for c in plan.cards.select_related("group", "department__area") if _applies(c, level, incident)]
    counties = county_offices(plan, areas) if any(c.addressee == "counties" for c in cards) else []
    wanted = []
    for card in cards:
        units = counties if card.addressee == ActionCard.Addressee.COUNTIES else [card.department]
        wanted += [(card, unit) for unit in units if unit is not None]
    desks = posts_of({unit.pk for _card, unit in wanted})
    drafts = []
    for card, unit in wanted:
        post, person = choose_post(desks[unit.pk], card.post_role)
        start = at + timedelta(minutes=card.start_offset)
        drafts.append(
            Draft(
                card=card,
                department=unit,
                area=unit.area if card.addressee == ActionCard.Addressee.COUNTIES else None,
                post=post,
                person=person,
                start_at=start,
                due_at=at + timedelta(minutes=card.due_offset),
                acknowledge_by=min(at + timedelta(minutes=minutes), at + timedelta(minutes=card.due_offset)),
            )
        )
    return DryRun(drafts)


def _applies(card: ActionCard, level: str, incident: Incident) -> bool:
    kinds, areas = card.applicability.get("event_kinds"), card.applicability.get("areas")
    return (
        level in card.levels
        and (not kinds or incident.kind_id.startswith(tuple(kinds)))
        and (not areas or incident.area_id.startswith(tuple(areas)))
    )


def county_offices(plan: Plan, areas: Iterable[str] = ()) -> list[Department]:
    """The emergency bureaus of the plan's counties and zones, all or only those of the named areas."""
    rows = Department.objects.filter(
        within(plan.area.prefixes, "area_id"),
        area__level__in=(Area.Level.COUNTY, Area.Level.ZONE),
        code__endswith="-yjj",
    ).select_related("area")
    chosen = tuple(areas)
    return [row for row in rows if not chosen or row.area_id in chosen]


Desks = list[tuple[Post, list[User]]]


def posts_of(departments: Iterable[int]) -> dict[int, Desks]:
    """Each department's posts in the order of notification, with their people now: whoever is on duty comes first."""
    now = timezone.now()
    valid = Appointment.objects.filter(Appointment.valid_at(now), user__is_active=True)
    current = Prefetch("appointments", valid.select_related("user").order_by("is_substitute", "id"), to_attr="current")
    found: dict[int, Desks] = defaultdict(list)
    for post in Post.objects.filter(department__in=list(departments)).order_by("rank", "id").prefetch_related(current):
        on_duty = [user for roster in Post.rosters for user in roster(post, now)]
        people = dict.fromkeys([*on_duty, *(appointment.user for appointment in post.current)])
        found[post.department_id].append((post, list(people)))
    return found


def choose_post(desks: Desks, role: str) -> tuple[Post | None, User | None]:
    """The first held post with the wanted role, else any held post, else an empty one, else none."""
    held = [(post, people[0]) for post, people in desks if people]
    for post, person in held:
        if post.role == role:
            return post, person
    if held:
        return held[0]
    return (desks[0][0], None) if desks else (None, None)


def stand_ins(run: DryRun, *, is_exercise: bool) -> dict[int, str]:
    """Who is called instead, by post, where nobody holds the post that an order goes to."""
    params, now = rule("notices.ladder").params, timezone.now()
    found: dict[int, str] = {}
    for draft in run.unreachable:
        if draft.post is None or draft.post.pk in found:
            continue
        rung = next(rungs(Notice(post=draft.post, is_exercise=is_exercise), params, now), None)
        found[draft.post.pk] = f"{rung.user}（{rung.post}）" if rung else ""
    return found


# --- Who has which orders -----------------------------------------------------------------------------------


def orders_for(user: User) -> QuerySet[Order]:
    """The orders that a person may read: the own department's, and those of the own areas."""
    own = Q(department_id=user.department_id) | Q(person_id=user.pk)
    if user.scope.owner is None and user.may("view:orders"):
        own |= within(user.scope.prefixes, "incident__area_id") | within(user.scope.prefixes, "department__area_id")
    rows = Order.objects.filter(own)
    return rows.select_related("incident", "department", "person", "card__group", "area", "activation")


def my_orders(user: User) -> QuerySet[Order]:
    """The orders addressed to the person's department or to the person."""
    return orders_for(user).filter(Q(department_id=user.department_id) | Q(person_id=user.pk))


OPEN = (Order.Status.SENT, Order.Status.ACKNOWLEDGED, Order.Status.UNDER_WAY)


def activations_of(incident: Incident) -> QuerySet[Activation]:
    """The responses of an incident, the newest first."""
    return incident.activations.select_related("plan", "proposed_by", "decided_by", "previous")


def response_level(incident: Incident) -> str:
    """The most serious response level in force, empty when there is none."""
    active = incident.activations.filter(status=Activation.Status.CONFIRMED)
    return highest(active.values_list("level", flat=True))


@dataclass
class Board:
    """An incident's orders by what the commander asks first: not received, late, in hand, done."""

    not_received: list[Order] = field(default_factory=list)
    late: list[Order] = field(default_factory=list)
    in_hand: list[Order] = field(default_factory=list)
    done: list[Order] = field(default_factory=list)
    cancelled: list[Order] = field(default_factory=list)

    @property
    def open_count(self) -> int:
        return len(self.not_received) + len(self.late) + len(self.in_hand)


def board_of(orders: Iterable[Order]) -> Board:
    """Sort orders into the columns of the board; one that is late and not received counts as late."""
    board = Board()
    for order in orders:
        if order.status == Order.Status.DONE:
            board.done.append(order)
        elif order.status == Order.Status.CANCELLED:
            board.cancelled.append(order)
        elif order.is_overdue:
            board.late.append(order)
        elif order.status == Order.Status.SENT:
            board.not_received.append(order)
        else:
            board.in_hand.append(order)
    return board


#: The verbs of an addressee in their natural order; each may be skipped, none is taken back.
STEPS = (
    (OrderReport.Verb.ACKNOWLEDGE, "acknowledged_at"),
    (OrderReport.Verb.SET_OUT, "set_out_at"),
    (OrderReport.Verb.ARRIVE, "arrived_at"),
    (OrderReport.Verb.FINISH, "done_at"),
    (OrderReport.Verb.WITHDRAW, "withdrawn_at"),
)


def next_verbs(order: Order) -> list[OrderReport.Verb]:
    """What the addressee may do next; who never set out has nothing to withdraw."""
    if order.status == Order.Status.CANCELLED:
        return []
    last = max((place for place, (_verb, column) in enumerate(STEPS) if getattr(order, column)), default=-1)
    verbs = [verb for verb, _column in STEPS[last + 1 :]]
    if not (order.set_out_at or order.arrived_at) and order.status == Order.Status.DONE:
        return []
    if not (order.set_out_at or order.arrived_at):
        verbs = [verb for verb in verbs if verb != OrderReport.Verb.WITHDRAW]
    return verbs


def orders_in_the_field(user: User) -> list[Order]:
    """What a person's phone keeps: the own open orders, and those done from which nobody withdrew yet."""
    rows = my_orders(user).filter(Q(status__in=OPEN) | Q(status=Order.Status.DONE, withdrawn_at=None))
    recent = rows.exclude(status=Order.Status.DONE, done_at__lt=timezone.now() - timedelta(days=2))
    return [order for order in recent.select_related("incident__area") if order.is_open or next_verbs(order)]


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """The incident room's panel: proposals with reasons, what waits, what is in force, the open orders."""
    inside = user.scope.contains(incident.area_id)
    over = incident.status in (Incident.Status.CLOSED, Incident.Status.MERGED)
    may_propose = inside and not over and user.may("act:activations.propose")
    responses = list(activations_of(incident))
    orders = list(orders_for(user).filter(incident=incident))
    board = board_of(orders)
    return {
        "incident": incident,
        "proposals": [] if over else open_proposals(incident),
        "waiting": [a for a in responses if a.status == Activation.Status.PROPOSED],
        "active": [a for a in responses if a.is_active],
        "past": [a for a in responses if not a.is_active and a.status != Activation.Status.PROPOSED],
        "board": board,
        "urgent": (board.late + board.not_received + board.in_hand)[:12],
        "may_propose": may_propose,
        "may_decide": inside and user.may("act:activations.confirm"),
        "may_order": inside and not over and user.may("act:incidents"),
        "user_id": user.pk,
    }
