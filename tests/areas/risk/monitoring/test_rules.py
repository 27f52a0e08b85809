"""Judging: quality, windows of rain, thresholds with persistence, hold and deadband, rate, stuck, missing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.areas.risk.monitoring.readings import ANCIENT, DEVICE, FUTURE, GOOD, MISSING, RANGE, SERVICE, Readings
from anlan.areas.risk.monitoring.rules import AGE, HOUR, MINUTE, Band, Judge, Verdict, Watch

NOON = 1_760_000_000_000 // HOUR * HOUR
RAIN = (
    Band(colour="blue", threshold=50, window_h=12),
    Band(colour="yellow", threshold=50, window_h=6),
    Band(colour="orange", threshold=50, window_h=3),
    Band(colour="red", threshold=100, window_h=3),
)
STEPS = (Band(colour="yellow", threshold=25), Band(colour="red", threshold=50))


class Bench:
    """A judge with its store, fed one reading after the other."""

    def __init__(self, watch: Watch) -> None:
        self.watch, self.kept = watch, {}
        self.judge = self.fresh()
        self.open: dict[str, str] = {}
        self.flags: list[int] = []

    def fresh(self) -> Judge:
        """A judge that knows only what is stored."""
        latest = [(1, max(self.kept), self.kept[max(self.kept)])] if self.kept else []
        is_open = [(1, kind, level) for kind, level in getattr(self, "open", {}).items()]
        return Judge([self.watch], now=NOON, history=self.history, is_open=is_open, latest=latest)

    def history(self, keys: list[int], start: int, end: int) -> dict[int, tuple[list[int], list[float]]]:
        times = [at for at in sorted(self.kept) if start <= at <= end]
        return {key: (times, [self.kept[at] for at in times]) for key in keys}

    def feed(self, observed: int, value: float, *, flag: int = GOOD, now: int | None = None) -> list[Verdict]:
        readings, verdicts = self.judge.judge(Readings.of([(1, observed, value, flag)]), now=now or observed)
        self.flags += readings.flag.tolist()
        if readings.flag[0] == GOOD:
            self.kept[observed] = value
        for verdict in verdicts:
            if verdict.is_open:
                self.open[verdict.kind] = verdict.level
            else:
                self.open.pop(verdict.kind, None)
        return verdicts

    def levels(self, values: list[float], *, step: int = 5 * MINUTE, start: int = NOON) -> list[str]:
        """The level after each of these values."""
        found = []
        for place, value in enumerate(values):
            self.feed(start + place * step, value)
            found.append(self.open.get("threshold", ""))
        return found


def watch(**changes) -> Watch:
    return Watch(**({"key": 1, "low": 0, "high": 1000} | changes))


def storm() -> list[float]:
    """A counter: six dry hours, rain that grows heavier for fourteen, then fifteen dry ones; every 5 minutes."""
    rates = np.concatenate([np.zeros(72), np.linspace(0.3, 1.6, 168), np.zeros(180)])
    return (100 + np.cumsum(rates)).round(1).tolist()


def test_a_storm_climbs_colour_by_colour_and_falls_after_its_hold():
    bench = Bench(watch(nature="counter", bands=RAIN, high=99999, hold=60 * MINUTE))
    levels = bench.levels(storm())
    changes = [level for place, level in enumerate(levels) if place == 0 or levels[place - 1] != level]
    assert changes == ["", "blue", "yellow", "orange", "yellow", "blue", ""]
    # It rose at the very reading that reached 50 mm in 12 hours.
    totals = np.array(storm())
    assert levels.index("blue") == int(np.argmax(totals - totals[0] >= 50))
    # Orange fell an hour after three hours held less than 50 mm.
    last_three = totals - np.concatenate([np.full(36, totals[0]), totals[:-36]])
    below = max(place for place in range(len(totals)) if last_three[place] >= 50) + 1
    assert len(levels) - 1 - levels[::-1].index("orange") == below + 12 - 1


def test_a_counter_that_starts_again_is_no_cloudburst():
    bench = Bench(watch(nature="counter", bands=RAIN, high=99999))
    assert set(bench.levels([900.0, 900.5, 0.0, 0.5, 1.0])) == {""}


def test_rain_that_comes_late_is_counted_in_its_place():
    bench = Bench(watch(nature="amount", bands=RAIN, hold=60 * MINUTE))
    bench.feed(NOON, 20.0)
    bench.feed(NOON + 2 * HOUR, 20.0)
    assert bench.open == {}
    bench.feed(NOON + HOUR, 15.0, now=NOON + 2 * HOUR)
    assert bench.open == {"threshold": "orange"}


def test_the_hours_before_are_read_once_for_all_gauges_that_are_heard_for_the_first_time():
    stored = {key: ([NOON - 2 * HOUR, NOON - HOUR], [0.0, 40.0 + key]) for key in range(1, 40)}
    asked = []

    def history(keys, start: int, end: int):
        asked.append(sorted(keys))
        return {key: stored[key] for key in keys}

    watches = [watch(key=key, nature="amount", bands=RAIN) for key in stored]
    judge = Judge(watches, now=NOON, history=history)
    rows = [(key, NOON + late * MINUTE, 5.0, GOOD) for key in stored for late in (0, 1)]
    _, verdicts = judge.judge(Readings.of(rows), now=NOON)
    assert asked == [sorted(stored)]
    assert {(one.key, one.level) for one in verdicts} == {(key, "orange") for key in stored}
    judge.judge(Readings.of([(1, NOON + HOUR, 1.0, GOOD)]), now=NOON + HOUR)
    assert len(asked) == 1


def test_persistence_asks_for_readings_in_a_row():
    bench = Bench(watch(bands=STEPS, persistence=2))
    assert bench.levels([30, 10, 30, 10]) == ["", "", "", ""]
    assert bench.levels([30, 60], start=NOON + HOUR) == ["", "yellow"]
    assert bench.levels([60, 60], start=NOON + 2 * HOUR) == ["yellow", "red"]


def test_an_alarm_falls_only_after_its_hold_and_below_its_deadband():
    bench = Bench(watch(bands=STEPS, deadband=2.0, hold=10 * MINUTE))
    assert bench.levels([26, 24, 24, 24, 24]) == ["yellow"] * 5
    assert bench.levels([20, 20, 20], start=NOON + HOUR) == ["yellow", "yellow", ""]


def test_repetitions_are_told_as_such():
    bench = Bench(watch(bands=STEPS))
    (first,) = bench.feed(NOON, 30)
    (second,) = bench.feed(NOON + MINUTE, 31)
    (third,) = bench.feed(NOON + 2 * MINUTE, 55)
    assert [first.is_repeat, second.is_repeat, third.is_repeat] == [False, True, False]
    assert (third.level, third.value, third.threshold) == ("red", 55, 50)


def test_of_one_batch_the_pointless_repetitions_are_left_out():
    judge = Bench(watch(bands=STEPS)).judge
    rows = [(1, NOON + place * MINUTE, 30.0 + place, 0) for place in range(5)]
    _, verdicts = judge.judge(Readings.of(rows), now=NOON + HOUR)
    assert [(one.is_repeat, one.value) for one in verdicts] == [(False, 30.0), (True, 34.0)]


def test_a_change_that_is_too_fast_raises_a_rate_alarm_and_ends_after_the_hold():
    bench = Bench(watch(rate_limit=6.0, hold=10 * MINUTE))
    bench.feed(NOON, 10)
    (verdict,) = bench.feed(NOON + 10 * MINUTE, 12)
    assert (verdict.kind, verdict.value, verdict.threshold) == ("rate", 12.0, 6.0)
    assert bench.feed(NOON + 20 * MINUTE, 12) == []
    assert [one.is_open for one in bench.feed(NOON + 30 * MINUTE, 12)] == [False]


def test_a_value_that_does_not_move_is_stuck_until_it_moves():
    bench = Bench(watch(stuck=HOUR))
    assert [bool(bench.feed(NOON + minutes * MINUTE, 5.0)) for minutes in (0, 30, 59)] == [False] * 3
    (verdict,) = bench.feed(NOON + 95 * MINUTE, 5.0)
    assert (verdict.kind, verdict.threshold) == ("stuck", 1.0)
    assert bench.feed(NOON + 100 * MINUTE, 5.0) == []
    assert [one.is_open for one in bench.feed(NOON + 110 * MINUTE, 5.1)] == [False]


def test_silence_of_three_intervals_is_told_once_and_ends_with_a_reading():
    bench = Bench(watch(interval=5 * MINUTE))
    assert bench.judge.silent(now=NOON + 15 * MINUTE) == []
    (verdict,) = bench.judge.silent(now=NOON + 16 * MINUTE)
    assert (verdict.kind, verdict.value, verdict.threshold) == ("missing", None, 15.0)
    assert bench.judge.silent(now=NOON + 30 * MINUTE) == []
    assert [(one.kind, one.is_open) for one in bench.feed(NOON + 31 * MINUTE, 1.0)] == [("missing", False)]


def test_implausible_values_are_a_fault_of_the_device_and_never_a_level():
    bench = Bench(watch(bands=STEPS, high=100))
    assert [len(bench.feed(NOON + place * MINUTE, 500)) for place in range(4)] == [0, 0, 1, 0]
    assert bench.open == {"quality": ""}
    ends = [bench.feed(NOON + place * MINUTE, 1) for place in range(4, 8)]
    assert [[(one.kind, one.is_open) for one in found] for found in ends if found] == [[("quality", False)]]
    assert set(bench.flags[:4]) == {RANGE}


def test_each_doubt_has_its_flag_and_is_judged_by_nobody():
    bench = Bench(watch(bands=STEPS))
    bench.feed(NOON, float("nan"))
    bench.feed(NOON + HOUR, 60, now=NOON)
    bench.feed(NOON - AGE - HOUR, 60, now=NOON)
    bench.feed(NOON, 60, flag=DEVICE)
    assert bench.flags == [MISSING, FUTURE, ANCIENT, DEVICE]
    assert bench.open == {}


def test_an_instrument_in_maintenance_raises_nothing():
    bench = Bench(watch(bands=STEPS, in_service=False, interval=MINUTE))
    bench.feed(NOON, 60)
    assert (bench.flags, bench.open, bench.judge.silent(now=NOON + HOUR)) == ([SERVICE], {}, [])


def test_a_reading_that_comes_late_does_not_turn_the_level_back():
    bench = Bench(watch(bands=STEPS, hold=0))
    bench.feed(NOON + HOUR, 60)
    assert bench.feed(NOON, 1.0, now=NOON + HOUR) == []
    assert bench.open == {"threshold": "red"}


RATES = st.lists(st.sampled_from([0.0, 0.0, 0.5, 2.0, 5.0, 12.0, 30.0]), min_size=2, max_size=80)


@settings(max_examples=60, deadline=None)
@given(RATES, st.data())
def test_a_judge_rebuilt_from_what_is_stored_rises_like_one_that_ran_through(rates, data):
    totals = np.cumsum(rates).tolist()
    cut = data.draw(st.integers(1, len(rates) - 1))
    one = watch(nature="counter", bands=RAIN, high=99999, hold=0)
    through, rebuilt = Bench(one), Bench(one)
    expected = through.levels(totals, step=20 * MINUTE)
    found = rebuilt.levels(totals[:cut], step=20 * MINUTE)
    rebuilt.judge = rebuilt.fresh()
    found += rebuilt.levels(totals[cut:], step=20 * MINUTE, start=NOON + cut * 20 * MINUTE)
    assert found == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([1.0, 24.0, 26.0, 51.0, 2000.0]), max_size=40), st.integers(1, 6))
def test_batches_do_not_matter(values, size):
    def kinds(step: int) -> list[tuple]:
        judge = Bench(watch(bands=STEPS, deadband=1.5, persistence=2, hold=10 * MINUTE)).judge
        rows = [(1, NOON + place * 5 * MINUTE, value, 0) for place, value in enumerate(values)]
        found = []
        for start in range(0, len(rows), step):
            found += judge.judge(Readings.of(rows[start : start + step]), now=NOON + 9 * HOUR)[1]
        return [(one.kind, one.level, one.is_open, one.observed) for one in found if not one.is_repeat]

    assert kinds(size) == kinds(1)
