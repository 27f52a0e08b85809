"""Crowds: persons walked a second against JuPedSim, in the same room with an obstacle, a door and the same persons.

JuPedSim is not among our dependencies, since its wheel asks for Qt and VTK; `pip install --no-deps jupedsim deprecated
wrapt` suffices for this benchmark. Both compute the collision-free speed model: JuPedSim at its default step of 0.01 s,
ours at 0.05 s and with the setting-up of fields and walls counted.
"""

import numpy as np
import shapely

from anlan.science.hazards.crowd import agents
from anlan.science.hazards.crowd.model import run
from anlan.science.hazards.crowd.movement import chosen
from anlan.science.hazards.crowd.scenario import Corner, Crowd, Gate
from anlan.science.hazards.crowd.venue import drawn
from benchmarks.measure import paired, report, report_ratio

SIDE, DOOR, SECONDS = 40.0, 4.0, 5.0
GATE = Gate(name="门", east_m=SIDE, north_m=SIDE / 2, clear_m=DOOR)


def corners(points, kind: str = "venue") -> tuple[Corner, ...]:
    """A ring of corners."""
    return tuple(Corner(kind=kind, east_m=x, north_m=y) for x, y in points)


ROOM = corners(((0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)))
PILLAR = corners(((15, 15), (25, 15), (25, 25), (15, 25)), "obstacle")


def main() -> None:
    """A thousand and four thousand persons for five seconds, and a whole answer."""
    try:
        import jupedsim
    except ImportError:
        print("  JuPedSim is not installed: only our own figures")
        jupedsim = None
    venue = drawn(Crowd(corners=ROOM + PILLAR, gates=(GATE,)))
    doors, grid = list(venue.doors), venue.grid(0.5)
    for count in (1000, 4000):
        rng = np.random.default_rng(1)
        room = shapely.buffer(venue.ground, -0.15)  # JuPedSim takes nobody nearer to a wall
        places = agents.placed(np.where(grid.inside, 1.0, 0.0), grid, room, count, rng)
        walkers = agents.Walkers(places=places, free_m_s=np.full(count, 1.34), starts_s=np.zeros(count))

        def ours(walkers=walkers) -> None:
            way = agents.way_field(venue, doors)
            nobody = np.zeros(way.inside.shape)
            choice = chosen(way, doors, nobody, np.ones(1), 1.34, even=False, beyond_m=agents.WAY_END_M)
            agents.leave(venue, doors, way, choice, walkers, grid, limit_s=SECONDS)

        if jupedsim is None:
            mine, _ = paired(ours, lambda: None, rounds=3)
            report(f"{count} persons, {SECONDS:g} s of walking", mine)
            continue
        area = shapely.union_all([venue.ground, *(door.mouth(2.0) for door in doors)])

        def peer(places=places, area=area) -> None:
            simulation = jupedsim.Simulation(model=jupedsim.CollisionFreeSpeedModel(), geometry=area)
            way_out = simulation.add_exit_stage(
                [(SIDE + 1, 18.2), (SIDE + 2, 18.2), (SIDE + 2, 21.8), (SIDE + 1, 21.8)]
            )
            journey = simulation.add_journey(jupedsim.JourneyDescription([way_out]))
            for place in places:
                simulation.add_agent(
                    jupedsim.CollisionFreeSpeedModelAgentParameters(
                        journey_id=journey, stage_id=way_out, position=tuple(place), desired_speed=1.34,
                        radius=agents.BODY_M / 2, time_gap=agents.GAP_S,
                    )
                )  # fmt: skip
            simulation.iterate(int(round(SECONDS / simulation.delta_time())))

        mine, theirs = paired(ours, peer, rounds=3)
        report(f"{count} persons, {SECONDS:g} s of walking", mine)
        report("the same by JuPedSim", theirs)
        report_ratio("seconds of walking a second, ours / JuPedSim", theirs, mine, "(goal: 10)")
        steps = [one / (SECONDS / agents.STEP_S) for one in mine], [one / (SECONDS / 0.01) for one in theirs]
        report_ratio("steps a second, ours / JuPedSim", steps[1], steps[0], "(its step is a fifth of ours)")
    for people in (2000, 20_000):
        crowd = Crowd(corners=ROOM + PILLAR, gates=(GATE,), people_now=min(people, 3000), method="auto")
        if people > 3000:
            large = corners(((0, 0), (200, 0), (200, 100), (0, 100)))
            gates = tuple(Gate(name=f"{x}", east_m=x, north_m=0, clear_m=6) for x in (20, 100, 180))
            crowd = Crowd(corners=large, gates=gates, people_now=people)
        whole, _ = paired(lambda crowd=crowd: run(crowd), lambda: None, rounds=3)
        report(f"a whole answer for {people:,} persons", whole)


if __name__ == "__main__":
    main()
