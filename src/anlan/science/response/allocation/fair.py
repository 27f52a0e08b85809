"""What every place is guaranteed before priority decides: the same share of what it asks."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anlan.science.response.allocation.problem import Floats, Problem
from anlan.science.response.allocation.relaxation import Room


def guaranteed(problem: Problem, room: Room) -> Floats:
    """Units guaranteed to each place, shape (places, items).

    Stores and places that roads, the limit and bans leave connected share by themselves: an item's stock there over what
    is asked of it there. Places that no store with the item reaches are guaranteed nothing.
    """
    reach = problem.rounds.max(axis=2) > 0
    stores, places = problem.travel_s.shape
    units = np.zeros_like(room.need, dtype=np.float64)
    for item in range(room.need.shape[1]):
        store, place = np.nonzero(reach & np.outer(room.stock[:, item] > 0, room.need[:, item] > 0))
        links = coo_array((np.ones(store.size), (store, stores + place)), shape=(stores + places, stores + places))
        _, part = connected_components(links, directed=False)
        stock = np.bincount(part[:stores], weights=room.stock[:, item], minlength=stores + places)
        need = np.bincount(part[stores:], weights=room.need[:, item], minlength=stores + places)
        share = np.minimum(1.0, np.divide(stock, need, out=np.zeros_like(stock), where=need > 0))
        units[:, item] = room.need[:, item] * share[part[stores:]]
    return problem.fairness * units
