"""Read plans, what is known, which level follows, which orders would go to whom, and who has which orders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.response.models import ActionCard, Activation, Fact, Order, Plan, PlanLevel
from anlan.areas.command.response.rules import Known, Met, conditions_met, highest
from anlan.foundation.accounts.models import Appointment, Department, Post, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import figure_sources
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
    """Each department's posts with the people who hold them now, in the order of notification."""
    valid = Appointment.objects.filter(Appointment.valid_at(timezone.now()), user__is_active=True)
    current = Prefetch("appointments", valid.select_related("user").order_by("is_substitute", "id"), to_attr="current")
    found: dict[int, Desks] = defaultdict(list)
    for post in Post.objects.filter(department__in=list(departments)).order_by("rank", "id").prefetch_related(current):
        found[post.department_id].append((post, [appointment.user for appointment in post.current]))
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
