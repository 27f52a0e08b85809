"""Turn-outs that somebody may see, how they kept their limits, and which teams to send with what they leave behind."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.rescue.stations.cover import Left, left_uncovered
from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.teams.queries import may_lead
from anlan.areas.rescue.turnouts import rules
from anlan.areas.rescue.turnouts.models import Turnout
from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.codes import within
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import BUSY
from anlan.foundation.roads import queries as roads
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.registry import obstacles_at
from anlan.foundation.roads.speeds import Speeds, speeds_at
from anlan.science.geo.distance import great_circle_km
from anlan.science.geo.roads.graph import RoadError, snap
from anlan.science.geo.roads.search import matrix

#: Teams that the recommendation lists.
MOST = 12


def turnouts_for(user: User) -> QuerySet[Turnout]:
    """Turn-outs at the incidents or of the teams of the person's areas; of an own-only role, those of its unit."""
    own = Q(team__leader=user)
    if user.department_id:
        own |= Q(team__department_id=user.department_id)
    seen = own
    if user.scope.owner is None:
        prefixes = user.scope.prefixes
        seen = own | within(prefixes, "incident__area_id") | within(prefixes, "team__area_id")
    return Turnout.objects.filter(seen).select_related(
        "assignment__request", "team__department", "team__leader", "incident__area"
    )


def may_act(user: User, turnout: Turnout) -> bool:
    """Whether the person records what the team does: its own people, or who commands at the incident."""
    commands = user.may("act:resourcerequests") and user.scope.contains(turnout.incident.area_id)
    return commands or may_lead(user, turnout.team)


def working_of(user: User) -> list[Turnout]:
    """The person's own teams' turn-outs that are not over, or over and not yet back."""
    own = Q(team__leader=user)
    if user.department_id:
        own |= Q(team__department_id=user.department_id)
    rows = turnouts_for(user).filter(own, returned_at=None)
    return [one for one in rows[:20] if not one.is_over or one.assignment.released_at]


def clock_of(turnout: Turnout) -> Any:
    """The running clock until the next roll call."""
    return clocks_of(turnout).filter(met_at=None, cancelled_at=None).first()


@dataclass(frozen=True, kw_only=True)
class KindTimes:
    """How teams of a kind turned out."""

    title: str
    turnouts: int
    turnout_min: float | None
    turnouts_on_time: int
    turnouts_judged: int
    arrival_min: float | None
    arrivals_on_time: int
    arrivals_judged: int


def times_by_kind(turnouts: Iterable[Turnout]) -> list[KindTimes]:
    """Median minutes and how many kept the limit; what was not recorded is not judged."""
    by_kind: dict[str, list[Turnout]] = defaultdict(list)
    for one in turnouts:
        by_kind[one.team.kind].append(one)
    lines = []
    for kind in Team.Kind:
        rows = by_kind.get(kind.value, [])
        if not rows:
            continue
        set_out = [one.turnout_min for one in rows if one.turnout_min is not None]
        arrived = [one.arrival_min for one in rows if one.arrival_min is not None]
        late = [one.is_turnout_late for one in rows if one.is_turnout_late is not None]
        tardy = [one.is_arrival_late for one in rows if one.is_arrival_late is not None]
        lines.append(
            KindTimes(
                title=str(kind.label), turnouts=len(rows), turnout_min=median(set_out) if set_out else None,
                turnouts_on_time=late.count(False), turnouts_judged=len(late),
                arrival_min=median(arrived) if arrived else None,
                arrivals_on_time=tardy.count(False), arrivals_judged=len(tardy),
            )
        )  # fmt: skip
    return lines


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A team that could be sent, with what speaks for and against it."""

    team: Team
    is_suited: bool
    busy_with: str
    distance_km: float | None
    turnout_min: float
    #: Minutes by road; None without a network or a position.
    drive_min: float | None
    left: Left | None

    @property
    def is_free(self) -> bool:
        return self.team.is_available and not self.busy_with

    @property
    def total_min(self) -> float | None:
        return None if self.drive_min is None else round(self.turnout_min + self.drive_min, 1)

    def order(self) -> tuple:
        """Free and suited ones first; then by time, stretched by lacking readiness as for every resource."""
        ready = 50 if self.team.readiness is None else max(self.team.readiness, 10)
        time = self.total_min
        if time is None:
            time = 1e6 if self.distance_km is None else self.turnout_min + 2 * self.distance_km
        return (not self.is_free, not self.is_suited, time * 100 / ready, self.team.code)

    @property
    def reasons(self) -> list[str]:
        """Why it stands where it stands."""
        parts = [_("专业对口") if self.is_suited else _("不是这类事件的对口队伍")]
        if self.total_min is not None:
            parts.append(
                _("约 %(total)s 分钟到场（出动 %(out)s，行车 %(drive)s）")
                % {"total": f"{self.total_min:g}", "out": f"{self.turnout_min:g}", "drive": f"{self.drive_min:g}"}
            )
        elif self.distance_km is not None:
            parts.append(_("直线 %(km)s 千米，行车时间未知") % {"km": self.distance_km})
        else:
            parts.append(_("位置未知"))
        ready = self.team.readiness
        parts.append(_("战备分未知") if ready is None else _("战备 %(n)s 分") % {"n": ready})
        if self.busy_with:
            parts.append(_("正在处置：%(incident)s") % {"incident": self.busy_with})
        elif not self.team.is_available:
            parts.append(_("台账登记为%(state)s") % {"state": self.team.get_standby_display()})
        return parts


def recommend(user: User, incident: Incident, *, kind: str = "", most: int = MOST) -> list[Choice]:
    """Teams in the person's areas for an incident, the best first, and what a fire crew would leave uncovered."""
    suited = rules.suited_kinds(incident.kind_id)
    teams = ledger("teams").rows(user).select_related("area", "station", "department")
    teams = list(teams.filter(kind=kind) if kind else teams)
    busy = {
        a.object_id: a.request.incident.title
        for a in Assignment.objects.filter(ledger="teams", status__in=BUSY).select_related("request__incident")
    }
    now = timezone.now()
    obstacles = obstacles_at(now)
    drives = _drives(teams, incident, obstacles)
    choices = []
    for team in teams:
        ends = (team.lon, team.lat, incident.lon, incident.lat)
        choices.append(
            Choice(
                team=team, is_suited=not suited or team.kind in suited, busy_with=busy.get(team.pk, ""),
                distance_km=None if None in ends else round(great_circle_km(*ends), 1),
                turnout_min=rules.limits_of(team, now).turnout_min, drive_min=drives.get(team.pk), left=None,
            )
        )  # fmt: skip
    best = sorted(choices, key=Choice.order)[:most]
    left = _left(best, obstacles)
    return [_with_left(one, left) for one in best]


def _with_left(choice: Choice, left: dict[int, Left]) -> Choice:
    found = left.get(choice.team.station_id) if choice.is_free else None
    return replace(choice, left=found) if found else choice


def speeds_now(network: RoadNetwork) -> Speeds:
    """What teams drive at now, with lights and sirens."""
    return speeds_at(network, roads.roads_of(network), timezone.now()).for_emergency()


def _drives(teams: Iterable[Team], incident: Incident, obstacles: list) -> dict[int, float]:
    """Minutes by road from each team to the incident, closures counted; empty without a network."""
    placed = [team for team in teams if team.lon is not None]
    network = roads.current_network()
    if network is None or incident.lon is None or not placed:
        return {}
    graph, access = roads.roads_of(network), roads.access()
    try:
        start = snap(graph, np.array([(team.lon, team.lat) for team in placed], dtype=np.float64))
        end = snap(graph, np.array([(incident.lon, incident.lat)], dtype=np.float64))
    except RoadError:
        return {}
    # One spread from the scene would drive one-way streets backwards; a row for each team does not.
    seconds = roads.seconds_with(graph, obstacles, speeds=speeds_now(network))
    time = matrix(graph, seconds, start, end)[:, 0]
    time = (time + access.seconds(start) + access.seconds(end)) / 60
    return {team.pk: round(float(one), 1) for team, one in zip(placed, time, strict=True) if np.isfinite(one)}


def _left(choices: list[Choice], obstacles: list) -> dict[int, Left]:
    """What each station of the recommended crews would leave, unless another of its crews stands by."""
    stations = {one.team.station for one in choices if one.is_free and one.team.station_id}
    network = roads.current_network()
    if not stations or network is None:
        return {}
    out = set(Assignment.objects.filter(ledger="teams", status__in=BUSY).values_list("object_id", flat=True))
    ready: dict[int, int] = defaultdict(int)
    crewed = set()
    for team in Team.objects.exclude(station=None).only("pk", "station_id", "standby"):
        crewed.add(team.station_id)
        ready[team.station_id] += team.is_available and team.pk not in out
    empty = {station for station in crewed if not ready[station]}
    leaving = [one for one in stations if ready[one.pk] <= 1]
    return left_uncovered(network, leaving, empty=empty, obstacles=obstacles)


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """The incident room's panel: the teams that were called and where they are."""
    rows = Turnout.objects.filter(incident=incident).select_related("assignment", "team", "incident")
    inside = user.scope.contains(incident.area_id)
    return {
        "incident": incident,
        "turnouts": [(one, one.roll_calls.first(), clock_of(one)) for one in rows],
        "may_call": inside and incident.is_open and user.may("act:resourcerequests") and user.may("view:teams"),
    }
