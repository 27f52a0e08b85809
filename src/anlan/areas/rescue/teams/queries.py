"""What is known of teams: the facts behind readiness, what runs out, parks and enterprises that lack a team."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.areas.rescue.teams import rules
from anlan.areas.rescue.teams.models import (
    PLAN_FIELDS,
    Agreement,
    Certificate,
    ChemicalPark,
    Equipment,
    Member,
    Shift,
    Team,
    Training,
)
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger, ledgers
from anlan.foundation.places.codes import within
from anlan.foundation.rules.queries import rule

#: Days ahead that the pages look for what runs out.
SOON = 60
#: Kinds that the plan names: they stand in the table also without a team.
NAMED_KINDS = {kind.value for kinds in PLAN_FIELDS.values() for kind in kinds} | {
    "fire", "forest", "social", "enterprise",
}  # fmt: skip


def facts_of(teams: Iterable[Team], now: datetime) -> dict[int, rules.Facts]:
    """The facts of many teams, in five questions to the database."""
    teams = list(teams)
    numbers, today = [team.pk for team in teams], timezone.localdate(now)
    shift_rule = next((row for row in rule("rescue.readiness").params["parts"] if row["part"] == "shift"), {})
    since = now - timedelta(hours=shift_rule.get("stale_hours", 48))
    shifts = Shift.objects.filter(team__in=numbers, ended_at=None, started_at__gte=since).prefetch_related("members")
    present = {shift.team_id: sum(one.is_active for one in shift.members.all()) for shift in shifts}
    papers: dict[int, list[bool]] = {}
    for one in Certificate.objects.filter(member__team__in=numbers, member__is_active=True).select_related("member"):
        papers.setdefault(one.member.team_id, []).append(one.is_valid(today))
    things: dict[int, list[bool]] = {}
    for one in Equipment.objects.filter(team__in=numbers).exclude(state=Equipment.State.RETIRED):
        things.setdefault(one.team_id, []).append(one.is_usable(today))
    held: dict[tuple[int, str], date] = {}
    for team, kind, day in Training.objects.filter(team__in=numbers).values_list("team", "kind", "held_on"):
        held[team, kind] = max(day, held.get((team, kind), day))

    def latest(team: Team, kind: str, said: date | None) -> date | None:
        return max((day for day in (said, held.get((team.pk, kind))) if day), default=None)

    return {
        team.pk: rules.Facts(
            today=today, is_standing_by=team.is_available, present=present.get(team.pk),
            needed=team.least_on_duty(shift_rule.get("least_share", 0)),
            certificates=len(papers[team.pk]) if team.pk in papers else None,
            valid_certificates=sum(papers.get(team.pk, ())),
            equipment=len(things[team.pk]) if team.pk in things else None,
            usable_equipment=sum(things.get(team.pk, ())),
            drilled_on=latest(team, Training.Kind.DRILL, team.drilled_on),
            inspected_on=latest(team, Training.Kind.INSPECTION, team.inspected_on),
        )
        for team in teams
    }  # fmt: skip


def shift_of(team: Team) -> Shift | None:
    """The running shift."""
    return team.shifts.filter(ended_at=None).prefetch_related("members").first()


def may_lead(user: User, team: Team) -> bool:
    """Whether the person acts for the team: its leader, its own unit, or who keeps the register over its area."""
    if not user.may("act:teams"):
        return False
    is_own = team.leader_id == user.pk or (team.department_id is not None and team.department_id == user.department_id)
    return is_own or (user.may("change:teams") and ledger("teams").holds(user, team))


def my_teams(user: User) -> QuerySet[Team]:
    """The teams that the person leads or whose unit it belongs to."""
    own = Q(leader=user)
    if user.department_id:
        own |= Q(department_id=user.department_id)
    return Team.objects.filter(own).select_related("area", "department")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Something of a team that runs out or has run out."""

    title: str
    team: Team
    kind: str
    on: date
    days: int


def endings(user: User, *, team: Team | None = None) -> list[Ending]:
    """Certificates, insurances, inspections and agreements that end within two months, the first to end first."""
    today = timezone.localdate()
    until = today + timedelta(days=SOON)
    teams = ledger("teams").rows(user)
    if team is not None:
        teams = teams.filter(pk=team.pk)
    found = [
        (f"{one.member} {one.name}", one.member.team, Certificate, one.expires_on)
        for one in Certificate.objects.filter(
            member__team__in=teams, member__is_active=True, expires_on__lte=until
        ).select_related("member__team")
    ]
    found += [
        (str(one), one.team, Member, one.insured_until)
        for one in Member.objects.filter(team__in=teams, is_active=True, insured_until__lte=until).select_related(
            "team"
        )
    ]
    found += [
        (str(one), one.team, Equipment, one.inspected_until)
        for one in Equipment.objects.filter(team__in=teams, inspected_until__lte=until)
        .exclude(state=Equipment.State.RETIRED)
        .select_related("team")
    ]
    found += [
        (f"{one} {one.other_side}", one.team, Agreement, one.expires_on)
        for one in Agreement.objects.filter(team__in=teams, expires_on__lte=until).select_related(
            "team", "partner", "park"
        )
    ]
    names = {
        Certificate: Certificate._meta.verbose_name, Member: Member._meta.get_field("insured_until").verbose_name,
        Equipment: Equipment._meta.get_field("inspected_until").verbose_name, Agreement: Agreement._meta.verbose_name,
    }  # fmt: skip
    rows = [
        Ending(title=title, team=whose, kind=str(names[model]), on=day, days=(day - today).days)
        for title, whose, model, day in found
    ]
    return sorted(rows, key=lambda row: row.on)


@dataclass(frozen=True, kw_only=True)
class KindLine:
    """A kind's line of the overview."""

    kind: str
    title: str
    teams: int
    people: int
    ready: int
    judged: int


def kinds_of(teams: Iterable[Team]) -> list[KindLine]:
    """Teams, people and ready teams by kind, in the order of the kinds; kinds without a team stand there, too."""
    least = rule("rescue.readiness").params["ready"]
    count, people, ready, judged = Counter(), Counter(), Counter(), Counter()
    for team in teams:
        count[team.kind] += 1
        people[team.kind] += team.people
        judged[team.kind] += team.readiness is not None
        ready[team.kind] += team.readiness is not None and team.readiness >= least
    return [
        KindLine(kind=kind.value, title=str(kind.label), teams=count[kind.value], people=people[kind.value],
                 ready=ready[kind.value], judged=judged[kind.value])
        for kind in Team.Kind
    ]  # fmt: skip


def plan_fields(teams: Iterable[Team]) -> list[tuple[str, list[Team]]]:
    """The plan's six fields with the city's own teams in each."""
    city = [team for team in teams if team.level == Team.Level.CITY]
    return [(str(title), [team for team in city if team.kind in kinds]) for title, kinds in PLAN_FIELDS.items()]


def province_fields(teams: Iterable[Team]) -> list[tuple[str, int]]:
    """The fields of professional teams that the province's ordinance lists, with how many teams there are in each."""
    count = Counter(team.kind for team in teams)
    rows = rule("rescue.professional_fields").params["fields"]
    return [(row["name"], sum(count[kind] for kind in row["kinds"])) for row in rows]


@dataclass(frozen=True, kw_only=True)
class ParkLine:
    """A park with the agreements that cover it now; it counts when one of the teams is up to standard."""

    park: ChemicalPark
    agreements: list[Agreement]

    @property
    def is_covered(self) -> bool:
        return any(one.team.accepted_on is not None for one in self.agreements)


def parks_with_teams(parks: Iterable[ChemicalPark], on: date) -> list[ParkLine]:
    """Each park with the valid agreements of teams that cover it."""
    parks = list(parks)
    covering = Agreement.objects.filter(
        Agreement.valid_on(on), kind=Agreement.Kind.PARK, park__in=[park.pk for park in parks]
    ).exclude(team__standby=Team.Standby.OFF)
    by_park: dict[int, list[Agreement]] = {}
    for one in covering.select_related("team").order_by("code"):
        by_park.setdefault(one.park_id, []).append(one)
    return [ParkLine(park=park, agreements=by_park.get(park.pk, [])) for park in parks]


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """An enterprise with the duty that it has by law and what it has."""

    enterprise: Any
    url: str
    duty: str
    law: str
    is_size_known: bool
    teams: list[Team]
    agreements: list[Agreement]
    #: Whether the enterprise says in its file that it has a team.
    is_claimed: bool
    is_met: bool

    @property
    def duty_title(self) -> str:
        return str(rules.DUTIES[self.duty])


def duties_of(enterprises: QuerySet, on: date) -> list[DutyLine]:
    """The enterprises that must have a team or an agreement, those that lack it first."""
    params = rule("rescue.enterprise_duty").params["duties"]
    owners: dict[str, list[Team]] = {}
    for team in Team.objects.filter(kind=Team.Kind.ENTERPRISE):
        for key in {team.enterprise_code, f"unit-{team.department_id}"} - {"", "unit-None"}:
            owners.setdefault(key, []).append(team)
    served: dict[str, list[Agreement]] = {}
    agreed = Agreement.objects.filter(Agreement.valid_on(on), kind=Agreement.Kind.SERVICE)
    for one in agreed.exclude(enterprise_code="").select_related("team"):
        served.setdefault(one.enterprise_code, []).append(one)
    lines, entry = [], ledger("enterprises")
    for row in enterprises.select_related("area"):
        duty = rules.duty_of(params, sector=row.sector, employees=row.employees)
        if duty is None:
            continue
        teams = list({t.pk: t for key in (row.code, f"unit-{row.department_id}") for t in owners.get(key, ())}.values())
        agreements = served.get(row.code, [])
        lines.append(
            DutyLine(
                enterprise=row, url=entry.url_of(row), duty=duty["duty"], law=duty["law"],
                is_size_known=row.employees is not None, teams=teams, agreements=agreements,
                is_claimed=row.has_rescue_team,
                is_met=bool(teams) or (duty["agreement_suffices"] and bool(agreements)),
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (line.is_met, list(rules.DUTIES).index(line.duty), line.enterprise.code))


def enterprises_for(user: User) -> QuerySet | None:
    """The enterprises that the person may see; None where their register is not installed or closed to it."""
    if "enterprises" not in {entry.name for entry in ledgers()} or not ledger("enterprises").may(user, "view"):
        return None
    return ledger("enterprises").rows(user)


def teams_in(area_code_prefix: str) -> QuerySet[Team]:
    """The teams of an area."""
    return Team.objects.filter(within((area_code_prefix,)))


def enterprises_in(area_code_prefix: str) -> QuerySet | None:
    """The enterprises of an area; None where their register is not installed."""
    if "enterprises" not in {entry.name for entry in ledgers()}:
        return None
    return ledger("enterprises").model._default_manager.filter(within((area_code_prefix,)))
