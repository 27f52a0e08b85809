"""The language of $filter: text and tree say the same, whatever comes in nothing but the protocol's own error leaves."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.sensorthings import (
    TYPES,
    Interval,
    SensorThingsError,
    evaluating,
    expressions,
    options,
    paths,
)
from anlan.protocols.sensorthings.codes import BINDING, FUNCTIONS
from anlan.protocols.sensorthings.expressions import Binary, Call, Geometry, Literal, Order, Path, Unary

AT = datetime(2026, 11, 28, 6, 0, 0, tzinfo=UTC)
THING = {
    "name": "姜店雨量站",
    "properties": {"level": 3, "tags": ["a"]},
    "Locations": [{"location": {"type": "Point", "coordinates": [116.2, 36.8]}}],
    "Datastreams": [{"name": "雨量", "unitOfMeasurement": {"symbol": "mm"}}, {"name": "电压", "@iot.id": 7}],
}
OBSERVATION = {"phenomenonTime": AT, "result": 31.5, "Datastream": {"@iot.id": 12, "name": "水位"}}

moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
names = st.from_regex(r"[a-zA-Z\u4e00-\u9fff_][a-zA-Z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in {*BINDING, "not", "true", "false", "null", "asc", "desc"}
)
values = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20), st.integers(-(10**12), 10**12),
    st.floats(-1e200, 1e200, allow_nan=False), st.booleans(), st.none(), moments,
    st.dates(date(1900, 1, 1)), st.times(), st.timedeltas(timedelta(days=-999), timedelta(days=999)),
    st.tuples(moments, moments).map(lambda ends: Interval(min(ends), max(ends))),
    st.just(Geometry("POINT (116.2 36.8)")), st.just(Geometry("POLYGON ((116 36,117 36,117 37,116 36))")),
)  # fmt: skip
leaves = st.one_of(values.map(Literal), st.lists(names, min_size=1, max_size=3).map(lambda parts: Path(tuple(parts))))


def _call(name, inner):
    least, most = FUNCTIONS[name]
    return st.lists(inner, min_size=least, max_size=most).map(lambda found: Call(name, tuple(found)))


trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from(sorted(BINDING)), inner, inner),
        st.builds(Unary, st.sampled_from(["not", "-"]), inner),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(lambda name: _call(name, inner)),
    ),
    max_leaves=12,
)


@given(trees)
def test_a_tree_written_and_read_is_the_same_tree(tree):
    assert expressions.parse(expressions.write(tree)) == tree


@given(trees)
def test_every_tree_can_be_asked_of_every_entity(tree):
    for entity in (THING, OBSERVATION, {}):
        assert evaluating.holds(tree, entity, AT) in (True, False)


@given(st.lists(st.tuples(trees, st.booleans()), min_size=1, max_size=3))
def test_orders_go_both_ways(pairs):
    orders = tuple(Order(tree, is_descending) for tree, is_descending in pairs)
    text = ",".join(expressions.write(one.by) + (" desc" if one.is_descending else "") for one in orders)
    assert expressions.parse_orders(text) == orders


WORDS = st.lists(
    st.sampled_from(
        [*BINDING, *FUNCTIONS, "not", "(", ")", ",", "-", "'a'", "'", "1", "1e9", "2026-11-28T06:00:00Z", "/", "name",
         "geography'POINT(1 2)'", "geography'GEOMETRYCOLLECTION(POINT(1 2))'", "duration'P1D'", "null", "9999-99-99", " "]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip


@given(st.one_of(st.text(max_size=200), WORDS))
def test_only_the_own_error_leaves_the_readers(text):
    readers = [
        expressions.parse, expressions.parse_orders, expressions.shape, paths.parse,
        *(lambda text, kind=kind: options.parse(text, kind) for kind in TYPES.values()),
        lambda text: options.parse(f"$filter={text}&$top=3", TYPES["Thing"]),
        lambda text: options.parse(f"$expand={text}", TYPES["Thing"]),
    ]  # fmt: skip
    for read in readers:
        with suppress(SensorThingsError):
            read(text)


@pytest.mark.parametrize(
    "text", ["(" * 400 + "1" + ")" * 400, "not " * 300 + "a", "a or " * 3000 + "a", "- " * 200 + "1"]
)
def test_what_is_too_deep_or_too_long_is_refused(text):
    with pytest.raises(SensorThingsError, match="超过"):
        expressions.parse(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("result gt 31 and result lt 32", True),
        ("result add 1 eq 32.5 and 7 div 2 eq 3 and 7 mod 4 eq 3 and -result lt 0", True),
        ("phenomenonTime ge 2026-11-28T14:00:00+08:00 and phenomenonTime lt 2026-11-28T06:00:01Z", True),
        ("phenomenonTime gt now() sub duration'PT1H'", True),
        ("phenomenonTime lt 2026-11-28T07:00:00Z/2026-11-28T08:00:00Z", True),
        ("date(phenomenonTime) eq 2026-11-28 and hour(phenomenonTime) eq 6 and time(phenomenonTime) lt 12:00", True),
        ("mindatetime() lt maxdatetime()", True),
        ("result eq null", False),
        ("nothing eq null", True),
        ("not nothing", False),
        ("result gt 'a'", False),
        ("startswith(Datastream/name,'水') and endswith(Datastream/name,'位')", True),
        ("substringof('水',Datastream/name) and indexof(Datastream/name,'位') eq 1", True),
        ("toupper(concat(trim(' a '),'b')) eq 'AB' and substring('hello',1,2) eq 'el'", True),
        ("round(result) eq 32 and floor(result) eq 31 and ceiling(result) eq 32", True),
        ("result eq 1 or not (result eq 2)", True),
    ],
)  # fmt: skip
def test_an_observation_matches(text, wanted):
    assert evaluating.holds(expressions.parse(text), OBSERVATION, AT) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Datastreams/name eq '电压'", True),
        ("Datastreams/@iot.id eq 7", True),
        ("Datastreams/unitOfMeasurement/symbol eq 'm'", False),
        ("properties/level gt 2", True),
        ("st_within(Locations/location, geography'POLYGON ((116 36, 117 36, 117 37, 116 37, 116 36))')", True),
        ("st_disjoint(Locations/location, geography'POINT (0 0)') and not st_equals(Locations/location, name)", False),
        ("geo.distance(Locations/location, geography'POINT (116.2 36.9)') lt 0.11", True),
        ("geo.distance(Locations/location, geography'POINT (116.2 36.9)') lt 0.09", False),
        ("geo.length(geography'LINESTRING (0 0, 3 4)') eq 5", True),
        ("st_relate(Locations/location, geography'POINT (116.2 36.8)', 'T********')", True),
        ("st_relate(Locations/location, geography'POINT (116.2 36.8)', 'nonsense')", False),
    ],
)
def test_a_thing_matches(text, wanted):
    assert evaluating.holds(expressions.parse(text), THING, AT) is wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("result gt", "没有写完"),
        ("result gt 3 4", "多出 '4'"),
        ("sum(result) gt 3", "没有函数 'sum'"),
        ("startswith(name) eq true", "应有 2 个值"),
        ("phenomenonTime gt 2026-13-28T00:00:00Z", "没有 '2026-13-28T00:00:00Z' 这样的时刻"),
        ("st_within(location, geography'CIRCLE (1 2)')", "WKT"),
        ("result gt 3 and or", "不应有 'or'"),
        ("result # 3", "第 8 个字符起"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    with pytest.raises(SensorThingsError, match=said):
        expressions.parse(text)


def test_times_of_day_are_literals():
    assert expressions.parse("12:30") == Literal(time(12, 30))
