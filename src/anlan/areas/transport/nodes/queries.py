"""How far townships are from the nearest node over the roads, all of them open; and where cameras look at nodes."""

from dataclasses import dataclass

import numpy as np

from anlan.areas.transport.nodes.models import TransportNode
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger, ledgers
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area
from anlan.foundation.roads import queries as roads
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import snap
from anlan.science.geo.roads.search import arrivals, spread


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """A township and its nearest node."""

    area: Area
    #: Minutes to the nearest node; None where no road leads to one.
    minutes: float | None
    node: TransportNode | None
    is_gap: bool


@dataclass(frozen=True, kw_only=True)
class Kilometre:
    """The first and last kilometre of an area (最先和最后一公里)."""

    lines: tuple[Nearness, ...]
    network: RoadNetwork
    limit: Rule
    nodes: int
    #: Townships without a position: nothing can be said of them.
    unknown: int

    @property
    def gaps(self) -> list[Nearness]:
        """The farthest first; those without any road before them."""
        found = [one for one in self.lines if one.is_gap]
        return sorted(found, key=lambda one: -(one.minutes if one.minutes is not None else float("inf")))


def first_last_kilometre(area_code: str, nodes: list[TransportNode]) -> Kilometre | None:
    """Each township of an area against the rule; None while there is no network or no node.

    Nodes beyond the area's border count, too: whoever leaves uses what is near. Closures are left out: this is about
    what was built, not about today.
    """
    network = roads.current_network()
    entered = [one for one in nodes if one.lon is not None and one.kind not in TransportNode.PASSED]
    if network is None or not entered:
        return None
    limit = rule("transport.first_last_kilometre")
    townships = Area.objects.filter(within((prefix(area_code),), "code"), level=Area.Level.TOWNSHIP)
    places = list(townships.filter(lon__isnull=False))
    minutes, which = _minutes(network, entered, places)
    lines = tuple(
        Nearness(
            area=one, minutes=round(float(time), 1) if np.isfinite(time) else None,
            node=entered[source] if np.isfinite(time) else None, is_gap=not time <= limit.params["minutes"],
        )
        for one, time, source in zip(places, minutes, which, strict=True)
    )  # fmt: skip
    return Kilometre(
        lines=lines, network=network, limit=limit, nodes=len(entered), unknown=townships.count() - len(places)
    )


def _minutes(network: RoadNetwork, nodes: list[TransportNode], places: list[Area]) -> tuple[np.ndarray, np.ndarray]:
    """Minutes from each place to its nearest node, and which one that is."""
    if not places:
        return np.empty(0), np.empty(0, dtype=np.int64)
    graph, access = roads.roads_of(network), roads.access()
    cost = roads.seconds_with(graph, ())
    starts = snap(graph, [(one.lon, one.lat) for one in nodes])
    late = access.seconds(starts)
    joined = np.flatnonzero(np.isfinite(late))
    ends = snap(graph, [(one.lon, one.lat) for one in places])
    found = spread(graph, cost, starts[joined], head_start_s=late[joined])
    time, source = arrivals(graph, cost, found, ends)
    total = (time + access.seconds(ends)) / 60
    return total, np.where(source >= 0, joined[source] if joined.size else 0, 0)


def camera_of(user: User, node: TransportNode) -> str:
    """The page of the camera that looks at a node; empty where there is none or the person may not see it."""
    if not node.camera or "cameras" not in {entry.name for entry in ledgers()}:
        return ""
    entry = ledger("cameras")
    row = entry.rows(user).filter(code=node.camera).first() if entry.may(user, "view") else None
    return entry.url_of(row) if row else ""
