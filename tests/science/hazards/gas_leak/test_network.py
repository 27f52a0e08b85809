"""Isolation on random networks against trying all sets of valves."""

from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anlan.science.hazards.gas_leak.network import Link, Network, isolate, reached

NODES = [f"n{at}" for at in range(7)]
LINKS = st.lists(
    st.tuples(
        st.sampled_from(NODES),
        st.sampled_from(NODES),
        st.sampled_from(["pipe", "valve", "valve", "regulator"]),
        st.booleans(),
        st.integers(0, 4),
    ).filter(lambda row: row[0] != row[1]),
    min_size=2,
    max_size=11,
)


def gas_comes(network, leak, closed):
    """Whether gas still comes from a source, by plain search written anew."""
    seen, ahead = set(), [leak.start, leak.end]
    while ahead:
        node = ahead.pop()
        if node in seen:
            continue
        seen.add(node)
        for link in network.links:
            if link.kind == "valve" and (not link.is_open or link.name in closed):
                continue
            if link.end == node:
                ahead.append(link.start)
            if link.start == node and link.kind != "regulator":
                ahead.append(link.end)
    return bool(seen & set(network.sources))


@settings(deadline=None, max_examples=150)
@given(rows=LINKS, sources=st.sets(st.sampled_from(NODES), min_size=1, max_size=2))
def test_valves_isolate_with_as_few_as_possible(rows, sources):
    links = tuple(
        Link(name=f"l{at}", start=start, end=end, kind=kind, is_open=luck > 0, is_closable=closable)
        for at, (start, end, kind, closable, luck) in enumerate(rows)
    )
    leak = next((link for link in links if link.kind == "pipe"), None)
    assume(leak is not None)
    network = Network(links, tuple(sorted(sources)))
    closable = [link.name for link in links if link.kind == "valve" and link.is_open and link.is_closable]
    least = next(
        (
            count
            for count in range(len(closable) + 1)
            if any(not gas_comes(network, leak, set(one)) for one in combinations(closable, count))
        ),
        None,
    )
    nearest, fewest = isolate(network, leak.name), isolate(network, leak.name, "fewest")
    assert nearest.is_isolated == fewest.is_isolated == (least is not None)
    if least is None:
        return
    assert len(fewest.valves) == least
    assert set(nearest.lost) <= set(fewest.lost)
    for way in (nearest, fewest):
        assert not gas_comes(network, leak, set(way.valves))
        assert set(way.valves) <= set(closable)
        assert all(gas_comes(network, leak, set(way.valves) - {valve}) for valve in way.valves)  # none for nothing
        kept = reached(network, network.sources, frozenset(way.valves))
        assert not kept & set(way.lost)


def ring(stuck=()):
    """Two sources on a ring with four valves; the leak lies between the first two."""
    rows = [
        ("p0", "s1", "a", "pipe"),
        ("v1", "a", "b", "valve"),
        ("leak", "b", "c", "pipe"),
        ("v2", "c", "d", "valve"),
        ("p1", "d", "e", "pipe"),
        ("v3", "e", "f", "valve"),
        ("p2", "f", "s2", "pipe"),
        ("v4", "s2", "s1", "valve"),
    ]
    links = tuple(
        Link(name=name, start=start, end=end, kind=kind, is_closable=name not in stuck)
        for name, start, end, kind in rows
    )
    return Network(links, ("s1", "s2"))


def test_a_stuck_valve_moves_the_cut_outwards_and_more_is_lost():
    assert isolate(ring(), "leak").valves == ("v1", "v2")
    assert isolate(ring(), "leak").lost == ("b", "c")
    assert isolate(ring(stuck=("v2",)), "leak").valves == ("v1", "v3")
    assert isolate(ring(stuck=("v2",)), "leak").lost == ("b", "c", "d", "e")
    assert not isolate(ring(stuck=("v1",)), "leak").is_isolated
