"""The scenario's network: valves to close, users cut off, gas that bleeds (关阀推演)."""

import math
from collections.abc import Iterable

from anlan.science.hazards.gas_leak.blowdown import vessel_time
from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.network import Isolation, Link, Network, isolate
from anlan.science.hazards.gas_leak.result import Closure, Valves
from anlan.science.hazards.gas_leak.scenario import GasLeak, Net

KELVIN = 273.15


def network(net: Net) -> Network:
    """The graph of the rows."""
    links = tuple(
        Link(
            name=row.name,
            start=row.start,
            end=row.end,
            kind=row.kind,
            volume=math.pi / 4.0 * (row.diameter_mm / 1e3) ** 2 * row.length_m,
            pressure=row.pressure_mpa * 1e6 + ATMOSPHERE,
            is_open=row.is_open,
            is_closable=row.is_closable,
            minutes=row.minutes,
        )
        for row in net.links
    )
    return Network(links, tuple(sorted({row.node for row in net.users if row.kind == "source"})))


def plan(scenario: GasLeak, gas: FuelGas, hole: float) -> Valves:
    """Both ways of closing valves; `hole` is the leak's area times its discharge coefficient, m2."""
    net = scenario.net
    assert net is not None
    graph = network(net)
    if scenario.pipe.is_rupture:
        hole = 2.0 * math.pi / 4.0 * (scenario.pipe.diameter_mm / 1e3) ** 2
    temperature = scenario.pipe.temperature_c + KELVIN
    made = [
        _closure(net, graph, isolate(graph, net.leaking, method), gas, temperature, hole)
        for method in ("nearest", "fewest")
    ]
    return Valves(nearest=made[0], fewest=made[1])


def remaining_m3(pipes: Iterable[Link], gas: FuelGas, temperature: float) -> float:
    """Gas inside pipes at a temperature (K), m3 at 0 °C and one atmosphere.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> pipe = Link(name="p", start="a", end="b", kind="pipe", volume=10.0, pressure=501_325.0)
    >>> round(remaining_m3([pipe], usual("natural_gas"), 288.15), 1)
    47.3
    """
    mass = sum(link.volume * gas.density(link.pressure, temperature) for link in pipes)
    return mass / gas.density(ATMOSPHERE, KELVIN)


def _closure(net: Net, graph: Network, way: Isolation, gas: FuelGas, temperature: float, hole: float) -> Closure:
    lost = set(way.lost)
    users = [row for row in net.users if row.node in lost and row.kind != "source"]
    pipes = [link for link in graph.links if link.name in set(way.bleeding)]
    volume = sum(link.volume for link in pipes)
    mean = sum(link.volume * link.pressure for link in pipes) / volume if volume > 0 else ATMOSPHERE
    bleeding = vessel_time(gas, mean, temperature, volume, hole, ATMOSPHERE + 1000.0) if volume > 0 else 0.0
    return Closure(
        valves=way.valves,
        is_isolated=way.is_isolated,
        minutes=way.minutes,
        homes=sum(row.count for row in users if row.kind == "homes"),
        hospitals=tuple(row.name or row.node for row in users if row.kind == "hospital"),
        schools=tuple(row.name or row.node for row in users if row.kind == "school"),
        others=sum(row.count for row in users if row.kind not in ("homes", "hospital", "school")),
        remaining_m3=remaining_m3(pipes, gas, temperature),
        bleeding_min=bleeding / 60.0 if way.is_isolated else None,
        bleeding=way.bleeding,
    )
