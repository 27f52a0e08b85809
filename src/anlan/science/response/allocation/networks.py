"""Items that no truck ties together, each as flow of least cost through its own network (网络单纯形法).

While trucks are plenty, an item shares nothing with the others: its units go from stores to places, and from there into the
tiers of what they are worth. The network simplex method (G. B. Dantzig 1951; strongly feasible trees that never cycle:
W. H. Cunningham, Mathematical Programming 11 (1976) 105-116) solves that exactly at a vertex, with the prices that prove
it. It is begun with nothing sent: every store keeps its stock, every place is tied to the root by its best tier.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from anlan.science.response.allocation.interior import Optimum, Program
from anlan.science.response.allocation.problem import Flags, Floats, Integers

#: Prices that differ by less are the same, and pivots at most for each node of a network.
_SAME, _PIVOTS = 1e-11, 400
#: Loads may be above what trucks carry by this share, which is rounding.
_OVER = 1e-12


def apart(program: Program) -> Optimum | None:
    """The optimum as if there were trucks without end; None as soon as those that there are would not do."""
    sent, stock = np.zeros(program.usable.shape), np.zeros(program.stock.shape)
    load = np.zeros(program.truck.shape)
    for i in range(len(sent)):
        way = np.where(program.usable[i], program.way, np.inf)
        is_done, stock[i] = _flow(way, program.stock[i], program.tier[i], program.value[i], sent[i])
        load += np.outer((sent[i] * program.day).sum(axis=1), program.heft[i])
        if not is_done or (load > program.truck * (1 + _OVER)).any():
            return None
    return Optimum(sent=sent, stock=stock, truck=np.zeros(program.truck.shape))


class _Tree(NamedTuple):
    """The tree of a network, node by node: stores, places, and the root, which is the last."""

    #: Who is above, by which arc, whether that arc leads up, and what flows on it.
    parent: Integers
    arc: Integers
    up: Flags
    flow: Floats
    depth: Integers
    #: What a unit costs from here to the root.
    potential: Floats
    #: The first node below, and the nodes before and after beside it; -1 where there is none.
    child: Integers
    after: Integers
    before: Integers


class _Arcs(NamedTuple):
    """Arcs: links by store and place, stores to the root (what is kept), places to the root by tier.

    The last tier has no worth and no end.
    """

    cost: Floats
    most: Floats
    #: Outside the tree and used as far as it goes.
    full: Flags


@njit(cache=True)
def _flow(way, stock, tier, value, sent):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Send an item's units; whether the optimum was reached, and what one more unit in each store would add."""
    stores, places = way.shape
    root, links = stores + places, stores * places
    arcs = _arcs(way, tier, value)
    tree = _planted(arcs, stock, tier, stores)
    stack = np.empty(root + 1, dtype=np.int64)
    block, blocks, idle, pivots = 0, stores + 2 + tier.shape[0], 0, 0
    while idle < blocks:
        enter = _entering(tree, arcs, block, stores, places)
        if enter < 0:
            block = (block + 1) % blocks
            idle += 1
            continue
        idle = 0
        pivots += 1
        tail, head = _ends(enter, stores, places)
        i, j = (head, tail) if arcs.full[enter] else (tail, head)
        apex = _apex(tree, i, j)
        most, leave, is_i = _leaving(tree, arcs, enter, i, j, apex)
        if most == np.inf or pivots > _PIVOTS * root:
            return False, np.maximum(-tree.potential[:stores], 0.0)
        _push(tree, i, j, apex, most)
        if leave < 0:
            arcs.full[enter] = not arcs.full[enter]
            continue
        # An arc that leaves full stays full outside the tree.
        gone = tree.arc[leave]
        arcs.full[gone] = arcs.most[gone] < np.inf and tree.up[leave] != is_i
        flow = arcs.most[enter] - most if arcs.full[enter] else most
        top, above = (i, j) if is_i else (j, i)
        _hang(tree, top, above, leave, enter, top == tail, flow)
        _renew(tree, arcs.cost, top, stack)
    sent[:] = 0.0
    for v in range(root):
        if tree.arc[v] < links:
            sent[tree.arc[v] // places, tree.arc[v] % places] = max(tree.flow[v], 0.0)
    return True, np.maximum(-tree.potential[:stores], 0.0)


@njit(cache=True)
def _arcs(way, tier, value):  # type: ignore[no-untyped-def]  # pragma: no cover
    stores, places = way.shape
    tiers, kept = tier.shape[0], stores * places + stores
    cost = np.zeros(kept + (tiers + 1) * places)
    most = np.full(cost.size, np.inf)
    cost[: stores * places] = way.ravel()
    cost[kept : kept + tiers * places] = -value.ravel()
    most[kept : kept + tiers * places] = tier.ravel()
    cost[kept + tiers * places :] = 1.0
    return _Arcs(cost, most, np.zeros(cost.size, dtype=np.bool_))


@njit(cache=True)
def _planted(arcs, stock, tier, stores):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Nothing is sent: every store keeps its stock, every place hangs on its best tier."""
    tiers, places = tier.shape
    root, links = stores + places, stores * places
    tree = _Tree(
        np.full(root + 1, root), np.zeros(root + 1, dtype=np.int64), np.ones(root + 1, dtype=np.bool_), np.zeros(root + 1),
        np.ones(root + 1, dtype=np.int64), np.zeros(root + 1), np.full(root + 1, -1), np.full(root + 1, -1),
        np.full(root + 1, -1),
    )  # fmt: skip
    tree.parent[root], tree.depth[root] = -1, 0
    for v in range(root):
        if v < stores:
            tree.arc[v], tree.flow[v] = links + v, stock[v]
        else:
            t = 0
            while t < tiers and tier[t, v - stores] <= 0:
                t += 1
            tree.arc[v] = links + stores + t * places + v - stores
            tree.potential[v] = arcs.cost[tree.arc[v]]
        _put_below(tree, v, root)
    return tree


@njit(cache=True)
def _put_below(tree, v, above):  # type: ignore[no-untyped-def]  # pragma: no cover
    tree.before[v], tree.after[v] = -1, tree.child[above]
    if tree.child[above] >= 0:
        tree.before[tree.child[above]] = v
    tree.child[above] = v


@njit(cache=True)
def _entering(tree, arcs, block, stores, places):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Of a block of arcs (a store's links, what is kept, a tier) the one that gains most; -1 where none gains."""
    links, kept = stores * places, stores * places + stores
    potential, cost, full = tree.potential, arcs.cost, arcs.full
    enter, gain = -1, _SAME
    if block < stores:
        first, here = block * places, potential[block]
        for p in range(places):
            off = here - cost[first + p] - potential[stores + p]
            if off > gain:
                enter, gain = first + p, off
    elif block == stores:
        for s in range(stores):
            if potential[s] > gain:
                enter, gain = links + s, potential[s]
    else:
        first = kept + (block - stores - 1) * places
        for p in range(places):
            off = potential[stores + p] - cost[first + p]
            off = -off if full[first + p] else off
            if off > gain:
                enter, gain = first + p, off
    return enter


@njit(cache=True)
def _ends(e, stores, places):  # type: ignore[no-untyped-def]  # pragma: no cover
    """From where to where an arc leads."""
    links = stores * places
    if e < links:
        return e // places, stores + e % places
    if e < links + stores:
        return e - links, stores + places
    return stores + (e - links - stores) % places, stores + places


@njit(cache=True)
def _apex(tree, a, b):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Where the ways from both to the root meet."""
    while a != b:
        if tree.depth[a] >= tree.depth[b]:
            a = tree.parent[a]
        else:
            b = tree.parent[b]
    return a


@njit(cache=True)
def _leaving(tree, arcs, enter, i, j, apex):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What can go round, and below which node lies the last arc of the cycle, from the apex on, that allows no more.

    The cycle leads from the apex down to `i`, over the arc that enters (-1 if it is the one) to `j`, and up.
    """
    most, leave, is_i = np.inf, -1, True
    v = i
    while v != apex:
        room = tree.flow[v] if tree.up[v] else arcs.most[tree.arc[v]] - tree.flow[v]
        if room < most:
            most, leave = room, v
        v = tree.parent[v]
    if arcs.most[enter] <= most:
        most, leave = arcs.most[enter], -1
    v = j
    while v != apex:
        room = arcs.most[tree.arc[v]] - tree.flow[v] if tree.up[v] else tree.flow[v]
        if room <= most:
            most, leave, is_i = room, v, False
        v = tree.parent[v]
    return most, leave, is_i


@njit(cache=True)
def _push(tree, i, j, apex, most):  # type: ignore[no-untyped-def]  # pragma: no cover
    v = i
    while v != apex:
        tree.flow[v] += -most if tree.up[v] else most
        v = tree.parent[v]
    v = j
    while v != apex:
        tree.flow[v] += most if tree.up[v] else -most
        v = tree.parent[v]


@njit(cache=True)
def _hang(tree, v, above, last, arc, up, flow):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Hang the part below the arc that leaves on the arc that enters: what was above `v` up to `last` comes below it."""
    while True:
        old, old_arc, old_up, old_flow = tree.parent[v], tree.arc[v], tree.up[v], tree.flow[v]
        if tree.before[v] >= 0:
            tree.after[tree.before[v]] = tree.after[v]
        else:
            tree.child[old] = tree.after[v]
        if tree.after[v] >= 0:
            tree.before[tree.after[v]] = tree.before[v]
        _put_below(tree, v, above)
        tree.parent[v], tree.arc[v], tree.up[v], tree.flow[v] = above, arc, up, flow
        if v == last:
            break
        arc, up, flow = old_arc, not old_up, old_flow
        above, v = v, old


@njit(cache=True)
def _renew(tree, cost, top, stack):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Depths and potentials of a part of the tree, from its top down."""
    parent, depth, potential, arc, up = tree.parent, tree.depth, tree.potential, tree.arc, tree.up
    child, after, size = tree.child, tree.after, 1
    stack[0] = top
    while size:
        size -= 1
        v = stack[size]
        above = parent[v]
        depth[v] = depth[above] + 1
        potential[v] = potential[above] + (cost[arc[v]] if up[v] else -cost[arc[v]])
        v = child[v]
        while v >= 0:
            stack[size] = v
            size += 1
            v = after[v]
