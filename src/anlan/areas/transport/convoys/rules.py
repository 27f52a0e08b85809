"""When a convoy rests and refuels on its way, and whether its drivers may still drive; pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: Minutes below which nothing is left to drive.
_NOTHING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A halt on the way."""

    at: datetime
    #: Driven until then.
    km: float
    minutes: float
    is_rest: bool
    is_refuelling: bool


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A way with its halts."""

    starts_at: datetime
    arrives_at: datetime
    drive_min: float
    km: float
    stops: tuple[Stop, ...]


def is_night(at: datetime, params: Mapping[str, Any]) -> bool:
    """Whether a local time lies in the night of the rule `transport.driving_time`.

    >>> [is_night(datetime(2026, 1, 1, hour), {"night_from": 22, "night_to": 6}) for hour in (5, 6, 21, 22)]
    [True, False, False, True]
    """
    return at.hour >= params["night_from"] or at.hour < params["night_to"]


def _until_turn(at: datetime, params: Mapping[str, Any]) -> float:
    """Minutes until night begins or ends."""
    turns = [
        at.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in (params["night_to"], params["night_from"])
    ]
    later = [turn if turn > at else turn + timedelta(days=1) for turn in turns]
    return min((turn - at).total_seconds() for turn in later) / 60


def timetable(
    drive_min: float, km: float, starts_at: datetime, *, time: Mapping[str, Any], fuel: Mapping[str, Any]
) -> Timetable:
    """Lay the rests of `transport.driving_time` and the refuelling of `transport.refuelling` on a way.

    Whoever set out rested and with a full tank; a rest that comes before the tank runs low is used to refuel.

    >>> time = {"continuous_min": 240, "rest_min": 20, "night_continuous_min": 120, "night_from": 22, "night_to": 6}
    >>> fuel = {"range_km": 500, "reserve_percent": 25, "stop_min": 15}
    >>> way = timetable(300, 300, datetime(2026, 1, 1, 8), time=time, fuel=fuel)
    >>> [(stop.at.hour, stop.minutes, stop.is_rest, stop.is_refuelling) for stop in way.stops], way.arrives_at.time()
    ([(12, 20, True, False)], datetime.time(13, 20))
    >>> [stop.at.hour for stop in timetable(300, 300, datetime(2026, 1, 1, 22), time=time, fuel=fuel).stops]
    [0, 2]
    """
    pace = km / drive_min if drive_min > 0 else 0.0
    tank = fuel["range_km"] * (1 - fuel["reserve_percent"] / 100)
    left, since, fuel_km, clock, stops = drive_min, 0.0, tank, starts_at, []
    while left > _NOTHING:
        most = time["night_continuous_min"] if is_night(clock, time) else time["continuous_min"]
        by_fuel = fuel_km / pace if pace else left
        leg = max(min(left, most - since, by_fuel, _until_turn(clock, time)), 0.0)
        clock += timedelta(minutes=leg)
        left, since, fuel_km = left - leg, since + leg, fuel_km - leg * pace
        if left <= _NOTHING:
            break
        now_most = time["night_continuous_min"] if is_night(clock, time) else time["continuous_min"]
        is_due = since >= min(most, now_most) - _NOTHING
        is_low = fuel_km <= min(left, now_most) * pace and fuel_km < left * pace
        if is_due or fuel_km <= _NOTHING:
            minutes = max(time["rest_min"] if is_due else 0, fuel["stop_min"] if is_low else 0)
            stops.append(
                Stop(at=clock, km=round((drive_min - left) * pace, 1), minutes=minutes, is_rest=minutes >= time["rest_min"],
                     is_refuelling=is_low)
            )  # fmt: skip
            clock += timedelta(minutes=minutes)
            since = 0.0 if minutes >= time["rest_min"] else since
            fuel_km = tank if is_low else fuel_km
    return Timetable(starts_at=starts_at, arrives_at=clock, drive_min=drive_min, km=km, stops=tuple(stops))


def tired(driven_min: float, more_min: float, hours_24: float) -> bool:
    """Whether a driver who drove so long within 24 hours would exceed the limit with the way ahead.

    >>> tired(300, 181, 8), tired(300, 180, 8)
    (True, False)
    """
    return driven_min + more_min > hours_24 * 60
