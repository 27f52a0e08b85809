"""Random networks, and the same shortest times by scipy."""

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.science.geo.roads.graph import Roads, build


@st.composite
def networks(draw, most_nodes: int = 12):
    """A network with islands, one-way edges, parallel edges and loops."""
    count = draw(st.integers(2, most_nodes))
    node = st.integers(0, count - 1)
    edges = draw(st.lists(st.tuples(node, node, st.integers(1, 50), st.booleans()), min_size=1, max_size=3 * count))
    start, end, length, one_way = (list(column) for column in zip(*edges, strict=True))
    nodes = np.column_stack([116 + 0.01 * np.arange(count), 36 + 0.003 * (np.arange(count) ** 2 % 7)])
    return build(
        nodes=nodes, start=start, end=end, length_m=np.array(length) * 100.0, speed_kmh=np.full(len(edges), 36.0),
        is_one_way=one_way,
    )  # fmt: skip


def by_scipy(roads: Roads, seconds: np.ndarray, sources: list[int]) -> np.ndarray:
    """Seconds from nodes to all nodes; of parallel edges scipy needs the cheapest."""
    count = len(roads.nodes)
    cheapest = np.full((count, count), np.inf)
    np.minimum.at(cheapest, (roads.start, roads.end), seconds)
    both = ~roads.is_one_way
    np.minimum.at(cheapest, (roads.end[both], roads.start[both]), seconds[both])
    np.fill_diagonal(cheapest, np.inf)
    rows, columns = np.nonzero(np.isfinite(cheapest))
    return dijkstra(csr_array((cheapest[rows, columns], (rows, columns)), shape=(count, count)), indices=sources)
