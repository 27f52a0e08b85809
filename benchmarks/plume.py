"""Toxic clouds: a thousand members and 2,408 villages against one member computed the plain way."""

import numpy as np
from scipy.special import erf

from anlan.science.hazards.ensemble import members
from anlan.science.hazards.toxic_release.cloud import released
from anlan.science.hazards.toxic_release.field import WINDOWS_MIN, Cloud, exposure
from anlan.science.hazards.toxic_release.model import around, run
from anlan.science.hazards.toxic_release.probability import likely
from anlan.science.hazards.toxic_release.scenario import Scenario, Source, Weather
from benchmarks.measure import paired, report, report_ratio

VILLAGES, MEMBERS, PUFFS, STEPS = 2408, 1000, 60, 120
SCENARIO = Scenario(
    substance="chlorine",
    source=Source(kind="rate", rate_kg_s=2.0, duration_s=1800.0),
    weather=Weather(wind_m_s=3.0, wind_from_deg=200.0, stability="D"),
)


def reference(
    cloud: Cloud, places: np.ndarray, height: float, power: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Peak, greatest mean over an hour and toxic load at places as a train of puffs in plain numpy gives them."""
    track, total = cloud.track, float(cloud.mass_kg.sum())
    to = float(cloud.wind_to[0])
    along = places[:, 0] * np.sin(to) + places[:, 1] * np.cos(to)
    across = places[:, 0] * np.cos(to) - places[:, 1] * np.sin(to)
    ends = np.linspace(cloud.edges_s[0], cloud.edges_s[-1], PUFFS + 1)
    times = np.linspace(0.0, cloud.horizon_s, STEPS + 1)
    # half-sums of error functions stand for a puff that is as long as the wind carries it meanwhile
    core, wide, deep = (np.interp(along, track.distance, one) for one in (track.core, track.sigma_y, track.sigma_z))
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = np.where(
            core < 0.01 * wide,
            np.exp(-0.5 * (across / wide) ** 2) / (np.sqrt(2 * np.pi) * wide),
            (erf((across + core) / (np.sqrt(2) * wide)) - erf((across - core) / (np.sqrt(2) * wide))) / (4 * core),
        )
    images = (cloud.height_m, -cloud.height_m)
    upright = sum(np.exp(-0.5 * ((height - one) / deep) ** 2) for one in images) / (np.sqrt(2 * np.pi) * deep)
    local = track.speed / np.interp(along, track.distance, np.gradient(track.stretched, track.distance))
    peak, load, dose = np.zeros(len(places)), np.zeros(len(places)), np.zeros((times.size, len(places)))
    before = np.zeros(len(places))
    for at, now in enumerate(times):
        density = np.zeros(len(places))
        for start, end in zip(ends[:-1], ends[1:], strict=True):
            if start >= now:
                continue
            until = min(end, now)
            head, tail = (
                np.interp(track.speed * (now - one), track.stretched, track.distance)
                + max(track.speed * (now - one) - track.stretched[-1], 0.0)
                for one in (start, until)
            )
            s_head, s_tail = (max(float(np.interp(one, track.distance, track.sigma_y)), 0.5) for one in (head, tail))
            near = 1.0 if tail <= 0 else erf((along - tail) / (np.sqrt(2) * s_tail))
            far = erf((along - head) / (np.sqrt(2) * s_head))
            density += total / (ends[-1] - ends[0]) / local * 0.5 * (near - far)
        value = np.minimum(np.where(along > 0, density * flat * upright, 0.0), track.most)
        peak = np.maximum(peak, value)
        if at:
            step = times[at] - times[at - 1]
            load += 0.5 * step * (value**power + before**power)
            dose[at] = dose[at - 1] + 0.5 * step * (value + before)
        before = value
    span = int(round(3600.0 / (times[1] - times[0])))
    hourly = np.max([dose[at] - dose[max(at - span, 0)] for at in range(times.size)], axis=0) / 3600.0
    return peak, hourly, load


def check(places: np.ndarray) -> None:
    """The fast exposure is the plain one."""
    cloud = released(SCENARIO).cloud
    found = exposure(cloud, places, height=1.5, power=2.75)
    peak, hourly, load = reference(cloud, places, 1.5, 2.75)
    worth = peak > 1e-9
    assert worth.sum() > 20
    for ours, plain, tolerance in (
        (found.peak, peak, 0.01),
        (found.means[WINDOWS_MIN.index(60.0)], hourly, 0.01),
        (found.load, load, 0.02),
    ):
        error = np.abs(ours[worth] / plain[worth] - 1.0)
        assert np.percentile(error, 95) < tolerance, (np.percentile(error, 95), error.max())


def main() -> None:
    """An ensemble against ten plain members."""
    places = np.random.default_rng(1).uniform(-6000.0, 6000.0, (VILLAGES, 2))
    run(SCENARIO)  # compile
    check(places)
    grid = around(6000.0, angles=121, radii=40, to=np.deg2rad(20.0))
    both = np.concatenate((places, grid.places.reshape(-1, 2)))
    cloud = released(SCENARIO).cloud
    ours, plain = paired(
        lambda: likely(SCENARIO, places, count=MEMBERS, grid=grid), lambda: reference(cloud, both, 1.5, 2.75), rounds=3
    )
    report(f"{MEMBERS:,} members at {VILLAGES:,} villages and {grid.places.size // 2:,} nodes", ours)
    report("one member at the same places, plain numpy", plain)
    report_ratio("ensemble / one plain member", ours, plain, "(goal: below 10)")
    release = members(SCENARIO, 50)
    one, _ = paired(lambda: [released(each) for each in release], lambda: run(SCENARIO), rounds=3)
    report("sources and tracks of 50 members", one)


if __name__ == "__main__":
    main()
