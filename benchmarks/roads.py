"""Roads: a hundred five-minute isochrones on 200,000 nodes against scipy, to all places, and single routes past closures."""

import os

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.science.geo.roads.during import Hours
from anlan.science.geo.roads.during import route as route_by_the_hour
from anlan.science.geo.roads.graph import Roads, Spots, build, seconds
from anlan.science.geo.roads.landmarks import Landmarks, landmarks, route
from anlan.science.geo.roads.search import matrix, spread
from benchmarks.measure import paired, report, report_ratio
from benchmarks.measure import seconds as seconds_of

SIDE, SOURCES, LIMIT_S, CLOSED = 447, 100, 300.0, 5


def lattice(random: np.random.Generator) -> Roads:
    """Streets of a plain: a lattice with uneven lengths, a seventh of its edges missing, faster roads every 16 rows."""
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    start = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    row, column = np.divmod(start, SIDE)
    is_fast = np.where(end - start == 1, row % 16 == 0, column % 16 == 0)
    keep = is_fast | (random.random(start.size) > 1 / 7)
    start, end, is_fast = start[keep], end[keep], is_fast[keep]
    row, column = np.divmod(number.ravel(), SIDE)
    nodes = np.column_stack([115.5 + column * 0.0022, 36.0 + row * 0.0018])
    return build(
        nodes=nodes, start=start, end=end, length_m=200 * random.uniform(1, 1.4, start.size),
        speed_kmh=np.where(is_fast, 60.0, random.choice([20.0, 30.0, 40.0], start.size)),
    )  # fmt: skip


def as_csr(roads: Roads, now: np.ndarray) -> csr_array:
    """The same arcs for scipy; closed ones are left out."""
    arcs = np.isfinite(now)
    tail = np.concatenate([roads.start[arcs], roads.end[arcs]])
    head = np.concatenate([roads.end[arcs], roads.start[arcs]])
    count = len(roads.nodes)
    return csr_array((np.concatenate([now[arcs], now[arcs]]), (tail, head)), shape=(count, count))


def main() -> None:
    """Times in turn; results must be equal before any time is told."""
    random = np.random.default_rng(7)
    roads = lattice(random)
    edge = random.choice(roads.size, SOURCES, replace=False)
    sources = Spots(edge=edge, fraction=np.zeros(SOURCES), off_road_m=np.zeros(SOURCES))
    every = Spots(edge=np.arange(roads.size), fraction=np.zeros(roads.size), off_road_m=np.zeros(roads.size))
    free = seconds(roads)
    shut = np.zeros(roads.size, dtype=bool)
    shut[random.choice(np.setdiff1d(np.arange(roads.size), edge), CLOSED, replace=False)] = True
    for title, now in (("open", seconds(roads)), (f"{CLOSED} edges closed", seconds(roads, is_closed=shut))):
        graph, nodes = as_csr(roads, now), roads.start[edge]
        expected = dijkstra(graph, indices=nodes, limit=LIMIT_S)
        found = matrix(roads, now, sources, every, limit_s=LIMIT_S)
        np.testing.assert_allclose(found, expected[:, roads.start], rtol=1e-9)
        np.testing.assert_allclose(spread(roads, now, sources, limit_s=LIMIT_S).time_s, expected.min(axis=0), rtol=1e-9)
        print(
            f"  {title}: {len(roads.nodes)} nodes, {roads.size} edges, equal to scipy, {np.isfinite(expected).sum()} reached"
        )
    ours = [lambda: sum(spread(roads, free, sources[n], limit_s=LIMIT_S).limit_s for n in range(SOURCES)),
            lambda: spread(roads, free, sources, limit_s=LIMIT_S),
            lambda: spread(roads, seconds(roads, is_closed=shut), sources, limit_s=LIMIT_S)]  # fmt: skip
    graph, nodes = as_csr(roads, free), roads.start[edge]
    peers = [lambda: sum(dijkstra(graph, indices=node, limit=LIMIT_S).size for node in nodes),
             lambda: dijkstra(graph, indices=nodes, limit=LIMIT_S, min_only=True),
             lambda: dijkstra(as_csr(roads, seconds(roads, is_closed=shut)), indices=nodes, limit=LIMIT_S, min_only=True)]  # fmt: skip
    titles = ("100 isochrones, one by one", "the nearest of 100", f"the nearest of 100 after closing {CLOSED} edges")
    for title, own, peer in zip(titles, ours, peers, strict=True):
        a, b = paired(own, peer)
        report(f"{title}: ours", a)
        report(f"{title}: scipy", b)
        report_ratio(f"{title}: scipy / ours", b, a)
    few = every[random.choice(roads.size, 2000, replace=False)]
    a, b = paired(lambda: matrix(roads, free, sources, few, limit_s=LIMIT_S), peers[0])
    report("100 isochrones in one call, read at 2000 places: ours", a)
    report_ratio("100 isochrones: scipy a source / ours in one call", b, a, "goal 5")
    routes(roads, random)
    print(f"  load average {os.getloadavg()[0]:.1f}")


def routes(roads: Roads, random: np.random.Generator) -> None:
    """Routes between random places, each after other edges of the way before were closed, against a whole search."""
    marks: list[Landmarks] = []
    report("landmarks, chosen once a network", [seconds_of(lambda: marks.append(landmarks(roads, seconds(roads))))])
    edge = random.choice(roads.size, (11, 2))
    spots = [Spots(edge=pair[[n]], fraction=np.zeros(1), off_road_m=np.zeros(1)) for pair in edge for n in (0, 1)]
    drawn, whole = [], []
    for start, end in zip(spots[::2], spots[1::2], strict=True):
        way = route(roads, seconds(roads), start, end, marks[0])
        if way is None or len(way.edges) < 20:
            continue
        shut = np.zeros(roads.size, dtype=bool)
        shut[random.choice(way.edges[5:-5], CLOSED, replace=False)] = True
        found: list[float] = []
        node = int(roads.start[start.edge[0]])

        def ours(s=start, e=end, c=shut, f=found):
            f.append(getattr(route(roads, seconds(roads, is_closed=c), s, e, marks[0]), "time_s", np.inf))

        def peer(s=start, c=shut):
            return spread(roads, seconds(roads, is_closed=c), s)

        expected = dijkstra(as_csr(roads, seconds(roads, is_closed=shut)), indices=node)[roads.start[end.edge[0]]]
        a, b = paired(ours, peer, rounds=3)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        drawn += a
        whole += b
    report(f"{len(drawn) // 3} routes past {CLOSED} closures: ours, closures laid on included", drawn)
    report_ratio("one whole search / ours", whole, drawn, "goal 5")
    by_the_hour(roads, spots, marks[0])


def by_the_hour(roads: Roads, spots: list[Spots], marks: Landmarks) -> None:
    """The same routes set out at half past seven, through the peak of the morning, against a whole search at one hour."""
    shares = np.array([[0.75, 0.66, 0.77, 0.82], [0.83, 0.77, 0.84, 0.88]])
    hours = Hours(share=shares, group=(roads.speed_kmh < 50).astype(np.int64), into_s=1800.0)
    free, drawn, whole = seconds(roads), [], []
    for start, end in zip(spots[::2], spots[1::2], strict=True):
        a, b = paired(
            lambda s=start, e=end: route_by_the_hour(roads, free, s, e, hours, marks), lambda s=start: spread(roads, free, s),
            rounds=3,
        )  # fmt: skip
        drawn += a
        whole += b
    report("routes through the hours of a morning: ours", drawn)
    report_ratio("one whole search at one hour / ours", whole, drawn)


if __name__ == "__main__":
    main()
