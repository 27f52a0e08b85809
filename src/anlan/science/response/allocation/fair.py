"""What every place is guaranteed before priority decides: the same share of what it asks."""

import numpy as np

from anlan.science.response.allocation.problem import Floats, Problem
from anlan.science.response.allocation.relaxation import Room


def guaranteed(problem: Problem, room: Room) -> Floats:
    """Units guaranteed to each place, shape (places, items)."""
    reach = (problem.rounds > 0).any(axis=2).T.astype(np.int64)
    is_reached = (reach @ (room.stock > 0).astype(np.int64)) > 0
    need = room.need * is_reached
    total = need.sum(axis=0)
    usable = (reach @ np.ones_like(room.stock)).T
    stock = (room.stock * (usable.T.sum(axis=0) > 0)).sum(axis=0)
    share = np.minimum(1.0, np.divide(stock, total, out=np.ones(total.shape), where=total > 0))
    return problem.fairness * need * share
