"""Judge readings: quality first, then levels by windows and thresholds, rate of change, stuck and missing data.

All of it is pure: columns in, verdicts out. Most readings are dismissed by whole columns; only instruments whose
readings matter, because they reach a threshold or already stand in alarm, are looked at one by one.
"""

from bisect import insort
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from anlan.areas.risk.monitoring.quantities import Quantity
from anlan.areas.risk.monitoring.readings import (
    ANCIENT,
    FUTURE,
    GOOD,
    MISSING,
    RANGE,
    SERVICE,
    Readings,
    amounts,
)

#: Position of a colour is its rank; no colour is no alarm.
LEVELS = ("", "blue", "yellow", "orange", "red")
MINUTE = 60_000
HOUR = 60 * MINUTE
#: A clock may be this much ahead of ours; what claims to be later, or ten years old, has a broken clock.
AHEAD = 10 * MINUTE
AGE = 3653 * 24 * HOUR
#: So many implausible values in a row are a fault of the device, and so many good ones its end.
IMPLAUSIBLE = 3
#: Missing intervals after which a station counts as silent (三个报送间隔).
SILENT_INTERVALS = 3
#: A rate is judged only between readings at most this far apart.
RATE_SPAN = 6 * HOUR


@dataclass(frozen=True, kw_only=True)
class Band:
    """A threshold with its colour and where it is written."""

    colour: str
    threshold: float
    #: Hours over which amounts are summed; 0 judges the value itself.
    window_h: int = 0
    rule: str = ""
    citation: str = ""

    @property
    def rank(self) -> int:
        return LEVELS.index(self.colour)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What judging has to know of one instrument."""

    key: int
    low: float
    high: float
    nature: str = "state"
    bands: tuple[Band, ...] = ()
    persistence: int = 1
    deadband: float = 0.0
    hold: int = 30 * MINUTE
    rate_limit: float | None = None
    stuck: int | None = None
    #: How often it should report, ms; 0 is not checked.
    interval: int = 0
    in_service: bool = True

    @property
    def window_h(self) -> int:
        """The longest window that its bands need."""
        return max((band.window_h for band in self.bands), default=0)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """An alarm rises, changes, goes on or ends; `level` is empty for device trouble and for what ended."""

    key: int
    kind: str
    level: str
    is_open: bool
    observed: int
    value: float | None
    threshold: float | None = None
    window_h: int = 0
    rule: str = ""
    citation: str = ""
    #: The state is as before; only the value and the count move on.
    is_repeat: bool = False


@dataclass
class _State:
    """What is remembered of an instrument between readings."""

    level: int = 0
    streak: int = 0
    pending: int = 4
    lower_since: int | None = None
    lower_peak: int = 0
    band: Band | None = None
    same_since: int | None = None
    open: set[str] = field(default_factory=set)
    rate_ok_since: int | None = None
    #: Times and raw values inside the longest window, in order; None until first needed.
    window: list[tuple[int, float]] | None = None


def bands_of(
    quantity: Quantity,
    rules: Mapping[str, object],
    *,
    marks: Mapping[str, float | None] | None = None,
    first: float | None = None,
    second: float | None = None,
    own: str = "",
) -> tuple[Band, ...]:
    """The thresholds of an instrument out of the rules in force, a station's stage marks and its own limits.

    Of a rule's set point and an own limit for the same level the stricter counts.
    """
    found: list[Band] = []
    if quantity.judged_by == "rainstorm":
        rule = rules["warning.rainstorm"]
        found = [
            Band(colour=c["colour"], threshold=c["mm"], window_h=c["window_h"], rule=rule.reference, citation=rule.citation)
            for c in rule.params["colours"]
        ]  # fmt: skip
    elif quantity.judged_by == "stage":
        rule, near = rules["warning.flood_level"], rules["flood.near_warning"]
        for colour in rule.params["colours"]:
            mark = (marks or {}).get(colour["reference"])
            if mark is not None:
                source = near if colour["is_near"] else rule
                below = near.params["below_m"] if colour["is_near"] else 0.0
                found.append(
                    Band(
                        colour=colour["colour"], threshold=mark - below, rule=source.reference, citation=source.citation
                    )
                )
    elif quantity.judged_by == "gas":
        rule = rules["monitoring.gas_alarm"]
        points = rule.params["combustible" if quantity.code == "gas_combustible" else "toxic"]
        found = [
            Band(colour="yellow", threshold=points["first"], rule=rule.reference, citation=rule.citation),
            Band(colour="red", threshold=points["second"], rule=rule.reference, citation=rule.citation),
        ]
    for colour, limit in (("yellow", first), ("red", second)):
        if limit is None:
            continue
        stricter = [band for band in found if band.colour == colour and not band.window_h and band.threshold <= limit]
        if not stricter:
            found = [band for band in found if band.colour != colour or band.window_h]
            found.append(Band(colour=colour, threshold=limit, citation=own))
    return tuple(sorted(found, key=lambda band: band.rank))


class Judge:
    """Judges readings as they come, remembering what it must; its memory is rebuilt from what is stored."""

    def __init__(
        self,
        watches: Iterable[Watch],
        *,
        now: int,
        history: Callable[[Collection[int], int, int], Mapping[int, tuple[list[int], list[float]]]],
        is_open: Iterable[tuple[int, str, str]] = (),
        latest: Iterable[tuple[int, int, float]] = (),
        before: "Judge | None" = None,
    ) -> None:
        """`history(keys, start, end)` reads stored times and values by key; `is_open` are alarms on record as key, kind,
        level; `latest` are the newest values as key, time, value; `before` is the judge that this one relieves
        because an instrument or a rule changed."""
        self._history = history
        self._watches = sorted(watches, key=lambda watch: watch.key)
        count = len(self._watches)
        self.keys = np.array([watch.key for watch in self._watches], np.int64)
        #: The place of each key; keys are given one after the other, so most are taken.
        self._places = np.full(int(self.keys[-1]) + 1 if count else 0, -1, np.intp)
        self._places[self.keys] = np.arange(count)
        self._low = np.array([watch.low for watch in self._watches])
        self._high = np.array([watch.high for watch in self._watches])
        self._in_service = np.array([watch.in_service for watch in self._watches], bool)
        # What can matter: the lowest plain threshold; of a counter any change, of amounts any that is not nothing.
        self._least = np.array([self._lowest(watch) for watch in self._watches])
        self._is_change = np.array([watch.window_h > 0 and watch.nature != "amount" for watch in self._watches], bool)
        self._interval = np.array([watch.interval for watch in self._watches], np.int64)
        self._last_time = np.full(count, np.iinfo(np.int64).min)
        self._last_value = np.full(count, np.nan)
        self._heard = np.full(count, now, np.int64)
        self._bad = np.zeros(count, np.int64)
        self._alert = np.zeros(count, bool)
        self._states = [_State() for _ in self._watches]
        for key, time, value in latest:
            at = self._index(key)
            if at is not None:
                self._last_time[at], self._last_value[at] = time, value
        if before is not None:
            self._take_over(before)
        for key, kind, level in is_open:
            at = self._index(key)
            if at is not None:
                self._open(at, kind, level)

    @staticmethod
    def _lowest(watch: Watch) -> float:
        if watch.rate_limit is not None or watch.stuck is not None:
            return -np.inf
        if watch.window_h and watch.nature == "amount":
            return float(np.nextafter(0.0, 1.0))
        plain = [band.threshold for band in watch.bands if not band.window_h]
        return min(plain, default=np.inf)

    def _index(self, key: int) -> int | None:
        at = int(self._places[key]) if 0 <= key < len(self._places) else -1
        return at if at >= 0 else None

    def _take_over(self, before: "Judge") -> None:
        for at, key in enumerate(self.keys.tolist()):
            was = before._index(key)
            if was is None:
                continue
            self._states[at] = before._states[was]
            for name in ("_last_time", "_last_value", "_heard", "_bad", "_alert"):
                getattr(self, name)[at] = getattr(before, name)[was]

    def _open(self, at: int, kind: str, level: str) -> None:
        state = self._states[at]
        if kind == "threshold":
            state.level = LEVELS.index(level)
        else:
            state.open.add(kind)
        self._alert[at] = True

    def judge(self, readings: Readings, *, now: int) -> tuple[Readings, list[Verdict]]:
        """The readings with their quality, and what follows from them; unknown instruments must not be among them."""
        if not len(readings):
            return readings, []
        at = self._places[readings.instrument]
        flag = self._quality(readings, at, now)
        judged = Readings(readings.instrument, readings.observed, readings.value, flag)
        self._heard[at] = now
        good, value = flag == GOOD, readings.value
        matters = (value >= self._least[at]) | (self._alert | (self._bad > 0))[at] | (flag == RANGE)
        if self._is_change.any():
            matters |= self._is_change[at] & (value != self._last_value[at])
        counts = good | (flag == RANGE)
        watched = np.zeros(len(self.keys), bool)
        watched[at[matters & counts]] = True
        is_watched = watched[at]
        newer = np.flatnonzero(good & ~is_watched & (readings.observed >= self._last_time[at]))
        self._last_time[at[newer]] = readings.observed[newer]
        self._last_value[at[newer]] = value[newer]
        verdicts: list[Verdict] = []
        rows = np.flatnonzero(is_watched & counts)
        rows = rows[np.lexsort((readings.observed[rows], at[rows]))]
        self._recall(dict(zip(at[rows[::-1]].tolist(), readings.observed[rows[::-1]].tolist(), strict=True)))
        for row in rows.tolist():
            verdicts += self._look(int(at[row]), int(readings.observed[row]), float(value[row]), int(flag[row]))
        return judged, _settled(verdicts)

    def silent(self, *, now: int) -> list[Verdict]:
        """The instruments that have not been heard for three of their intervals, each told once."""
        late = (self._interval > 0) & self._in_service & (now - self._heard > SILENT_INTERVALS * self._interval)
        found = []
        for at in np.flatnonzero(late).tolist():
            if "missing" not in self._states[at].open:
                self._open(at, "missing", "")
                minutes = SILENT_INTERVALS * int(self._interval[at]) / MINUTE
                found.append(self._verdict(at, "missing", int(self._heard[at]), None, threshold=minutes))
        return found

    def _quality(self, readings: Readings, at: np.ndarray, now: int) -> np.ndarray:
        """The flag of each reading; what a device itself flagged stays so."""
        value, observed = readings.value, readings.observed
        is_fine = (value >= self._low[at]) & (value <= self._high[at]) & self._in_service[at]
        odd = np.flatnonzero(~(is_fine & (observed <= now + AHEAD) & (observed >= now - AGE)))
        if not len(odd):
            return readings.flag
        at, value, observed, flags = at[odd], value[odd], observed[odd], readings.flag[odd]
        checks = (
            (np.isnan(value), MISSING),
            (observed > now + AHEAD, FUTURE),
            (observed < now - AGE, ANCIENT),
            ((value < self._low[at]) | (value > self._high[at]), RANGE),
            (~self._in_service[at], SERVICE),
        )
        for found, meaning in checks:
            flags[(flags == GOOD) & found] = meaning
        flag = readings.flag.copy()
        flag[odd] = flags
        return flag

    def _recall(self, first: Mapping[int, int]) -> None:
        """Read what is stored of the hours before the first reading of each instrument that is judged by sums, at once."""
        wanted = {
            at: seen for at, seen in first.items() if self._watches[at].window_h and self._states[at].window is None
        }
        if not wanted:
            return
        span = {at: (self._watches[at].window_h + 2) * HOUR for at in wanted}
        start = min(seen - span[at] for at, seen in wanted.items())
        stored = self._history([self._watches[at].key for at in wanted], start, max(wanted.values()))
        for at, seen in wanted.items():
            rows = zip(*stored[self._watches[at].key], strict=True)
            self._states[at].window = [(time, value) for time, value in rows if seen - span[at] <= time <= seen]

    def _look(self, at: int, observed: int, value: float, flag: int) -> list[Verdict]:
        state, watch = self._states[at], self._watches[at]
        found = []
        if "missing" in state.open:
            state.open.discard("missing")
            found.append(self._verdict(at, "missing", observed, value, is_open=False))
        if flag == RANGE:
            return found + self._implausible(at, observed, value)
        self._bad[at] = max(0, min(self._bad[at], IMPLAUSIBLE) - 1)
        if "quality" in state.open and self._bad[at] == 0:
            state.open.discard("quality")
            found.append(self._verdict(at, "quality", observed, value, is_open=False))
        is_late = observed <= self._last_time[at]
        if watch.window_h:
            found += self._windows(at, observed, value)
        elif not is_late:
            found += self._thresholds(at, observed, value, [(band, value) for band in watch.bands])
        if not is_late:
            found += self._rate(at, observed, value) + self._stuck(at, observed, value)
            self._last_time[at], self._last_value[at] = observed, value
        self._alert[at] = bool(state.level or state.open or state.streak)
        return found

    def _implausible(self, at: int, observed: int, value: float) -> list[Verdict]:
        self._bad[at] += 1
        state, watch = self._states[at], self._watches[at]
        if self._bad[at] < IMPLAUSIBLE or "quality" in state.open:
            return []
        state.open.add("quality")
        self._alert[at] = True
        limit = watch.high if value > watch.high else watch.low
        return [self._verdict(at, "quality", observed, value, threshold=limit)]

    def _windows(self, at: int, observed: int, value: float) -> list[Verdict]:
        """Judge sums over the hours before the newest reading; one that comes late is counted in its place."""
        state, watch = self._states[at], self._watches[at]
        newest = max(observed, int(self._last_time[at]))
        state.window = [(t, v) for t, v in state.window or () if t != observed]
        insort(state.window, (observed, value))
        # One reading older than the window stays: a counter's growth is told from it.
        start = newest - watch.window_h * HOUR
        older = sum(t <= start for t, _ in state.window)
        state.window = state.window[max(0, older - 1) :]
        times = np.array([t for t, _ in state.window])
        values = np.array([v for _, v in state.window])
        grown = amounts(values) if watch.nature == "counter" else values
        figures = [(band, float(grown[times > newest - band.window_h * HOUR].sum())) for band in watch.bands]
        return self._thresholds(at, newest, value, figures)

    def _thresholds(self, at: int, observed: int, value: float, figures: list[tuple[Band, float]]) -> list[Verdict]:
        """Raise after enough readings in a row, fall after a lower level has lasted; else go on."""
        state, watch = self._states[at], self._watches[at]
        if not figures:
            if not state.level:
                return []
            state.level = 0
            return [self._verdict(at, "threshold", observed, value, is_open=False)]
        reached = [(band, figure) for band, figure in figures if figure >= band.threshold]
        rank = max((band.rank for band, _ in reached), default=0)
        staying = max((band.rank for band, figure in figures if figure >= band.threshold - watch.deadband), default=0)
        if rank > state.level:
            state.streak, state.pending, state.lower_since = state.streak + 1, min(state.pending, rank), None
            if state.streak < watch.persistence:
                return []
            state.level, state.streak, state.pending = state.pending, 0, 4
            return [self._levelled(at, observed, figures)]
        state.streak, state.pending = 0, 4
        if not state.level:
            return []
        if staying >= state.level:
            state.lower_since = None
            return [self._levelled(at, observed, figures, is_repeat=True)]
        if state.lower_since is None:
            state.lower_since, state.lower_peak = observed, staying
        state.lower_peak = max(state.lower_peak, staying)
        if observed - state.lower_since < watch.hold:
            return [self._levelled(at, observed, figures, is_repeat=True)]
        state.level, state.lower_since = state.lower_peak, None
        if state.level:
            return [self._levelled(at, observed, figures)]
        return [self._verdict(at, "threshold", observed, value, is_open=False)]

    def _levelled(
        self, at: int, observed: int, figures: list[tuple[Band, float]], *, is_repeat: bool = False
    ) -> Verdict:
        level = self._states[at].level
        # Of two thresholds of one colour the one that is exceeded most.
        same = [(b, f) for b, f in figures if b.rank == level] or figures
        band, figure = max(same, key=lambda pair: pair[1] / (abs(pair[0].threshold) or 1.0))
        return Verdict(
            key=int(self.keys[at]), kind="threshold", level=LEVELS[level], is_open=True, observed=observed,
            value=round(figure, 6), threshold=band.threshold, window_h=band.window_h, rule=band.rule,
            citation=band.citation, is_repeat=is_repeat,
        )  # fmt: skip

    def _rate(self, at: int, observed: int, value: float) -> list[Verdict]:
        state, watch = self._states[at], self._watches[at]
        span = observed - int(self._last_time[at]) if self._last_time[at] > 0 else 0
        if watch.rate_limit is None or not 0 < span <= RATE_SPAN:
            return []
        rate = abs(value - float(self._last_value[at])) * HOUR / span
        if rate > watch.rate_limit:
            state.rate_ok_since = None
            is_repeat = "rate" in state.open
            state.open.add("rate")
            return [self._verdict(at, "rate", observed, rate, threshold=watch.rate_limit, is_repeat=is_repeat)]
        if "rate" not in state.open:
            return []
        state.rate_ok_since = state.rate_ok_since or observed
        if observed - state.rate_ok_since < watch.hold:
            return []
        state.open.discard("rate")
        return [self._verdict(at, "rate", observed, rate, is_open=False)]

    def _stuck(self, at: int, observed: int, value: float) -> list[Verdict]:
        state, watch = self._states[at], self._watches[at]
        if watch.stuck is None:
            return []
        if value != self._last_value[at]:
            state.same_since = observed
            if "stuck" in state.open:
                state.open.discard("stuck")
                return [self._verdict(at, "stuck", observed, value, is_open=False)]
            return []
        state.same_since = state.same_since or observed
        if "stuck" in state.open or observed - state.same_since < watch.stuck:
            return []
        state.open.add("stuck")
        return [self._verdict(at, "stuck", observed, value, threshold=watch.stuck / HOUR)]

    def _verdict(
        self,
        at: int,
        kind: str,
        observed: int,
        value: float | None,
        *,
        threshold: float | None = None,
        is_open: bool = True,
        is_repeat: bool = False,
    ) -> Verdict:
        return Verdict(
            key=int(self.keys[at]), kind=kind, level="", is_open=is_open, observed=observed, value=value,
            threshold=threshold, is_repeat=is_repeat,
        )  # fmt: skip


def _settled(verdicts: list[Verdict]) -> list[Verdict]:
    """Without repetitions that a later verdict on the same alarm makes pointless."""
    last = {(verdict.key, verdict.kind): place for place, verdict in enumerate(verdicts)}
    return [v for place, v in enumerate(verdicts) if not v.is_repeat or last[v.key, v.kind] == place]
