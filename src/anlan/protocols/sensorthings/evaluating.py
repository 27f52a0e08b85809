"""What an expression says of one entity (clause 9.3.3.5.2): comparisons, arithmetic, text, time and geometry.

What cannot be told (a missing property, a text where a number is wanted) is null, and null matches nothing. A path
that leads to several entities holds when it holds for one of them.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product
from typing import Any

import shapely

from anlan.protocols.sensorthings import times
from anlan.protocols.sensorthings.codes import COMPARISONS, SensorThingsError
from anlan.protocols.sensorthings.expressions import Binary, Call, Expression, Geometry, Literal, Path, Unary
from anlan.protocols.sensorthings.times import Interval

#: Combinations that are tried where several paths lead to many entities.
COMBINATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Many:
    """The values at the end of a path that leads to several entities."""

    values: tuple[Any, ...]


def holds(expression: Expression, entity: Mapping[str, Any], now: datetime) -> bool:
    """Whether an entity matches a filter; `now` is what now() gives.

    >>> from anlan.protocols.sensorthings.expressions import parse
    >>> at = datetime(2026, 11, 28, tzinfo=UTC)
    >>> holds(parse("result gt 30 and year(phenomenonTime) eq 2026"), {"result": 31.5, "phenomenonTime": at}, at)
    True
    """
    return truth(evaluate(expression, entity, now))


def truth(value: Any) -> bool:
    """Whether a value counts as true.

    >>> truth(Many((False, True))), truth(None)
    (True, False)
    """
    return any(one is True for one in value.values) if isinstance(value, Many) else value is True


def evaluate(expression: Expression, entity: Mapping[str, Any], now: datetime) -> Any:
    """The value of an expression for an entity; None is null.

    >>> from anlan.protocols.sensorthings.expressions import parse
    >>> evaluate(parse("length(concat(name,'站'))"), {"name": "姜店"}, datetime(2026, 11, 28, tzinfo=UTC))
    3
    """
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Path):
        return _reached(entity, expression.parts)
    if isinstance(expression, Unary):
        operand = evaluate(expression.operand, entity, now)
        if expression.operator == "not":
            is_unknown = all(one is None for one in (operand.values if isinstance(operand, Many) else (operand,)))
            return None if is_unknown else not truth(operand)
        return _lifted(lambda value: -value if _is_number(value) else None, [operand])
    if isinstance(expression, Binary):
        left = evaluate(expression.left, entity, now)
        if expression.operator in ("and", "or"):
            is_settled = truth(left) == (expression.operator == "or")
            return truth(left) if is_settled else truth(evaluate(expression.right, entity, now))
        right = evaluate(expression.right, entity, now)
        work = _compared if expression.operator in COMPARISONS else _calculated
        return _lifted(lambda a, b: work(expression.operator, a, b), [left, right])
    return _called(expression, [evaluate(one, entity, now) for one in expression.arguments], now)


def _reached(value: Any, parts: tuple[str, ...]) -> Any:
    for place, part in enumerate(parts):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple):
            found = [_reached(one, parts[place:]) for one in value]
            return Many(tuple(_flat(found)))
        else:
            return None
    return value


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, Many):
            yield from value.values
        else:
            yield value


def _lifted(work: Callable[..., Any], values: list[Any]) -> Any:
    """What `work` gives; for each combination where a path led to many."""
    if not any(isinstance(value, Many) for value in values):
        return work(*values)
    choices = [value.values if isinstance(value, Many) else (value,) for value in values]
    return Many(tuple(work(*chosen) for chosen in islice(product(*choices), COMBINATIONS)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _timely(value: Any) -> Any:
    """A text that is a moment or period as such."""
    if isinstance(value, str):
        try:
            return times.moment_or_period(value)
        except SensorThingsError:
            return None
    return value


def _ends(value: Any) -> tuple[datetime, datetime] | None:
    value = _timely(value)
    if isinstance(value, Interval):
        return value.start, value.end
    return (value, value) if isinstance(value, datetime) else None


def _compared(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        is_same = left is right
        return is_same if operator == "eq" else not is_same if operator == "ne" else False
    if isinstance(left, datetime | Interval) or isinstance(right, datetime | Interval):
        return _compared_in_time(operator, _ends(left), _ends(right))
    if not (_is_number(left) and _is_number(right)) and type(left) is not type(right):
        return {"eq": False, "ne": True}.get(operator)
    if operator == "eq":
        return bool(left == right)
    if operator == "ne":
        return bool(left != right)
    if isinstance(left, dict | list | Geometry | bool):
        return None
    try:
        return bool({"gt": left > right, "ge": left >= right, "lt": left < right, "le": left <= right}[operator])
    except TypeError:
        return None


def _compared_in_time(
    operator: str, left: tuple[datetime, datetime] | None, right: tuple[datetime, datetime] | None
) -> bool | None:
    """Periods are before one another when the one ends no later than the other begins."""
    if left is None or right is None:
        return {"eq": False, "ne": True}.get(operator)
    if left[0] == left[1] and right[0] == right[1]:
        a, b = left[0], right[0]
        return {"eq": a == b, "ne": a != b, "gt": a > b, "ge": a >= b, "lt": a < b, "le": a <= b}[operator]
    return {
        "eq": left == right, "ne": left != right, "gt": left[0] >= right[1], "ge": left[0] >= right[0],
        "lt": left[1] <= right[0], "le": left[1] <= right[1],
    }[operator]  # fmt: skip


def _calculated(operator: str, left: Any, right: Any) -> Any:
    try:
        if _is_number(left) and _is_number(right):
            return _number(operator, left, right)
        left, right = _timely(left), _timely(right)
        if operator == "add" and isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
            return left + right
        if operator == "sub" and isinstance(left, datetime) and isinstance(right, datetime | timedelta):
            return left - right
        if operator == "sub" and isinstance(left, timedelta) and isinstance(right, timedelta):
            return left - right
    except (OverflowError, ZeroDivisionError):
        pass
    return None


def _number(operator: str, left: float, right: float) -> float | None:
    if operator == "div":
        # Of two whole numbers the division is whole, too (OData 4.0, 5.1.1.2.4).
        is_whole = isinstance(left, int) and isinstance(right, int)
        found: float = int(left / right) if is_whole else left / right
    elif operator == "mod":
        found = math.fmod(left, right)
    else:
        found = {"add": left + right, "sub": left - right, "mul": left * right}[operator]
    return found if math.isfinite(found) else None


_TEXT: dict[str, Callable[..., Any]] = {
    "substringof": lambda part, whole: part in whole,
    "endswith": lambda whole, part: whole.endswith(part),
    "startswith": lambda whole, part: whole.startswith(part),
    "length": len,
    "indexof": lambda whole, part: whole.find(part),
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "concat": lambda one, other: (one + other)[:100_000],
}
_NUMBERS: dict[str, Callable[[float], Any]] = {
    "round": lambda value: math.floor(value + 0.5),
    "floor": math.floor,
    "ceiling": math.ceil,
}
_TIMES: dict[str, Callable[[datetime], Any]] = {
    "fractionalseconds": lambda at: at.microsecond / 1e6,
    "date": lambda at: at.date(),
    "time": lambda at: at.time(),
    "totaloffsetminutes": lambda at: 0,  # every moment is kept in UTC
}
_SHAPES: dict[str, Callable[..., Any]] = {
    "geo.distance": shapely.distance,
    "geo.intersects": shapely.intersects,
    "geo.length": shapely.length,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
}


def _called(call: Call, values: list[Any], now: datetime) -> Any:
    name = call.name
    if name in ("now", "mindatetime", "maxdatetime"):
        return {"now": now, "mindatetime": _LEAST, "maxdatetime": _MOST}[name]
    return _lifted(lambda *chosen: _applied(name, chosen), values)


_LEAST, _MOST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _applied(name: str, values: tuple[Any, ...]) -> Any:
    if name in _TEXT:
        return _TEXT[name](*values) if all(isinstance(one, str) for one in values) else None
    if name == "substring":
        return _substring(*values)
    if name in _NUMBERS:
        return _NUMBERS[name](values[0]) if _is_number(values[0]) and math.isfinite(values[0]) else None
    if name == "st_relate":
        return _related(*values)
    if name in _SHAPES:
        shapes = [_shape(one) for one in values]
        return None if None in shapes else _measured(_SHAPES[name], shapes)
    at = _timely(values[0])
    if isinstance(at, Interval):
        at = at.start
    if not isinstance(at, datetime):
        plain = getattr(at, name, None) if isinstance(at, date) else None
        return plain if isinstance(plain, int) else None
    return _TIMES[name](at) if name in _TIMES else getattr(at, name)


def _substring(whole: Any, start: Any, length: Any = None) -> str | None:
    numbers = [start] if length is None else [start, length]
    if not isinstance(whole, str) or not all(isinstance(one, int) and one >= 0 for one in numbers):
        return None
    return whole[start:] if length is None else whole[start : start + length]


def _shape(value: Any) -> shapely.Geometry | None:
    try:
        if isinstance(value, Geometry):
            return shapely.from_wkt(value.wkt)
        if isinstance(value, Mapping) and value.get("type") == "Feature":
            value = value.get("geometry")
        if isinstance(value, Mapping) and "coordinates" in value:
            return shapely.from_geojson(json.dumps(value))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        pass
    return None


def _measured(work: Callable[..., Any], shapes: list[Any]) -> Any:
    try:
        found = work(*shapes).item()
    except shapely.errors.ShapelyError:
        return None
    return None if isinstance(found, float) and not math.isfinite(found) else found


def _related(left: Any, right: Any, pattern: Any) -> bool | None:
    shapes = [_shape(left), _shape(right)]
    if None in shapes or not isinstance(pattern, str):
        return None
    try:
        return bool(shapely.relate_pattern(*shapes, pattern))
    except (shapely.errors.ShapelyError, ValueError):
        return None
