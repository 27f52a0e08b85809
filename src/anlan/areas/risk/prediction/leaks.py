"""A gas leak out of the register of gas pipes: which pipe, its figures, the network round it, each with its source."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.neighbourhood import Around, Side, around, side
from anlan.areas.risk.gas.network import Net, Part
from anlan.areas.risk.gas.queries import Near, metres_along, nearest_on, net_for, pipes_near, with_pipe
from anlan.areas.risk.prediction.models import Run
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule
from anlan.science.hazards.declaring import ScenarioError, read
from anlan.science.hazards.gas_leak.network import isolate, reached
from anlan.science.hazards.gas_leak.scenario import GasLeak, LinkRow
from anlan.science.hazards.gas_leak.valves import network

CODE = "gas_leak"
#: Bounds of the model's inputs: metres to a valve, depth below which a pipe counts as buried, roughness of plastic, mm.
LEAST_M, MOST_M, LEAST_DEPTH, MOST_DEPTH, SMOOTH_MM = 5.0, 50_000.0, 0.3, 5.0, 0.01


@dataclass
class Leak:
    """What the register says about a leak at a place."""

    #: Pipes near the place, the nearest first, within the distance of the rule.
    near: list[Near]
    rule: Rule
    #: The leaking pipe and where on it; None until there is but one or a person chose.
    chosen: Near | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    #: Links of the network that the scenario only keeps drawn together, and whether some lie beyond the reader's areas.
    left_out: int = 0
    is_partial: bool = False


def leak_at(user: User, lon: float | None, lat: float | None, key: str = "") -> Leak | None:
    """The pipe that a person chose, else the only one near a place, with all that it fills in; None without a place."""
    if not user.may("view:gaspipes"):
        return None
    pipe = ledger("gaspipes").rows(user).filter(pk=key).first() if key.isdigit() else None
    if pipe is not None and (lon is None or lat is None):
        lon, lat = pipe.lon, pipe.lat
    if lon is None or lat is None:
        return None
    found = Leak(pipes_near(user, lon, lat), rule("gas.nearby"))
    if pipe is not None:
        found.chosen = nearest_on(pipe, lon, lat)
    elif len(found.near) == 1:
        found.chosen = found.near[0]
    if found.chosen is not None:
        _fill(found, user, found.chosen)
    return found


def said_of(part: Part) -> str:
    """Where in the register a value is, and of when."""
    kind = _("管段") if isinstance(part, GasPipe) else part.get_kind_display()
    when = timezone.localtime(part.updated_at)
    return _("台账：%(kind)s %(label)s，更新于 %(when)s") % {
        "kind": kind, "label": part.label, "when": f"{when:%Y-%m-%d %H:%M}",
    }  # fmt: skip


def _fill(found: Leak, user: User, near: Near) -> None:
    pipe, net = near.pipe, net_for(user)
    if pipe.label not in net.parts:
        net = with_pipe(net, pipe)
    _fill_pipe(found, pipe)
    _fill_sides(found, net, near)
    _fill_network(found, around(net, pipe), pipe)
    found.is_partial = bool(net.beyond)


def _put(found: Leak, path: str, value: Any, source: str) -> None:
    group, name = path.split(".")
    found.inputs.setdefault(group, {})[name] = value
    found.sources[path] = source


def _fill_pipe(found: Leak, pipe: GasPipe) -> None:
    said, hole = said_of(pipe), rule("gas.hole")
    inner = round(pipe.inner_mm, 1)
    _put(found, "pipe.gas", pipe.medium, said)
    _put(found, "pipe.pressure_mpa", pipe.pressure_mpa, said)
    walled = said if pipe.wall_mm else _("%(said)s；壁厚未知，按外径计") % {"said": said}
    _put(found, "pipe.diameter_mm", inner, walled)
    size = round(min(hole.params["share"] * inner, hole.params["most_mm"]), 1)
    told = _("没有现场判断时的起始值，请按现场修改：%(citation)s（%(status)s）")
    _put(found, "pipe.hole_mm", size, told % {"citation": hole.citation, "status": hole.get_status_display()})
    if pipe.material == GasPipe.Material.PE:
        _put(found, "pipe.roughness_mm", SMOOTH_MM, _("%(said)s，材质为 PE") % {"said": said})
    if pipe.depth_m is None:
        _put(found, "site.kind", "buried", _("%(said)s；埋深未填，按埋地计") % {"said": said})
    elif pipe.depth_m < LEAST_DEPTH:
        _put(found, "site.kind", "open", said)
    else:
        _put(found, "site.kind", "buried", said)
        _put(found, "site.depth_m", min(pipe.depth_m, MOST_DEPTH), said)


def _fill_sides(found: Leak, net: Net, near: Near) -> None:
    """How far the leak is from what bounds the flow on both sides, and from which sides gas comes."""
    pipe = near.pipe
    without = Net(tuple(one for one in net.pipes if one.pk != pipe.pk), net.points, net.beyond)
    fed = reached(without.graph, without.graph.sources, frozenset())
    along = metres_along(pipe, near.lon, near.lat)
    sides = [
        (pipe.start_node in fed, along, side(net, pipe, pipe.start_node)),
        (pipe.end_node in fed, (pipe.length_m or 0.0) - along, side(net, pipe, pipe.end_node)),
    ]
    sides.sort(key=lambda one: not one[0])  # gas comes from the first
    for name, (_is_fed, before, reach) in zip(("upstream", "downstream"), sides, strict=True):
        metres = round(min(max(before + reach.metres, LEAST_M), MOST_M))
        _put(found, f"pipe.{name}_m", metres, _told(pipe, reach))
        valve = reach.bound
        if valve is not None and valve.state == "closed":
            _put(found, f"pipe.{name}_close_min", 0, _("%(said)s，阀门已关") % {"said": said_of(valve)})
        elif valve is not None and valve.kind == GasPoint.Kind.VALVE and valve.minutes is not None:
            _put(found, f"pipe.{name}_close_min", valve.minutes, said_of(valve))
    both = all(is_fed for is_fed, _metres, _reach in sides)
    _put(found, "pipe.is_fed_downstream", both, _("由台账的管网得出：去掉这段管后，两端各自能否由气源供到"))


def _told(pipe: GasPipe, reach: Side) -> str:
    if reach.bound is None:
        return _("由台账的走向量得：%(pipe)s，沿管线到最远的末端，中间没有阀门") % {"pipe": pipe.label}
    return _("由台账的走向量得：%(pipe)s，沿管线到%(bound)s") % {"pipe": pipe.label, "bound": reach.bound.label}


def _fill_network(found: Leak, near: Around, pipe: GasPipe) -> None:
    found.inputs["net"] = {"leaking": pipe.label, "links": near.links, "users": near.users}
    found.sources["net.leaking"] = said_of(pipe)
    found.left_out = near.left_out
    default = LinkRow.__dataclass_fields__["minutes"].default
    rest = _("台账：没有列出的 %(count)s 条管段、阀门，合并计入") % {"count": near.left_out}
    for at, part in enumerate(near.parts):
        found.sources[f"net.links[{at}].name"] = said_of(part) if part is not None else rest
        if isinstance(part, GasPoint) and part.kind == GasPoint.Kind.VALVE and part.minutes is None:
            near.links[at]["minutes"] = default
            told = _("台账未填，暂按典型值 %(minutes)s 分钟，请核实") % {"minutes": f"{default:g}"}
            found.sources[f"net.links[{at}].minutes"] = told
    for at, point in enumerate(near.points):
        found.sources[f"net.users[{at}].node"] = said_of(point) if point is not None else rest
        if point is not None and point.kind == GasPoint.Kind.USERS and point.customers is None:
            near.users[at]["count"] = 0
            found.sources[f"net.users[{at}].count"] = _("台账户数未知：没有计入停气户数，请核实")


@dataclass(frozen=True)
class Closing:
    """A valve that a run says to close: its record where the reader may see it, and the minutes of the run."""

    name: str
    minutes: float
    point: GasPoint | None


@dataclass(frozen=True)
class Way:
    """One way of closing valves in a run."""

    #: "nearest", "fewest" or "both".
    method: str
    is_isolated: bool
    minutes: float
    valves: list[Closing]
    #: Groups of homes that lose gas and whose number nobody knows.
    uncounted: int


def ways_of(run: Run, user: User) -> list[Way]:
    """The valves of a run's network to close, with the records that they are in the register; none without a network."""
    if run.hazard != CODE or not run.inputs.get("net"):
        return []
    try:
        scenario = read(GasLeak, run.inputs)
    except ScenarioError:  # a run of an earlier version
        return []
    net = network(scenario.net)
    found = [(method, isolate(net, scenario.net.leaking, method)) for method in ("nearest", "fewest")]
    if found[0][1].valves == found[1][1].valves:
        found = [("both", found[0][1])]
    names = {name for _method, way in found for name in way.valves}
    rows = ledger("gaspoints").rows(user) if user.may("view:gaspoints") else GasPoint.objects.none()
    points = {row.label: row for row in rows.filter(code__in=[name.split(" ")[0] for name in names])}
    minutes = {link.name: link.minutes for link in net.links}
    homes = [row for row in scenario.net.users if row.kind == "homes" and row.count == 0]
    return [
        Way(
            method, way.is_isolated, way.minutes, [Closing(name, minutes[name], points.get(name)) for name in way.valves],
            sum(row.node in way.lost for row in homes),
        )
        for method, way in found
    ]  # fmt: skip


def pipe_of(run: Run, user: User) -> GasPipe | None:
    """The register's record of a run's leaking pipe, where the reader may see it."""
    label = str((run.inputs.get("net") or {}).get("leaking", "")) if run.hazard == CODE else ""
    if not label or not user.may("view:gaspipes"):
        return None
    pipe = ledger("gaspipes").rows(user).filter(code=label.split(" ")[0]).first()
    return pipe if pipe is not None and pipe.label == label else None
