"""Members of an ensemble cover the declared spread."""

from dataclasses import dataclass

import numpy as np

from anlan.science.hazards.declaring import ScenarioError, Spread, given
from anlan.science.hazards.ensemble import likely_zones, members
from anlan.science.hazards.outcomes import Level, Zone, circle


@dataclass(frozen=True, kw_only=True)
class Weather:
    direction: float = given("风向", unit="°", low=0, high=360, spread=Spread(kind="normal", scale=15))
    stability: str = given("稳定度", choices=dict.fromkeys("ABCDEF", ""), spread=Spread(kind="steps", scale=0.7))


@dataclass(frozen=True, kw_only=True)
class Release:
    rate: float = given("速率", unit="kg/s", low=0, high=100, spread=Spread(kind="relative", scale=0.5))
    weather: Weather = given("天气")
    height: float | None = given("高度", unit="m", default=None, spread=Spread(kind="normal", scale=1))


SCENARIO = Release(rate=4.0, weather=Weather(direction=5.0, stability="D"))


def test_members_spread_as_declared_and_stay_inside_the_range():
    drawn = members(SCENARIO, 2000, seed=1)
    rates = np.log([one.rate for one in drawn])
    assert abs(rates.mean() - np.log(4.0)) < 0.01
    assert abs(rates.std() - 0.5) < 0.01
    assert {one.weather.stability for one in drawn} >= {"C", "D", "E"}
    assert all(one.height is None for one in drawn)


def test_a_direction_goes_round():
    directions = np.array([one.weather.direction for one in members(SCENARIO, 500)])
    assert ((directions >= 0) & (directions <= 360)).all()
    assert (directions > 300).any()
    assert (directions < 60).any()


def test_the_same_seed_gives_the_same_members():
    assert members(SCENARIO, 10, seed=7) == members(SCENARIO, 10, seed=7) != members(SCENARIO, 10, seed=8)


LEVEL = Level(code="heat", label="重伤", value=12.5, unit="kW/m²", source="test")


def test_likely_zones_lie_where_so_many_members_reach():
    drawn = [(circle(LEVEL, radius),) for radius in range(100, 1100, 10)]
    by_share = {zone.probability: zone for zone in likely_zones(drawn)}
    cell = 2200 / 160
    for share, radius in ((0.1, 1000), (0.5, 600), (0.9, 200)):
        assert abs(by_share[share].reach_m - radius) < 2 * cell


def test_a_ring_keeps_its_hole_and_members_without_zones_count():
    outside, inside = circle(LEVEL, 500.0).outlines[0], circle(LEVEL, 300.0).outlines[0]
    ring = Zone(level=LEVEL, outlines=(outside, inside), reach_m=500.0)
    half = {zone.probability: zone for zone in likely_zones([(ring,), ()])}
    assert len(half[0.5].outlines) == 2
    assert not half[0.9].outlines
    assert likely_zones([(), ()]) == ()


@dataclass(frozen=True, kw_only=True)
class Vapour:
    pressure: float = given("压力", unit="kPa", low=0, high=500, spread=Spread(kind="relative", scale=0.5))

    def __post_init__(self) -> None:
        if self.pressure > 120.0:
            raise ScenarioError({"pressure": "（压力）：会液化"})


def test_a_member_that_contradicts_itself_is_pulled_back():
    pressures = [one.pressure for one in members(Vapour(pressure=100.0), 300)]
    assert max(pressures) <= 120.0
    assert len(set(pressures)) > 250
