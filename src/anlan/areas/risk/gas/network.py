"""The register as a graph, as far as somebody may see it: which valves isolate a leak, who loses gas (关阀分析)."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, usual
from anlan.science.hazards.gas_leak.network import Isolation, Link, Network, isolate
from anlan.science.hazards.gas_leak.valves import KELVIN, remaining_m3

METHODS = ("nearest", "fewest")
#: °C of the gas in the ground, as the model takes it when nobody says otherwise.
GROUND_C = 15.0
Part = GasPipe | GasPoint


@dataclass(frozen=True)
class Net:
    """Pipes in use and points that somebody may see, and the nodes at which the network goes on beyond them."""

    pipes: tuple[GasPipe, ...]
    points: tuple[GasPoint, ...]
    #: Gas may come in there: what lies behind is not seen, so that the answer stays on the safe side.
    beyond: frozenset[str] = frozenset()

    @cached_property
    def parts(self) -> dict[str, Part]:
        """Pipes and points by the name that they have in the graph."""
        return {part.label: part for part in (*self.pipes, *self.points)}

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Pipes, valves and regulators of the graph."""
        return tuple(link_of(part) for part in self.parts.values() if isinstance(part, GasPipe) or part.is_link)

    @cached_property
    def graph(self) -> Network:
        sources = {point.node for point in self.points if point.kind == GasPoint.Kind.SOURCE}
        return Network(self.links, tuple(sorted(sources | self.beyond)))

    @cached_property
    def by_node(self) -> dict[str, list[Part]]:
        """What touches each node."""
        found: dict[str, list[Part]] = {}
        for part in self.parts.values():
            for node in nodes_of(part):
                found.setdefault(node, []).append(part)
        return found

    def users(self) -> Iterator[GasPoint]:
        """Points at which somebody is supplied."""
        return (point for point in self.points if point.kind == GasPoint.Kind.USERS)


def nodes_of(part: Part) -> tuple[str, ...]:
    """The nodes that a pipe or point touches."""
    if isinstance(part, GasPipe):
        return part.start_node, part.end_node
    return (part.node, part.far_node) if part.is_link and part.far_node else (part.node,)


def link_of(part: Part) -> Link:
    """A pipe, valve or regulator as a link of the graph."""
    if isinstance(part, GasPipe):
        area = math.pi / 4.0 * (part.inner_mm / 1e3) ** 2
        return Link(
            name=part.label, start=part.start_node, end=part.end_node, kind="pipe",
            volume=area * (part.length_m or 0.0), pressure=part.pressure_mpa * 1e6 + ATMOSPHERE,
        )  # fmt: skip
    return Link(
        name=part.label, start=part.node, end=part.far_node, kind=part.kind, is_open=part.state != "closed",
        is_closable=part.state != "stuck", minutes=part.minutes or 0.0,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of closing valves, and what follows."""

    #: "nearest" (fewest customers lose gas), "fewest" (valves), or both where they are the same.
    methods: tuple[str, ...]
    valves: list[GasPoint]
    is_isolated: bool
    #: Until the last of those valves is closed whose minutes are known; None where none are.
    minutes: float | None
    #: Valves to close whose minutes nobody knows.
    untimed: list[GasPoint]
    #: Users that lose their gas, and pipes that bleed through the leak with what is left in them (m3 at 0 °C); None
    #: where more comes in.
    users: list[GasPoint]
    pipes: list[GasPipe]
    remaining_m3: float | None
    #: Valves that touch what bleeds and cannot be closed.
    stuck: list[GasPoint]
    #: Nodes beyond what the reader may see that stay joined to the leak, or lose gas with it.
    unseen: int

    @property
    def homes(self) -> int | None:
        """Homes that lose their gas; None where there are some and none are counted."""
        return counted(point for point in self.users if point.users == GasPoint.Users.HOMES)

    @property
    def others(self) -> list[GasPoint]:
        """Users other than homes: each wants a call."""
        return [point for point in self.users if point.users != GasPoint.Users.HOMES]

    @property
    def uncounted(self) -> int:
        """Groups of homes whose number nobody knows."""
        return sum(point.customers is None for point in self.users if point.users == GasPoint.Users.HOMES)


def counted(points: Iterable[GasPoint]) -> int | None:
    """The customers of points; None where there are points and none of them is counted."""
    numbers = [point.customers for point in points]
    known = [number for number in numbers if number is not None]
    return sum(known) if known or not numbers else None


def ways(net: Net, pipe: GasPipe) -> list[Way]:
    """How a leak in a pipe is isolated: the nearest valves, and the fewest where they are others and are enough."""
    found = [(method, isolate(net.graph, pipe.label, method)) for method in METHODS]
    nearest, fewest = (isolation for _method, isolation in found)
    if nearest.valves == fewest.valves or not fewest.is_isolated:
        return [_way(net, pipe, METHODS, nearest)]
    return [_way(net, pipe, (method,), isolation) for method, isolation in found]


def _way(net: Net, pipe: GasPipe, methods: tuple[str, ...], isolation: Isolation) -> Way:
    valves = [net.parts[name] for name in isolation.valves]
    lost, bleeding = set(isolation.lost), [net.parts[name] for name in isolation.bleeding]
    inside = {node for one in bleeding for node in nodes_of(one)}
    timed = [valve.minutes for valve in valves if valve.minutes is not None]
    gas = usual(pipe.medium, 0.0)
    return Way(
        methods=methods,
        valves=valves,
        is_isolated=isolation.is_isolated,
        minutes=max(timed, default=None),
        untimed=[valve for valve in valves if valve.minutes is None],
        users=[point for point in net.users() if point.node in lost],
        pipes=bleeding,
        remaining_m3=remaining_m3([link_of(one) for one in bleeding], gas, GROUND_C + KELVIN)
        if isolation.is_isolated
        else None,
        stuck=[p for p in net.points if p.state == "stuck" and inside & set(nodes_of(p))],
        unseen=len(net.beyond & (inside | lost)),
    )
