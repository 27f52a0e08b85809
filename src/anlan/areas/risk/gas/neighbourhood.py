"""The part of the network that matters to a leak, small enough for a scenario; the rest is kept in few links."""

import heapq
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.network import Net, Part, nodes_of

#: Pipes, valves and regulators of a scenario at most.
MOST_LINKS = 120


@dataclass
class Around:
    """Links and users as a scenario takes them; for each row the record that it came from (None for the rest's)."""

    links: list[dict] = field(default_factory=list)
    users: list[dict] = field(default_factory=list)
    parts: list[Part | None] = field(default_factory=list)
    points: list[GasPoint | None] = field(default_factory=list)
    #: How many links of the network stand behind those of the rest.
    left_out: int = 0


def around(net: Net, pipe: GasPipe, most: int = MOST_LINKS) -> Around:
    """The links nearest to a pipe by the number of links between; what lies behind them is drawn together.

    Where a part that is left out has a source, gas may come from there: the answer stays on the safe side. Its users
    count at the node that stands for it.
    """
    kept = _nearest(net, pipe, most)
    found = Around()
    for part in kept:
        found.links.append(_row(part))
        found.parts.append(part)
    nodes = {node for part in kept for node in nodes_of(part)}
    for point in net.points:
        if not point.is_link and point.node in nodes:
            _add_users(found, point.node, point)
    for node in sorted(net.beyond & nodes):
        found.users.append({"node": node, "kind": "source", "name": _("管辖范围外的管网")})
        found.points.append(None)
    _add_rest(net, found, {part.label for part in kept}, nodes)
    return found


def _nearest(net: Net, pipe: GasPipe, most: int) -> list[Part]:
    kept, queue = {pipe.label: pipe}, deque([pipe])
    while queue and len(kept) < most:
        for node in nodes_of(queue.popleft()):
            for part in net.by_node[node]:
                is_link = isinstance(part, GasPipe) or part.is_link
                if is_link and part.label not in kept and len(kept) < most:
                    kept[part.label] = part
                    queue.append(part)
    return list(kept.values())


def _row(part: Part) -> dict:
    if isinstance(part, GasPipe):
        return {
            "name": part.label, "start": part.start_node, "end": part.end_node, "kind": "pipe",
            "length_m": part.length_m or 0.0, "diameter_mm": round(part.inner_mm, 1), "pressure_mpa": part.pressure_mpa,
        }  # fmt: skip
    row = {"name": part.label, "start": part.node, "end": part.far_node, "kind": part.kind}
    if part.kind == GasPoint.Kind.VALVE:
        row |= {"is_open": part.state != "closed", "is_closable": part.state != "stuck"}
        row |= {} if part.minutes is None else {"minutes": part.minutes}
    return row


def _add_users(found: Around, node: str, point: GasPoint) -> None:
    if point.kind == GasPoint.Kind.SOURCE:
        row = {"node": node, "kind": "source", "name": point.label}
    else:
        row = {"node": node, "kind": point.users or "other", "name": point.label}
        row |= {} if point.customers is None else {"count": point.customers}
    found.users.append(row)
    found.points.append(point)


def _add_rest(net: Net, found: Around, kept: set[str], nodes: set[str]) -> None:
    """A node for each part that is left out, joined to where it was cut off; its sources and users stand at it."""
    rest = [link for link in net.links if link.name not in kept and not (link.kind == "valve" and not link.is_open)]
    if not rest:
        return
    found.left_out = len(net.links) - len(kept)
    outside = sorted({node for link in rest for node in (link.start, link.end)})
    at = {node: number for number, node in enumerate(outside)}
    ends = np.array([(at[link.start], at[link.end]) for link in rest]).T
    joined = coo_array((np.ones(ends.shape[1]), ends), shape=(len(at), len(at)))
    _count, part_of = connected_components(joined, directed=False)
    for number in sorted({int(part_of[at[node]]) for node in outside if node in nodes}):
        inside = {node for node in outside if part_of[at[node]] == number}
        name = _("其余管网 %(number)s") % {"number": number + 1}
        for turn, node in enumerate(sorted(inside & nodes), 1):
            found.links.append({"name": f"{name}-{turn}", "start": node, "end": name, "kind": "pipe"})
            found.parts.append(None)
        if net.beyond & inside - nodes:
            found.users.append({"node": name, "kind": "source", "name": name})
            found.points.append(None)
        for point in net.points:
            if not point.is_link and point.node in inside - nodes:
                _add_users(found, name, point)


@dataclass(frozen=True)
class Side:
    """How far it is from an end of the pipe, along the pipes, to what bounds the flow there."""

    metres: float
    #: A valve that can be closed, a regulator or a source; None where the pipes just end.
    bound: GasPoint | None


def side(net: Net, pipe: GasPipe, node: str) -> Side:
    """From an end of a pipe to the nearest closable valve, regulator or source; to the farthest end where there is none."""
    done: dict[str, float] = {}
    queue = [(0.0, node)]
    while queue:
        metres, here = heapq.heappop(queue)
        if here in done:
            continue
        done[here] = metres
        touching = [part for part in net.by_node.get(here, ()) if part.label != pipe.label]
        bounds = [part for part in touching if isinstance(part, GasPoint) and _bounds(part, here)]
        if bounds:
            return Side(metres, min(bounds, key=lambda part: part.code))
        for part in touching:
            if isinstance(part, GasPipe) or part.state == "stuck":
                start, end = nodes_of(part)
                further = part.length_m or 0.0 if isinstance(part, GasPipe) else 0.0
                heapq.heappush(queue, (metres + further, end if start == here else start))
    return Side(max(done.values()), None)


def _bounds(point: GasPoint, node: str) -> bool:
    """Whether a point bounds what flows to a leak: users, stuck valves and regulators that lead away do not."""
    if point.kind == GasPoint.Kind.REGULATOR:
        return point.far_node == node
    return point.state in ("open", "closed", "source")
