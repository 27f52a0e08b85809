"""Siting: 20,000 demands and 500 sites within one per cent, proven, against HiGHS; smaller ones to the optimum."""

import os

import numpy as np
from scipy.spatial import cKDTree

from anlan.science.geo.covering import best_sites
from benchmarks.measure import paired, report, report_ratio

GAP = 0.01


def city(random: np.random.Generator, demands: int, sites: int, reach_km: float) -> tuple[np.ndarray, np.ndarray]:
    """Demands thick in towns and thin between them, sites at some of them; who reaches whom, and weights."""
    towns = random.uniform(0, 60, (40, 2))
    place = towns[random.integers(0, 40, demands)] + random.normal(0, 3.0, (demands, 2))
    place[: demands // 4] = random.uniform(0, 60, (demands // 4, 2))
    site = place[random.choice(demands, sites, replace=False)]
    covers = np.zeros((sites, demands), dtype=bool)
    for row, near in enumerate(cKDTree(place).query_ball_point(site, reach_km)):
        covers[row, near] = True
    return covers, random.integers(1, 200, demands).astype(float)


def main() -> None:
    """Bounds must agree before any time is told."""
    random = np.random.default_rng(11)
    print(f"  load average {os.getloadavg()[0]:.1f}")
    for demands, sites, count, reach, rounds in ((1_000, 200, 20, 3.0, 5), (20_000, 500, 30, 3.0, 2)):
        covers, weights = city(random, demands, sites, reach)
        quick = best_sites(covers, weights, count, gap=GAP)
        exact = best_sites(covers, weights, count, time_limit_s=300.0)
        assert quick.gap <= GAP
        assert quick.gain <= exact.bound + 1e-6
        assert exact.gain <= quick.bound + 1e-6
        title = f"{demands} by {sites}, {count} chosen"
        print(
            f"  {title}: gap proven {quick.gap:.4f}, against HiGHS {1 - quick.gain / exact.gain:.4f} (its gap {exact.gap:.4f})"
        )

        def ours(c=covers, w=weights, n=count):
            return best_sites(c, w, n, gap=GAP)

        def peer(c=covers, w=weights, n=count):
            return best_sites(c, w, n, time_limit_s=300.0)

        a, b = paired(ours, peer, rounds=rounds)
        report(f"{title}: within the gap", a)
        report(f"{title}: HiGHS, exact", b)
        report_ratio(f"{title}: HiGHS / ours", b, a, "goal 20" if demands == 20_000 else "")
    print(f"  load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
