"""Gas in soil, rooms and tunnels is conserved, bounded and ordered as it must be."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.gas_leak import soil
from anlan.science.hazards.gas_leak.gases import usual
from anlan.science.hazards.gas_leak.release import hole_flow
from anlan.science.hazards.gas_leak.rooms import Enclosed, first_time, layered, mixed
from anlan.science.hazards.gas_leak.tunnels import Tunnel, spread

TIME = np.linspace(0.0, 7200.0, 400)


@given(
    leak=st.floats(1e-5, 0.1),
    changes=st.floats(0.0, 20.0),
    leak_height=st.floats(0.0, 2.5),
    ratio=st.sampled_from([0.07, 0.55, 1.8]),
)
@settings(deadline=None, max_examples=40)
def test_a_room_never_holds_more_gas_than_leaked(leak, changes, leak_height, ratio):
    room = Enclosed(length=4, width=3, height=2.5, leak_height=leak_height, ventilation=changes / 3600 * 30)
    rates = np.full(len(TIME), leak)
    for made in (mixed(room, rates, TIME), layered(room, rates, TIME, ratio)):
        assert (made.fraction >= 0).all()
        assert (made.fraction <= 1).all()
        assert (made.volume <= room.volume + 1e-9).all()
        assert (made.fraction * made.volume <= leak * TIME * (1 + 1e-6) + 1e-9).all()


@given(leak=st.floats(1e-4, 0.05), changes=st.floats(0.1, 10.0))
def test_a_mixed_room_settles_at_leak_over_throughflow(leak, changes):
    air = changes / 3600 * 30
    room = Enclosed(length=4, width=3, height=2.5, leak_height=0, ventilation=air)
    made = mixed(room, np.full(len(TIME), leak), TIME * 100)
    assert made.fraction[-1] == pytest.approx(leak / (leak + air), rel=1e-3)


@given(leak=st.floats(2e-4, 0.02))
@settings(deadline=None, max_examples=20)
def test_a_layer_is_dangerous_sooner_than_a_mixed_room(leak):
    room = Enclosed(length=4, width=3, height=2.5, leak_height=1.0, ventilation=0.0)
    rates = np.full(len(TIME), leak)
    in_layer = first_time(TIME, layered(room, rates, TIME, 0.55).fraction, 0.05)
    in_room = first_time(TIME, mixed(room, rates, TIME).fraction, 0.05)
    assert in_room is None or in_layer <= in_room + 20.0


@settings(deadline=None, max_examples=15)
@given(
    leak=st.floats(1e-4, 1.0),
    normal=st.floats(0.0, 12.0),
    emergency=st.floats(12.0, 30.0),
    at=st.floats(0.0, 200.0),
)
def test_a_tunnel_keeps_its_gas(leak, normal, emergency, at):
    tunnel = Tunnel(
        length=200,
        width=2,
        height=2.8,
        leak_at=at,
        normal=normal / 3600,
        emergency=emergency / 3600,
        alarm=0.01,
        spacing=15,
        still_dispersion=0.05,
    )
    rates = np.full(120, leak)
    time = np.linspace(0.0, 3600.0, 120)
    made = spread(tunnel, rates, time)
    held = made.fraction.sum(axis=1) * 2 * 2.8 * 200 / made.fraction.shape[1]
    assert held + made.left == pytest.approx(leak * time, rel=1e-9, abs=1e-9)
    assert made.fraction.min() >= -1e-12
    assert made.fraction.max() <= 1 + 1e-9


@given(flow=st.floats(1e-6, 1e-2), depth=st.floats(0.3, 3.0), name=st.sampled_from(sorted(soil.SOILS)))
def test_gas_in_soil_thins_with_distance_and_more_so_under_open_ground(flow, depth, name):
    distance = np.geomspace(0.1, 100.0, 60)
    kind = soil.SOILS[name]
    bare, paved = (
        soil.concentration(flow, kind, distance, depth, is_sealed=sealed, time=math.inf) for sealed in (False, True)
    )
    assert (np.diff(bare) <= 1e-12).all()
    assert (bare <= paved + 1e-12).all()
    assert ((bare >= 0) & (paved <= 1)).all()


@given(pressure=st.floats(102_000.0, 4e6), hole=st.floats(0.5, 30.0), name=st.sampled_from(sorted(soil.SOILS)))
def test_soil_only_ever_holds_a_leak_back(pressure, hole, name):
    gas, area = usual("methane"), math.pi / 4 * (hole / 1e3) ** 2
    free = hole_flow(gas, pressure, 288.15, area, 0.9)
    assert 0 <= soil.seepage(gas, pressure, 288.15, area, 0.9, soil.SOILS[name], 1.0) <= free * (1 + 1e-6)


def test_the_steady_field_solves_the_equation_of_seepage_and_diffusion():
    """u.grad C = D lap C with u = -q grad G, by central differences below an open surface."""
    flow, depth, kind, step = 2e-4, 1.0, soil.SOILS["sand"], 1e-3

    def fields(x, level):
        green = float(soil.green(np.array([x]), depth, is_sealed=False, level=level)[0])
        return green, 1.0 - math.exp(-flow / kind.diffusivity * green)

    x, z = 1.3, 0.7
    (g, c), east, west = fields(x, z), fields(x + step, z), fields(x - step, z)
    down, up = fields(x, z + step), fields(x, z - step)
    speed = [-flow * (east[0] - west[0]) / (2 * step), -flow * (down[0] - up[0]) / (2 * step)]
    slope = [(east[1] - west[1]) / (2 * step), (down[1] - up[1]) / (2 * step)]
    curved = (east[1] + west[1] + down[1] + up[1] - 4 * c) / step**2 + slope[0] / x  # round the vertical axis
    assert speed[0] * slope[0] + speed[1] * slope[1] == pytest.approx(kind.diffusivity * curved, rel=1e-3)
    assert g > 0
