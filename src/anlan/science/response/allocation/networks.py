"""Items that no truck ties together, each as flow of least cost through its own network (网络单纯形法).

While trucks are plenty, an item shares nothing with the others: its units go from stores to places, and from there into the
tiers of what they are worth. The network simplex method (G. B. Dantzig 1951; strongly feasible trees that never cycle:
W. H. Cunningham, Mathematical Programming 11 (1976) 105-116) solves that exactly at a vertex, with the prices that prove
it. It is begun with nothing sent: every store keeps its stock, every place is tied to the root by its best tier.
"""

import numpy as np
from numba import njit

from anlan.science.response.allocation.interior import Optimum, Program

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


@njit(cache=True)
def _flow(way, stock, tier, value, sent):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Send an item's units; whether the optimum was reached, and what one more unit in each store would add.

    Nodes are stores, places and the root. Arcs: links by store and place, stores to the root (what is kept), then places
    to the root by tier, the last of them without worth and without end.
    """
    stores, places = way.shape
    tiers = tier.shape[0] + 1
    root = stores + places
    links, kept = stores * places, stores * places + stores
    cost = np.empty(kept + tiers * places)
    most = np.full(kept + tiers * places, np.inf)
    cost[:links] = way.ravel()
    cost[links:kept] = 0.0
    for t in range(tiers):
        for p in range(places):
            cost[kept + t * places + p] = -value[t, p] if t < tiers - 1 else 1.0
            most[kept + t * places + p] = tier[t, p] if t < tiers - 1 else np.inf
    full = np.zeros(cost.size, dtype=np.bool_)
    # The tree: who is above a node, by which arc, whether that arc leads up, what flows on it.
    parent, arc = np.full(root + 1, root), np.zeros(root + 1, dtype=np.int64)
    up, flow = np.ones(root + 1, dtype=np.bool_), np.zeros(root + 1)
    depth, potential = np.ones(root + 1, dtype=np.int64), np.zeros(root + 1)
    child, after, before = np.full(root + 1, -1), np.full(root + 1, -1), np.full(root + 1, -1)
    parent[root], depth[root] = -1, 0
    for v in range(root):
        if v < stores:
            arc[v], flow[v] = links + v, stock[v]
        else:
            t = 0
            while t < tiers - 1 and tier[t, v - stores] <= 0:
                t += 1
            arc[v] = kept + t * places + v - stores
            potential[v] = cost[arc[v]]
        after[v] = child[root]
        if child[root] >= 0:
            before[child[root]] = v
        child[root] = v
    stack = np.empty(root + 1, dtype=np.int64)
    block, blocks, idle = 0, stores + 1 + tiers, 0
    pivots = 0
    while idle <= blocks:
        # Of a block of arcs (a store's links, what is kept, a tier) the one that gains most enters.
        if block < stores:
            first, last = block * places, block * places + places
        elif block == stores:
            first, last = links, kept
        else:
            first = kept + (block - stores - 1) * places
            last = first + places
        enter, gain = -1, _SAME
        for e in range(first, last):
            if e < links:
                off = potential[block] - cost[e] - potential[stores + e - first]
            elif e < kept:
                off = potential[e - links]
            else:
                off = potential[stores + e - first] - cost[e]
                if full[e]:
                    off = -off
            if off > gain:
                enter, gain = e, off
        if enter < 0:
            block = (block + 1) % blocks
            idle += 1
            continue
        idle = 0
        pivots += 1
        if pivots > _PIVOTS * root:
            return False, -potential[:stores]
        if enter < links:
            tail, head = block, stores + enter - first
        elif enter < kept:
            tail, head = enter - links, root
        else:
            tail, head = stores + enter - first, root
        is_back = full[enter]
        i, j = (head, tail) if is_back else (tail, head)
        # Where the ways from both ends to the root meet.
        a, b = i, j
        while a != b:
            if depth[a] >= depth[b]:
                a = parent[a]
            else:
                b = parent[b]
        apex = a
        # What can go round, and the last arc of the cycle, from the apex on, that allows no more.
        most_i, leave_i, v = np.inf, -1, i
        while v != apex:
            room = flow[v] if up[v] else most[arc[v]] - flow[v]
            if room < most_i:
                most_i, leave_i = room, v
            v = parent[v]
        round_, leave, is_i = most_i, leave_i, True
        if most[enter] <= round_:
            round_, leave = most[enter], -1
        v = j
        while v != apex:
            room = most[arc[v]] - flow[v] if up[v] else flow[v]
            if room <= round_:
                round_, leave, is_i = room, v, False
            v = parent[v]
        if round_ == np.inf:
            return False, -potential[:stores]
        v = i
        while v != apex:
            flow[v] += -round_ if up[v] else round_
            v = parent[v]
        v = j
        while v != apex:
            flow[v] += round_ if up[v] else -round_
            v = parent[v]
        if leave < 0:
            full[enter] = not is_back
            continue
        full[arc[leave]] = most[arc[leave]] < np.inf and (up[leave] != is_i)
        # The part below the arc that leaves hangs on the arc that enters, turned round.
        v, above = (i, j) if is_i else (j, i)
        new_arc, new_up, new_flow = enter, v == tail, most[enter] - round_ if is_back else round_
        while True:
            old, old_arc, old_up, old_flow = parent[v], arc[v], up[v], flow[v]
            if before[v] >= 0:
                after[before[v]] = after[v]
            else:
                child[old] = after[v]
            if after[v] >= 0:
                before[after[v]] = before[v]
            before[v], after[v] = -1, child[above]
            if child[above] >= 0:
                before[child[above]] = v
            child[above] = v
            parent[v], arc[v], up[v], flow[v] = above, new_arc, new_up, new_flow
            if v == leave:
                break
            new_arc, new_up, new_flow = old_arc, not old_up, old_flow
            above, v = v, old
        # Potentials and depths of that part, from its top down.
        size = 1
        stack[0] = i if is_i else j
        while size:
            size -= 1
            v = stack[size]
            e, above = arc[v], parent[v]
            depth[v] = depth[above] + 1
            potential[v] = potential[above] + (cost[e] if up[v] else -cost[e])
            c = child[v]
            while c >= 0:
                stack[size] = c
                size += 1
                c = after[c]
    sent[:] = 0.0
    for v in range(root):
        if arc[v] < links:
            sent[arc[v] // places, arc[v] % places] = max(flow[v], 0.0)
    return True, np.maximum(-potential[:stores], 0.0)
