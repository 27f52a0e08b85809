"""Where the next stations gain most: maximal covering, solved exactly (最大覆盖选址).

    maximise sum w_i y_i  subject to  y_i <= sum of x_j over the sites j that cover i,  sum x_j = p,  x_j in {0, 1}

(Church and ReVelle 1974). Demands that the same sites cover are one; a demand that no site covers, or that is covered
already, is left out. HiGHS proves the bound; the gap left when the time is up is told, never hidden.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, eye_array, hstack, vstack


class CoveringError(ValueError):
    """The question is not what it should be; the message names the field."""


@dataclass(frozen=True, kw_only=True)
class Siting:
    """Chosen sites and what they gain."""

    sites: tuple[int, ...]
    #: Weight of the demands that these sites cover and nothing covered before.
    gain: float
    #: No choice of so many sites can gain more than this.
    bound: float

    @property
    def gap(self) -> float:
        """How much more than `gain` is possible at most, as a share of the bound; 0 is proven best."""
        return max(0.0, (self.bound - self.gain) / self.bound) if self.bound > 0 else 0.0


def best_sites(
    covers: ArrayLike,
    weights: ArrayLike,
    count: int,
    *,
    is_covered: ArrayLike | None = None,
    time_limit_s: float = 20.0,
) -> Siting:
    """So many sites that cover most weight; `covers` has the shape (sites, demands).

    >>> best_sites([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]], [3, 1, 4, 2], 2)
    Siting(sites=(0, 1), gain=8.0, bound=8.0)
    """
    table = np.asarray(covers, dtype=np.bool_)
    weight = np.asarray(weights, dtype=np.float64)
    if table.ndim != 2 or weight.shape != table.shape[1:]:
        raise CoveringError(f"covers: shape {table.shape} does not fit {weight.shape} weights")
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise CoveringError("weights must be numbers from 0")
    if not 0 < count <= len(table):
        raise CoveringError(f"count must be 1 to {len(table)}, the number of sites")
    open_demand = (weight > 0) & table.any(axis=0)
    if is_covered is not None:
        open_demand &= ~np.asarray(is_covered, dtype=np.bool_)
    grouped, worth = _merged(table[:, open_demand], weight[open_demand])
    if not worth.size:
        return Siting(sites=tuple(range(count)), gain=0.0, bound=0.0)
    sites, groups = grouped.shape
    site, group = np.nonzero(grouped)
    links = coo_array((np.ones(site.size), (group, site)), shape=(groups, sites))
    served = hstack([-links, eye_array(groups)])
    number = coo_array((np.ones(sites), (np.zeros(sites, dtype=int), np.arange(sites))), shape=(1, sites + groups))
    limits = LinearConstraint(
        vstack([served, number]).tocsr(),
        np.concatenate([np.full(groups, -np.inf), [count]]),
        np.concatenate([np.zeros(groups), [count]]),
    )
    answer = milp(
        np.concatenate([np.zeros(sites), -worth]),
        integrality=np.concatenate([np.ones(sites), np.zeros(groups)]),
        bounds=Bounds(0, 1),
        constraints=limits,
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise CoveringError(f"no siting was found within {time_limit_s} s: {answer.message}")
    chosen = np.sort(np.argsort(-answer.x[:sites], kind="stable")[:count])
    gain = float(worth[grouped[chosen].any(axis=0)].sum())
    bound = gain if answer.status == 0 else min(float(-answer.mip_dual_bound), float(worth.sum()))
    return Siting(sites=tuple(chosen.tolist()), gain=gain, bound=max(gain, bound))


def _merged(table: NDArray[np.bool_], weight: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Demands that the same sites cover as one, with their weights together."""
    packed = np.ascontiguousarray(np.packbits(table, axis=0).T)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    worth = np.bincount(which.ravel(), weights=weight, minlength=first.size)
    return table[:, first], worth.astype(np.float64)
