"""Query options (clause 9.3): $filter, $orderby, $top, $skip, $count, $select, $expand and what they hold inside."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus

from anlan.protocols.sensorthings import expressions
from anlan.protocols.sensorthings.codes import COMPARISONS, TYPES, EntityType, Property, SensorThingsError
from anlan.protocols.sensorthings.expressions import Binary, Expression, Literal, Order, Path

LENGTH, DEPTH, EXPANSIONS = 8_000, 4, 20
NUMBER = 10**9
#: Characters of a value that need no percent sign.
_PLAIN = "/'(),:;=$@"
#: A time whose plus sign became a blank on the way.
_LOST_PLUS = re.compile(r"T\d\d:\d\d[\d:.]* \d\d:?\d\d")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A relation whose entities are answered along, and what of them."""

    relation: str
    query: "Query"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a set of entities."""

    filter: Expression | None = None
    orders: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    #: Names of properties and relations; empty for all.
    select: tuple[str, ...] = ()
    expand: tuple[Expansion, ...] = ()
    #: Whether Observations are answered as arrays of values (clause 12.2).
    is_data_array: bool = False
    #: Where a page goes on; the server's own words, which clients pass on as they are.
    skiptoken: str = ""


OPTIONS = ("$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand", "$resultFormat", "$skiptoken")


def parse(text: str, kind: EntityType) -> Query:
    """What a query string asks of entities of this type.

    >>> query = parse("$top=5&$expand=Datastreams($select=name;$expand=Observations($top=1))", TYPES["Thing"])
    >>> query.top, query.expand[0].query.expand[0].query.top
    (5, 1)
    """
    if len(text) > LENGTH:
        raise SensorThingsError(f"查询超过 {LENGTH} 个字符", "too-long")
    pairs = [part.partition("=") for part in text.split("&") if part]
    given = [(unquote_plus(name), unquote_plus(value)) for name, _equals, value in pairs]
    found = _query(given, kind, 0)
    if _size(found) > EXPANSIONS:
        raise SensorThingsError(f"$expand 超过 {EXPANSIONS} 处", "too-long")
    return found


def _size(query: Query) -> int:
    return sum(1 + _size(one.query) for one in query.expand)


def _query(given: list[tuple[str, str]], kind: EntityType, depth: int) -> Query:
    values: dict[str, str] = {}
    for name, value in given:
        if name not in OPTIONS or (depth and name == "$skiptoken"):
            raise SensorThingsError(f"没有查询选项 {name[:40]!r}；可用：{'、'.join(OPTIONS)}", "option")
        if name in values:
            raise SensorThingsError(f"查询选项 {name} 写了两次", "option")
        values[name] = value.strip()
    return Query(
        filter=_named("$filter", expressions.parse, values["$filter"]) if "$filter" in values else None,
        orders=_named("$orderby", expressions.parse_orders, values["$orderby"]) if "$orderby" in values else (),
        top=_whole("$top", values["$top"]) if "$top" in values else None,
        skip=_whole("$skip", values.get("$skip", "0")),
        count=_truth(values.get("$count", "false")),
        select=_selected(values["$select"], kind) if "$select" in values else (),
        expand=_expansions(values["$expand"], kind, depth) if "$expand" in values else (),
        is_data_array=_is_data_array(values.get("$resultFormat"), kind),
        skiptoken=values.get("$skiptoken", "")[:100],
    )


def _named(name: str, read, text: str):  # type: ignore[no-untyped-def]
    try:
        return read(text)
    except SensorThingsError as error:
        hint = "；时区的 + 在地址里要写成 %2B" if _LOST_PLUS.search(text) else ""
        raise SensorThingsError(f"{name}：{error}{hint}", error.code) from None


def check(query: Query, kind: EntityType) -> None:
    """Refuse names that these entities lack, and times in quotation marks: both would match nothing without a word.

    >>> check(parse("$filter=nothing eq 1", TYPES["Thing"]), TYPES["Thing"])
    Traceback (most recent call last):
    anlan.protocols.sensorthings.codes.SensorThingsError: $filter：Thing 没有 'nothing'；可用：id、name、description、properties、Locations、HistoricalLocations、Datastreams
    """
    asked = [("$orderby", order.by) for order in query.orders]
    if query.filter is not None:
        asked.append(("$filter", query.filter))
    for option, expression in asked:
        for path in expressions.paths(expression):
            _property(option, path, kind)
        for part in expressions.binaries(expression):
            _check_comparison(option, part, kind)
    for one in query.expand:
        relation = kind.relation(one.relation)
        assert relation is not None  # parse() looked
        check(one.query, TYPES[relation.target])


def _check_comparison(option: str, part: Binary, kind: EntityType) -> None:
    sides = (part.left, part.right)
    named = [_property(option, side, kind) for side in sides if isinstance(side, Path)]
    is_time = any(one is not None and one.kind in ("instant", "time", "interval") for one in named)
    is_text = any(isinstance(side, Literal) and isinstance(side.value, str) for side in sides)
    if part.operator in COMPARISONS and is_time and is_text:
        raise SensorThingsError(f"{option}：时刻不加引号，例如 phenomenonTime ge 2026-11-28T00:00:00Z", "option")


def _property(option: str, path: Path, kind: EntityType) -> Property | None:
    """The property that a path ends at; None for an identifier or a part of a property with free content."""
    for place, name in enumerate(path.parts):
        is_last = place == len(path.parts) - 1
        if name in ("id", "@iot.id") and is_last:
            return None
        if found := kind.property(name):
            if is_last:
                return found
            if found.kind in ("object", "any", "geometry"):
                return None
        relation = kind.relation(name)
        if relation is None:
            known = ["id", *(one.name for one in kind.properties), *(one.name for one in kind.relations)]
            raise SensorThingsError(f"{option}：{kind.name} 没有 {name[:40]!r}；可用：{'、'.join(known)}", "option")
        kind = TYPES[relation.target]
    raise SensorThingsError(f"{option}：{'/'.join(path.parts)[:60]!r} 后面要写明哪个属性", "option")


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > NUMBER:
        raise SensorThingsError(f"{name} 应为 0 到 {NUMBER} 的整数，写的是 {text[:20]!r}", "option")
    return int(text)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise SensorThingsError(f"$count 应为 true 或 false，写的是 {text[:20]!r}", "option")
    return text == "true"


def _is_data_array(text: str | None, kind: EntityType) -> bool:
    if text is None:
        return False
    if text != "dataArray" or kind.name != "Observation":
        raise SensorThingsError("$resultFormat 只能是 dataArray，且只用于 Observations", "option")
    return True


def _selected(text: str, kind: EntityType) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    known = ["id", *(one.name for one in kind.properties), *(one.name for one in kind.relations)]
    names = tuple("id" if name == "@iot.id" else name for name in names)
    for name in names:
        if name not in known:
            raise SensorThingsError(f"$select：{kind.name} 没有 {name[:40]!r}；可用：{'、'.join(known)}", "option")
    return names


def _split(text: str, mark: str) -> list[str]:
    """The parts between marks that stand outside brackets and quotation marks."""
    found, depth, is_quoted = [""], 0, False
    for character in text:
        is_quoted ^= character == "'"
        if not is_quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if character == mark and depth == 0 and not is_quoted:
            found.append("")
        else:
            found[-1] += character
    if depth or is_quoted:
        raise SensorThingsError("括号或引号没有配对", "option")
    return found


def _expansions(text: str, kind: EntityType, depth: int) -> tuple[Expansion, ...]:
    if depth >= DEPTH:
        raise SensorThingsError(f"$expand 嵌套超过 {DEPTH} 层", "too-deep")
    found: dict[str, Expansion] = {}
    for part in _split(text, ","):
        one = _expansion(part.strip(), kind, depth)
        known = found.get(one.relation)
        found[one.relation] = _joined(known, one) if known else one
    return tuple(found.values())


def _joined(known: Expansion, other: Expansion) -> Expansion:
    """`A/B,A/C` as one expansion of A."""
    plain = Query(expand=other.query.expand)
    if other.query != plain:
        raise SensorThingsError(f"$expand 中 {known.relation} 写了两次", "option")
    names = {one.relation for one in known.query.expand}
    if names & {one.relation for one in other.query.expand}:
        raise SensorThingsError(f"$expand 中 {known.relation} 写了两次", "option")
    return replace(known, query=replace(known.query, expand=known.query.expand + other.query.expand))


def _expansion(text: str, kind: EntityType, depth: int) -> Expansion:
    path, bracket, inside = text.partition("(")
    name, slash, further = path.strip().partition("/")
    relation = kind.relation(name)
    if relation is None:
        known = "、".join(one.name for one in kind.relations)
        raise SensorThingsError(f"$expand：{kind.name} 没有关系 {name[:40]!r}；可用：{known}", "option")
    target = TYPES[relation.target]
    if slash:
        return Expansion(name, Query(expand=_expansions(f"{further}{bracket}{inside}", target, depth + 1)))
    if not bracket:
        return Expansion(name, Query())
    if not inside.endswith(")"):
        raise SensorThingsError(f"$expand：{text[:40]!r} 的括号后面不应有别的", "option")
    pairs = [part.strip().partition("=") for part in _split(inside[:-1], ";") if part.strip()]
    return Expansion(name, _query([(option, value) for option, _equals, value in pairs], target, depth + 1))


def write(query: Query) -> str:
    """The query string of a query, percent-encoded; reading it gives the same query.

    >>> write(Query(top=5, filter=expressions.parse("result gt 3")))
    '$filter=result%20gt%203&$top=5'
    """
    return "&".join(f"{name}={quote(value, safe=_PLAIN)}" for name, value in _pairs(query))


def _pairs(query: Query) -> list[tuple[str, str]]:
    found = []
    if query.filter is not None:
        found.append(("$filter", expressions.write(query.filter)))
    if query.orders:
        texts = (expressions.write(one.by) + (" desc" if one.is_descending else "") for one in query.orders)
        found.append(("$orderby", ",".join(texts)))
    if query.top is not None:
        found.append(("$top", str(query.top)))
    if query.skip:
        found.append(("$skip", str(query.skip)))
    if query.count:
        found.append(("$count", "true"))
    if query.select:
        found.append(("$select", ",".join(query.select)))
    if query.expand:
        found.append(("$expand", ",".join(_written(one) for one in query.expand)))
    if query.is_data_array:
        found.append(("$resultFormat", "dataArray"))
    if query.skiptoken:
        found.append(("$skiptoken", query.skiptoken))
    return found


def _written(one: Expansion) -> str:
    inside = ";".join(f"{name}={value}" for name, value in _pairs(one.query))
    return f"{one.relation}({inside})" if inside else one.relation
