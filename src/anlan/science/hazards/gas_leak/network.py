"""A city's gas network as a graph: which valves isolate a leak, who loses gas, what remains in the pipes (关阀分析).

Links join nodes: pipes, valves and regulators. Gas goes both ways along pipes and through open valves, and only
onwards through regulators. A valve can be closed when it is open and neither stuck nor out of reach. Parts of the net
without closable valves between them are one segment; isolation is a cut between the leak's segment and all sources.
`nearest` closes every closable valve round the leak's segment through which gas can come: fewest customers lose gas.
`fewest` is a minimum cut by number of valves (Ford & Fulkerson 1956), of all such the one that isolates least.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

Name = str
#: A cut of links that cannot be closed would cost more than all valves.
UNCUT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Link:
    """A pipe, a valve or a regulator from node to node (a regulator from the high side to the low)."""

    name: Name
    start: Name
    end: Name
    kind: str
    #: m3 inside, and absolute pressure, Pa.
    volume: float = 0.0
    pressure: float = 101_325.0
    is_open: bool = True
    is_closable: bool = True
    #: Minutes that a crew needs to get there and close it.
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """Valves to close and what follows; names sorted."""

    valves: tuple[Name, ...]
    #: Whether the leak is cut off from every source when they are closed.
    is_isolated: bool
    minutes: float
    #: Nodes that lose their gas (the isolated part and what it alone fed), and pipes that bleed through the leak.
    lost: tuple[Name, ...]
    bleeding: tuple[Name, ...]


@dataclass(frozen=True)
class Network:
    """The graph with its sources."""

    links: tuple[Link, ...]
    sources: tuple[Name, ...]

    def nodes(self) -> tuple[Name, ...]:
        """All nodes."""
        ends = {end for link in self.links for end in (link.start, link.end)}
        return tuple(sorted(ends | set(self.sources)))


def _graph(nodes: Mapping[Name, int], edges: Iterable[tuple[Name, Name, int]]) -> csr_array:
    rows = [(nodes[start], nodes[end], capacity) for start, end, capacity in edges]
    start, end, capacity = (
        (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
        if rows
        else (np.zeros(0, np.int32),) * 3
    )
    made = coo_array((capacity, (start, end)), shape=(len(nodes), len(nodes))).tocsr()
    made.sum_duplicates()
    return made


def _conducting(network: Network, closed: frozenset[Name]) -> list[tuple[Name, Name]]:
    """Directed edges along which gas can go."""
    edges = []
    for link in network.links:
        if link.kind == "valve" and (not link.is_open or link.name in closed):
            continue
        edges.append((link.start, link.end))
        if link.kind != "regulator":
            edges.append((link.end, link.start))
    return edges


def reached(network: Network, starts: Sequence[Name], closed: frozenset[Name], *, against: bool = False) -> set[Name]:
    """Nodes to which gas can go from these (or from which it can come, `against`).

    >>> links = (Link(name="p", start="a", end="b", kind="pipe"), Link(name="r", start="b", end="c", kind="regulator"))
    >>> net = Network(links, ("a",))
    >>> sorted(reached(net, ["a"], frozenset())), sorted(reached(net, ["c"], frozenset()))
    (['a', 'b', 'c'], ['c'])
    """
    nodes = {name: at for at, name in enumerate((*network.nodes(), ""))}  # "" leads to all starts
    edges = [(end, start, 1) if against else (start, end, 1) for start, end in _conducting(network, closed)]
    edges += [("", start, 1) for start in starts if start in nodes]
    order = breadth_first_order(_graph(nodes, edges), nodes[""], return_predecessors=False)
    names = list(nodes)
    return {names[at] for at in order} - {""}


def isolate(network: Network, leaking: Name, method: str = "nearest") -> Isolation:
    """What closing valves by a method does about a leaking link; KeyError where there is none of that name.

    >>> links = tuple(Link(name=name, start=start, end=end, kind=kind) for name, start, end, kind in (
    ...     ("p1", "source", "a", "pipe"), ("v1", "a", "b", "valve"), ("p2", "b", "c", "pipe"),
    ...     ("v2", "c", "d", "valve"), ("p3", "d", "homes", "pipe")))
    >>> made = isolate(Network(links, ("source",)), "p2")
    >>> made.valves, made.is_isolated, made.lost, made.bleeding
    (('v1',), True, ('b', 'c', 'd', 'homes'), ('p2', 'p3'))
    """
    leak = {link.name: link for link in network.links}[leaking]
    valves = _round(network, leak) if method == "nearest" else _fewest(network, leak)
    closed = frozenset(valves)
    fed = reached(network, network.sources, closed)
    origin = reached(network, [leak.start, leak.end], closed, against=True)
    lost = reached(network, network.sources, frozenset()) - fed
    return Isolation(
        valves=tuple(sorted(valves)),
        is_isolated=not origin & set(network.sources),
        minutes=max((link.minutes for link in network.links if link.name in closed), default=0.0),
        lost=tuple(sorted(lost)),
        bleeding=tuple(
            sorted(link.name for link in network.links if link.kind == "pipe" and {link.start, link.end} <= origin)
        ),
    )


def _is_cuttable(link: Link) -> bool:
    return link.kind == "valve" and link.is_open and link.is_closable


def _round(network: Network, leak: Link) -> set[Name]:
    """Closable valves at the edge of the leak's segment through which gas can still come when all are open."""
    all_valves = frozenset(link.name for link in network.links if _is_cuttable(link))
    segment = reached(network, [leak.start, leak.end], all_valves, against=True)
    wanted = {link.name for link in network.links if link.name in all_valves and {link.start, link.end} & segment}
    fed = reached(network, network.sources, frozenset(wanted))
    if {leak.start, leak.end} & fed:
        return wanted  # not enough
    # One with no gas on either side while all are closed may stay open: what it joins to the leak is fed by nobody.
    return {link.name for link in network.links if link.name in wanted and {link.start, link.end} & fed}


def _fewest(network: Network, leak: Link) -> set[Name]:
    """A smallest set of valves, nearest to the leak; none when no set is enough."""
    nodes = {name: at for at, name in enumerate((*network.nodes(), "all sources", "leak"))}
    edges: list[tuple[Name, Name, int]] = []
    for link in network.links:  # from the leak against the gas, so that the residual network tells the nearest cut
        if link.kind == "valve" and not link.is_open:
            continue
        capacity = 1 if _is_cuttable(link) else UNCUT
        edges.append((link.end, link.start, capacity))
        if link.kind != "regulator":
            edges.append((link.start, link.end, capacity))
    edges += [(source, "all sources", UNCUT) for source in network.sources]
    edges += [("leak", end, UNCUT) for end in {leak.start, leak.end}]
    graph = _graph(nodes, edges)
    found = maximum_flow(graph, nodes["leak"], nodes["all sources"])
    if found.flow_value >= UNCUT:
        return set()
    residual = (graph - found.flow).tocsr()
    residual.eliminate_zeros()
    names = list(nodes)
    near = {names[at] for at in breadth_first_order(residual, nodes["leak"], return_predecessors=False)}
    return {link.name for link in network.links if _is_cuttable(link) and (link.start in near) != (link.end in near)}


def islands(network: Network) -> int:
    """How many parts have no way for gas between them, closed valves being closed.

    >>> islands(Network((Link(name="v", start="a", end="b", kind="valve", is_open=False),), ("a",)))
    2
    """
    nodes = {name: at for at, name in enumerate(network.nodes())}
    edges = [(start, end, 1) for start, end in _conducting(network, frozenset())]
    return int(connected_components(_graph(nodes, edges), directed=False)[0])
