"""What does not join in a register of pipes, in words, each with the record to mend (拓扑检查)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.network import Net, Part, nodes_of
from anlan.science.geo.distance import great_circle_km
from anlan.science.hazards.gas_leak.network import reached

#: Ends farther apart cannot be one node; ends nearer are probably one under two names. Shorter pipes hold no gas. Metres.
APART_M, TOGETHER_M, LEAST_M = 30.0, 2.0, 0.5
#: Degrees of a square in which ends near one another are looked for; several metres everywhere in the country.
SQUARE = 1e-4


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that does not join."""

    part: Part
    #: Code of what is wrong, the same for all of its kind.
    kind: str
    text: str


def check(net: Net) -> list[Finding]:
    """Everything that does not join, by kind."""
    found = [*_pipes(net), *_points(net), *_ends(net), *_places(net), *_pressures(net), *_islands(net)]
    order = list(KINDS)
    return sorted(found, key=lambda one: (order.index(one.kind), one.part.code))


#: The kinds in the order in which they matter.
KINDS = {
    "island": gettext_lazy("孤岛、没有气源"),
    "unfed": gettext_lazy("阀门关着，没有供气"),
    "loose": gettext_lazy("没有相接的端点"),
    "point": gettext_lazy("阀门、设施没有管段"),
    "empty": gettext_lazy("没有容积"),
    "loop": gettext_lazy("起止同一节点"),
    "apart": gettext_lazy("同一节点，位置不一"),
    "pressure": gettext_lazy("不同压力级别直接相接"),
    "backwards": gettext_lazy("调压方向可疑"),
}


def _pipes(net: Net) -> Iterator[Finding]:
    for pipe in net.pipes:
        if (pipe.length_m or 0.0) < LEAST_M:
            yield Finding(part=pipe, kind="empty", text=_("走向的长度为 0：起点和终点画在了一处，算不出管内存气。"))
        if pipe.start_node == pipe.end_node:
            yield Finding(
                part=pipe,
                kind="loop",
                text=_("起点和终点是同一节点 %(node)s：请改正其中一个。") % {"node": pipe.end_node},
            )


def _points(net: Net) -> Iterator[Finding]:
    """Points on whose side no pipe (nor another point that joins) is."""
    for point in net.points:
        for node in nodes_of(point):
            others = [
                one for one in net.by_node[node] if one is not point and (isinstance(one, GasPipe) or one.is_link)
            ]
            if not others and node not in net.beyond:
                yield Finding(
                    part=point,
                    kind="point",
                    text=_("节点 %(node)s 没有管段：请改正节点编号，或补登管段。") % {"node": node},
                )


def _pipe_ends(net: Net) -> list[tuple[str, float, float, GasPipe]]:
    """Both ends of every pipe: node, longitude, latitude."""
    found = []
    for pipe in net.pipes:
        line = pipe.geometry.coords
        found += [(pipe.start_node, *line[0], pipe), (pipe.end_node, *line[-1], pipe)]
    return found


def _ends(net: Net) -> Iterator[Finding]:
    """Ends that nothing else touches, with the node that is probably meant."""
    ends = _pipe_ends(net)
    squares: dict[tuple[int, int], list[tuple[str, float, float]]] = {}
    for node, lon, lat, _pipe in ends:
        squares.setdefault((round(lon / SQUARE), round(lat / SQUARE)), []).append((node, lon, lat))
    for node, lon, lat, pipe in ends:
        if len(net.by_node[node]) > 1 or node in net.beyond or pipe.start_node == pipe.end_node:
            continue
        x, y = round(lon / SQUARE), round(lat / SQUARE)
        near = [
            (1000 * great_circle_km(lon, lat, *place), other)
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other, *place in squares.get((x + dx, y + dy), ())
            if other != node
        ]
        metres, other = min(near, default=(TOGETHER_M + 1.0, ""))
        if metres <= TOGETHER_M:
            told = _("节点 %(node)s 没有与别的相接，但离节点 %(other)s 只有 %(metres)s 米：应是同一节点，请统一编号。")
            text = told % {"node": node, "other": other, "metres": f"{metres:.1f}"}
        else:
            told = _("节点 %(node)s 没有别的管段、阀门或用户：是管道末端就登记用户，否则请改正节点编号。")
            text = told % {"node": node}
        yield Finding(part=pipe, kind="loose", text=text)


def _places(net: Net) -> Iterator[Finding]:
    """Nodes whose pipes are drawn to different places."""
    first: dict[str, tuple[float, float, GasPipe]] = {}
    for node, lon, lat, pipe in _pipe_ends(net):
        there = first.setdefault(node, (lon, lat, pipe))
        metres = 1000 * great_circle_km(lon, lat, there[0], there[1])
        if metres > APART_M and there[2] is not pipe:
            told = _("在节点 %(node)s 处与%(other)s的端点相距 %(metres)s 米：节点编号重复，或走向画反、画错。")
            text = told % {"node": node, "other": there[2].label, "metres": f"{metres:.0f}"}
            yield Finding(part=pipe, kind="apart", text=text)


def _pressures(net: Net) -> Iterator[Finding]:
    """Pipes of two grades at one node, and regulators whose high side is the lower."""
    grades: dict[str, GasPipe] = {}
    for pipe in net.pipes:
        for node in nodes_of(pipe):
            there = grades.setdefault(node, pipe)
            if there.grade != pipe.grade:
                told = _("%(grade)s在节点 %(node)s 与%(other)s（%(other_grade)s）直接相接，中间没有调压设施。")
                values = {
                    "grade": pipe.get_grade_display(), "node": node, "other": there.label,
                    "other_grade": there.get_grade_display(),
                }  # fmt: skip
                yield Finding(part=pipe, kind="pressure", text=told % values)
    for point in net.points:
        if point.kind == GasPoint.Kind.REGULATOR:
            high, low = grades.get(point.node), grades.get(point.far_node)
            if high and low and high.pressure_mpa < low.pressure_mpa:
                told = _("高压侧 %(high)s MPa 低于低压侧 %(low)s MPa：两侧的节点填反了。")
                values = {"high": f"{high.pressure_mpa:g}", "low": f"{low.pressure_mpa:g}"}
                yield Finding(part=point, kind="backwards", text=told % values)


def _islands(net: Net) -> Iterator[Finding]:
    """Parts that no source is joined to, and parts that only closed valves keep from one."""
    if not net.links:
        return
    nodes = {node: at for at, node in enumerate(net.graph.nodes())}
    ends = np.array([(nodes[link.start], nodes[link.end]) for link in net.links]).T
    joined = coo_array((np.ones(ends.shape[1]), ends), shape=(len(nodes), len(nodes)))
    _count, island = connected_components(joined, directed=False)
    fed = {island[nodes[node]] for node in net.graph.sources}
    alone: dict[int, list[GasPipe]] = {}
    for pipe in net.pipes:
        if island[nodes[pipe.start_node]] not in fed:
            alone.setdefault(int(island[nodes[pipe.start_node]]), []).append(pipe)
    for pipes in alone.values():
        told = _("与 %(count)s 段管相连的这一部分没有任何门站或气源：请补登气源，或补上与主网相接的管段、阀门。")
        yield Finding(part=pipes[0], kind="island", text=told % {"count": len(pipes)})
    reaches = reached(net.graph, net.graph.sources, frozenset())
    for pipe in net.pipes:
        if island[nodes[pipe.start_node]] in fed and not {pipe.start_node, pipe.end_node} <= reaches:
            shut = _shut(net, pipe)
            told = _("没有气源供到这里：%(valves)s。停用的管段请改状态。")
            why = (
                _("关着的阀门 %(names)s") % {"names": "、".join(shut)} if shut else _("上游的阀门关着，或调压方向相反")
            )
            yield Finding(part=pipe, kind="unfed", text=told % {"valves": why})


def _shut(net: Net, pipe: GasPipe) -> list[str]:
    touching: Iterable[Part] = (part for node in nodes_of(pipe) for part in net.by_node[node])
    return [part.label for part in touching if isinstance(part, GasPoint) and part.state == "closed"]
