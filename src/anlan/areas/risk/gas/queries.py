"""The network as far as a person may see it, the pipes near a place, and the map's figures."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from django.utils import timezone

from anlan.areas.risk.gas import rules
from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.network import Net, nodes_of
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule
from anlan.science.geo.local import Plane


def net_for(user: User) -> Net:
    """Pipes in use and points of the person's areas (an enterprise's own), and where the network goes on."""
    pipes = tuple(ledger("gaspipes").rows(user).filter(status=GasPipe.Status.USED))
    points = tuple(ledger("gaspoints").rows(user))
    seen = {node for part in (*pipes, *points) for node in nodes_of(part)}
    unseen = GasPipe.objects.filter(status=GasPipe.Status.USED).exclude(pk__in=ledger("gaspipes").rows(user))
    others = GasPoint.objects.exclude(far_node="").exclude(pk__in=ledger("gaspoints").rows(user))
    ends = [*unseen.values_list("start_node", "end_node"), *others.values_list("node", "far_node")]
    return Net(pipes, points, frozenset(seen & {node for both in ends for node in both}))


def with_pipe(net: Net, pipe: GasPipe) -> Net:
    """The same network as if a pipe that is not in use were."""
    return replace(net, pipes=(*net.pipes, pipe))


@dataclass(frozen=True)
class Near:
    """A pipe near a place: how far, and where on it is nearest."""

    pipe: GasPipe
    metres: float
    lon: float
    lat: float


def nearest_on(pipe: GasPipe, lon: float, lat: float) -> Near:
    """The place on a pipe that is nearest to a position."""
    plane = Plane(lon, lat)
    line = shapely.transform(pipe.geometry, plane.to_metres)
    place = line.interpolate(line.project(shapely.Point(0, 0)))
    (there,) = plane.to_degrees([(place.x, place.y)]).round(6).tolist()
    return Near(pipe, float(np.hypot(place.x, place.y)), *there)


def pipes_near(user: User, lon: float, lat: float) -> list[Near]:
    """Pipes in use within the distance of the rule, the nearest first."""
    most = rule("gas.nearby").params["most_m"]
    corners = Plane(lon, lat).to_degrees([(-most, -most), (most, most)])
    entry = ledger("gaspipes")
    rows = entry.rows(user).filter(entry.within_box(*corners.ravel().tolist()), status=GasPipe.Status.USED)
    found = [nearest_on(pipe, lon, lat) for pipe in rows]
    return sorted((one for one in found if one.metres <= most), key=lambda one: (one.metres, one.pipe.code))


def metres_along(pipe: GasPipe, lon: float, lat: float) -> float:
    """How far a place on a pipe is from the pipe's start, along it."""
    plane = Plane(lon, lat)
    return float(shapely.transform(pipe.geometry, plane.to_metres).project(shapely.Point(0, 0)))


@dataclass(frozen=True)
class Valves:
    """What is known of the valves."""

    total: int
    closed: list[GasPoint]
    stuck: list[GasPoint]
    #: Last exercised too long ago by the rule, and those of which nobody knows when.
    overdue: list[GasPoint]
    unknown: list[GasPoint]
    rule: Rule


def valves_of(points: tuple[GasPoint, ...], today: date | None = None) -> Valves:
    """The valves among points by what is to be done about them."""
    found, today = rule("gas.valve_exercise"), today or timezone.localdate()
    valves = [point for point in points if point.kind == GasPoint.Kind.VALVE]
    late = {point.pk: rules.is_overdue(point.exercised_on, today, found.params["days"]) for point in valves}
    return Valves(
        total=len(valves),
        closed=[point for point in valves if point.state == "closed"],
        stuck=[point for point in valves if point.state == "stuck"],
        overdue=[point for point in valves if late[point.pk]],
        unknown=[point for point in valves if late[point.pk] is None],
        rule=found,
    )


def kilometres(pipes: tuple[GasPipe, ...]) -> list[tuple[str, str, float]]:
    """Length by pressure grade, the highest first: code, label, km."""
    sums: dict[str, float] = {}
    for pipe in pipes:
        sums[pipe.grade] = sums.get(pipe.grade, 0.0) + (pipe.length_m or 0.0) / 1000
    return [(code, str(label), sums[code]) for code, label in GasPipe.Grade.choices if code in sums]
