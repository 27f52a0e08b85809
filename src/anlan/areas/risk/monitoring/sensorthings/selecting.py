"""Which readings a query means: what it says of time, of the value, of the instrument, and the rest."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from anlan.areas.risk.monitoring.sensorthings.observations import Window
from anlan.protocols.sensorthings import Query, SensorThingsError
from anlan.protocols.sensorthings.expressions import Binary, Expression, Path, comparison, conjuncts, paths

TIMES = ("phenomenonTime", "resultTime")
#: Through these an Observation's filter speaks of its instrument.
AROUND = ("Datastream", "FeatureOfInterest")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Selection:
    """A query for Observations, taken apart."""

    window: Window
    #: What has to hold of the instrument; None when nothing.
    instrument: Expression | None
    #: What has to hold besides; None when nothing.
    rest: Expression | None
    #: Whether the order asked for is that of time, in which readings are kept.
    is_by_time: bool

    @property
    def asks_around(self) -> bool:
        """Whether what has to hold besides speaks of the instrument, too."""
        return self.rest is not None and any(path.parts[0] in AROUND for path in paths(self.rest))


def select(query: Query) -> Selection:
    """Take a query for Observations apart."""
    window, instrument, rest = Window(is_descending=_is_descending(query)), [], []
    for part in conjuncts(query.filter):
        narrowed = _narrowed(window, part)
        if narrowed is not None:
            window = narrowed
        elif paths(part) and all(path.parts[0] in AROUND for path in paths(part)):
            instrument.append(part)
        else:
            rest.append(part)
    if query.skiptoken:
        window = replace(window, after=_token(query.skiptoken))
    return Selection(window, _all(instrument), _all(rest), _is_by_time(query))


def _all(parts: Iterable[Expression]) -> Expression | None:
    return reduce(lambda left, right: Binary("and", left, right), parts) if parts else None


def _is_by_time(query: Query) -> bool:
    return not query.orders or (isinstance(query.orders[0].by, Path) and query.orders[0].by.parts[0] in TIMES)


def _is_descending(query: Query) -> bool:
    return bool(query.orders) and _is_by_time(query) and query.orders[0].is_descending


def token(instrument: int, observed: int) -> str:
    """Where the next page goes on."""
    return f"{observed}.{instrument}"


def _token(text: str) -> tuple[int, int]:
    observed, _dot, instrument = text.partition(".")
    try:
        at, key = int(observed), int(instrument)
    except ValueError:
        raise SensorThingsError("$skiptoken 不是上一页给出的值", "option") from None
    if abs(at) > 2**52 or not 0 <= key < 2**32:
        raise SensorThingsError("$skiptoken 不是上一页给出的值", "option")
    return at, key


def _narrowed(window: Window, part: Expression) -> Window | None:
    """The window with what a plain comparison says; None when it says something else."""
    found = comparison(part)
    if found is None:
        return None
    name, operator, value = found
    if name in TIMES and isinstance(value, datetime) and operator != "ne":
        return _in_time(window, operator, value)
    if name == "result" and isinstance(value, int | float) and not isinstance(value, bool) and operator != "ne":
        return _in_value(window, operator, float(value))
    return None


def _in_time(window: Window, operator: str, at: datetime) -> Window:
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    floor, ceiling = microseconds // 1000, -(-microseconds // 1000)
    start = {"eq": ceiling, "ge": ceiling, "gt": floor + 1}.get(operator)
    end = {"eq": floor, "le": floor, "lt": ceiling - 1}.get(operator)
    if start is not None:
        window = replace(window, start=start if window.start is None else max(start, window.start))
    if end is not None:
        window = replace(window, end=end if window.end is None else min(end, window.end))
    return window


def _in_value(window: Window, operator: str, value: float) -> Window:
    low = {"eq": value, "ge": value, "gt": math.nextafter(value, math.inf)}.get(operator, -math.inf)
    high = {"eq": value, "le": value, "lt": math.nextafter(value, -math.inf)}.get(operator, math.inf)
    return replace(window, low=max(window.low, low), high=min(window.high, high))


def ways(expressions: Iterable[Expression]) -> Mapping[str, list[tuple[str, ...]]]:
    """The properties that expressions ask for beyond the entity itself, by the first step of the way there."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for expression in expressions:
        for path in paths(expression):
            if len(path.parts) > 1:
                found.setdefault(path.parts[0], []).append(path.parts[1:])
    return found
