"""Uncertain releases: how likely a level is reached, at places and on the ground (集合预报).

Members are drawn by `hazards.ensemble` from the declared spreads. In a steady wind a member costs a track, a table of
exposures over distance, and an interpolation a place; nothing is followed place by place in time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.declaring import ScenarioError, check
from anlan.science.hazards.ensemble import members
from anlan.science.hazards.outcomes import Zone
from anlan.science.hazards.toxic_release import harm
from anlan.science.hazards.toxic_release.cloud import released
from anlan.science.hazards.toxic_release.field import exposure
from anlan.science.hazards.toxic_release.model import Grid, around, run
from anlan.science.hazards.toxic_release.scenario import Scenario
from anlan.science.hazards.toxic_release.track import FARTHEST

#: Shares of members whose outlines are drawn.
SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, kw_only=True)
class Likely:
    """How many members reach what."""

    #: Codes of the levels, and the share of members that reach each at the places asked for, shape (levels, places).
    codes: tuple[str, ...]
    at_places: NDArray[np.float64]
    #: Mean probability of death at the places; nan without a probit.
    lethality: NDArray[np.float64]
    #: Outlines that the level reaches with at least a probability of 10, 50 and 90 %.
    zones: tuple[Zone, ...]
    #: Members that could be computed; others had inputs that contradict each other.
    members: int


def likely(
    scenario: Scenario, places: NDArray[np.float64], *, count: int = 200, seed: int = 0, grid: Grid | None = None
) -> Likely:
    """Shares of an ensemble that reach each level at places, metres, shape (n, 2), and on a grid round the source.

    >>> from anlan.science.hazards.toxic_release.scenario import Source, Weather
    >>> made = Scenario(substance="chlorine", source=Source(kind="rate", rate_kg_s=0.1, duration_s=600.0),
    ...                 weather=Weather(wind_m_s=3.0, wind_from_deg=180.0))
    >>> found = likely(made, np.array([[0.0, 200.0], [0.0, -200.0]]), count=20)
    >>> at = found.codes.index("aegl1")
    >>> bool(found.at_places[at, 0] > 0.5), found.at_places[at, 1]
    (True, np.float64(0.0))
    """
    check(scenario)
    what = substance(scenario.substance)
    points = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    drawn = members(scenario, count, seed=seed)
    limits = harm.limits(what, scenario.weather.temperature_c + 273.15, scenario.weather.pressure_kpa * 1000.0)
    if grid is None:
        grid = around(_reach(scenario), angles=121, radii=40, to=np.deg2rad(scenario.weather.wind_from_deg + 180.0))
    nodes = grid.places.reshape(-1, 2)
    both = np.concatenate((points, nodes))
    hits = np.zeros((len(limits), len(both)))
    deaths = np.zeros(len(points))
    used = 0
    for member in drawn:
        try:
            release = released(member)
        except ScenarioError:
            continue
        used += 1
        found = exposure(release.cloud, both, height=release.level(member.receptor_height_m), power=harm.exponent(what),
                         changes_h=member.air_changes_h)  # fmt: skip
        for at, one in enumerate(limits):
            hits[at] += harm.ratio(one, found) >= 1.0
        deaths += harm.lethality(what, found.load[: len(points)], release.air.temperature_k, release.air.pressure_pa)
    share = hits / max(used, 1)
    zones = []
    for at, one in enumerate(limits):
        values = share[at, len(points) :].reshape(grid.v.size, grid.u.size)
        for wanted in SHARES:
            rings = grid.outlines(values, wanted)
            far = max((float(np.hypot(ring[:, 0], ring[:, 1]).max()) for ring in rings), default=0.0)
            zones.append(Zone(level=one.level, outlines=rings, reach_m=far, probability=wanted))
    return Likely(
        codes=tuple(one.level.code for one in limits),
        at_places=share[:, : len(points)],
        lethality=deaths / max(used, 1),
        zones=tuple(zones),
        members=used,
    )


def _reach(scenario: Scenario) -> float:
    """Twice as far as the faintest level of the unchanged scenario, within what the model spans."""
    reached = [zone.reach_m for zone in run(scenario).zones if zone.at_s is None]
    return float(np.clip(2.0 * max(reached, default=100.0), 200.0, FARTHEST))
