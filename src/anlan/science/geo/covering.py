"""Where the next stations gain most: maximal covering, exactly or within a proven gap (最大覆盖选址).

    maximise sum w_i y_i  subject to  y_i <= sum of x_j over the sites j that cover i,  sum x_j = p,  x_j in {0, 1}

(Church and ReVelle 1974). Demands that the same sites cover are one; a demand that no site covers, or that is covered
already, is left out. HiGHS proves the bound; the gap left when the time is up is told, never hidden.

Where a gap is allowed, prices on the coverings come first (R. D. Galvao & C. ReVelle, European Journal of Operational
Research 88 (1996) 114-123): for any prices l_i between 0 and w_i no siting covers more than sum (w_i - l_i) plus the p
greatest sums of l_i a site. The volume algorithm (F. Barahona & R. Anbil, Mathematical Programming 87 (2000) 385-399)
lowers that bound; the sites that it picks most often are improved by exchanging one at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

#: Of the volume algorithm: steps at most, share of the past kept, steps without gain before shorter ones, steps between sitings.
_STEPS, _MEMORY, _PATIENCE, _EVERY, _LEAST_STEP = 600, 0.95, 5, 20, 1e-4


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
    gap: float = 0.0,
) -> Siting:
    """So many sites that cover most weight; `covers` has the shape (sites, demands).

    With a `gap` above 0 the first siting that is proven to miss no more than this share is taken, which is much sooner.

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
    if not 0 <= gap < 1:
        raise CoveringError("gap must lie between 0 and 1")
    grouped, worth = _merged(table[:, open_demand], weight[open_demand])
    if not worth.size:
        return Siting(sites=tuple(range(count)), gain=0.0, bound=0.0)
    if gap > 0:
        quick = _priced(grouped, worth, count, gap)
        if quick.gap <= gap:
            return quick
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
        options={"time_limit": time_limit_s, "mip_rel_gap": gap},
    )
    if answer.x is None:
        raise CoveringError(f"no siting was found within {time_limit_s} s: {answer.message}")
    chosen = np.sort(np.argsort(-answer.x[:sites], kind="stable")[:count])
    gain = float(worth[grouped[chosen].any(axis=0)].sum())
    is_exact = answer.status == 0 and gap == 0
    bound = gain if is_exact else min(float(-answer.mip_dual_bound), float(worth.sum()))
    return Siting(sites=tuple(chosen.tolist()), gain=gain, bound=max(gain, bound))


def _priced(table: NDArray[np.bool_], worth: NDArray[np.float64], count: int, gap: float) -> Siting:
    """A siting and its bound by prices and swaps; whether the gap is reached must be looked at."""
    links = csr_array(table, dtype=np.float64)
    back = links.T.tocsr()
    chosen = _swapped(links, worth, _greedy(links, worth, count))
    gain = _gain(table, worth, chosen)
    best = price = worth / table.sum(axis=0)
    bound, step, stale = float(worth.sum()), 0.5, 0
    mean = np.zeros(len(table))
    seen: set[bytes] = set()
    for turn in range(_STEPS):
        value = links @ price
        picked = np.zeros(len(table))
        picked[np.argpartition(-value, count - 1)[:count]] = 1.0
        mean = _MEMORY * mean + (1 - _MEMORY) * picked if turn else picked
        now = float((worth - price).sum() + value @ picked)
        stale = 0 if now < bound * (1 - 1e-5) else stale + 1
        if now < bound:
            bound, best, step = now, price, min(step * 1.1, 2.0)
        elif stale > _PATIENCE:
            step, stale = step * 0.66, 0
        if turn % _EVERY == _EVERY - 1:
            tried = np.sort(np.argpartition(-mean, count - 1)[:count])
            if tried.tobytes() not in seen:
                seen.add(tried.tobytes())
                tried = _swapped(links, worth, tried)
                chosen, gain = max((chosen, gain), (tried, _gain(table, worth, tried)), key=lambda pair: pair[1])
        slope = back @ mean - 1.0
        slope = np.where(((best <= 0) & (slope > 0)) | ((best >= worth) & (slope < 0)), 0.0, slope)
        size = float(slope @ slope)
        if bound - gain <= gap * bound or step < _LEAST_STEP or size == 0:
            break
        price = np.clip(best - step * (bound - gain) / size * slope, 0.0, worth)
    return Siting(sites=tuple(chosen.tolist()), gain=gain, bound=max(gain, bound))


def _covered(links: csr_array, site: int) -> NDArray[np.int64]:
    """The demands that a site covers."""
    return links.indices[links.indptr[site] : links.indptr[site + 1]]


def _gain(table: NDArray[np.bool_], worth: NDArray[np.float64], sites: NDArray[np.int64]) -> float:
    return float(worth[table[sites].any(axis=0)].sum())


def _greedy(links: csr_array, worth: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Each time the site that covers most of what is not covered yet."""
    left = worth.copy()
    chosen: list[int] = []
    for _ in range(count):
        value = links @ left
        value[chosen] = -1.0
        chosen.append(int(np.argmax(value)))
        left[_covered(links, chosen[-1])] = 0.0
    return np.array(chosen)


def _swapped(links: csr_array, worth: NDArray[np.float64], sites: NDArray[np.int64]) -> NDArray[np.int64]:
    """No single site could be exchanged for another one with a gain."""
    chosen = sites.copy()
    times = np.asarray(links[chosen].sum(axis=0)).ravel()
    is_improving = True
    while is_improving:
        is_improving = False
        for n in range(chosen.size):
            own = _covered(links, chosen[n])
            times[own] -= 1
            value = links @ np.where(times > 0, 0.0, worth)
            now = value[chosen[n]]
            value[chosen] = -1.0
            best = int(np.argmax(value))
            if value[best] > now * (1 + 1e-12):
                chosen[n], is_improving = best, True
            times[_covered(links, chosen[n])] += 1
    return np.sort(chosen)


def _merged(table: NDArray[np.bool_], weight: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Demands that the same sites cover as one, with their weights together."""
    packed = np.ascontiguousarray(np.packbits(table, axis=0).T)
    whole = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()  # a row as one value: fifteen times as fast
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    worth = np.bincount(which.ravel(), weights=weight, minlength=first.size)
    return table[:, first], worth.astype(np.float64)
