"""Entities, creations and pages as JSON, both ways."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.sensorthings import (
    TYPES,
    Creation,
    Entity,
    Group,
    Interval,
    SensorThingsError,
    as_json,
    decode,
    frame,
    load,
    read,
    read_groups,
    read_page,
    write,
    write_groups,
)

moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
periods = st.tuples(moments, moments).map(lambda ends: Interval(min(ends), max(ends)))
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
scalars = st.one_of(
    texts, st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)
objects = st.dictionaries(texts, scalars, max_size=3)
VALUES = {
    "text": texts, "object": objects, "geometry": objects, "instant": moments, "interval": periods,
    "time": moments | periods, "any": scalars | objects,
}  # fmt: skip
keys = st.none() | st.integers(0, 10**12) | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)


@st.composite
def entities(draw, kind=None, depth=0) -> Entity:
    """Any entity that can be posted."""
    kind = kind or TYPES[draw(st.sampled_from(sorted(TYPES)))]
    values = {one.name: draw(VALUES[one.kind]) for one in kind.properties if one.is_needed or draw(st.booleans())}
    related = {}
    for relation in kind.relations if depth < 2 else ():
        if draw(st.booleans()) and draw(st.booleans()):
            target = TYPES[relation.target]
            one = draw(entities(target, depth + 1))
            related[relation.name] = (one,) if relation.is_many else one
    return Entity(kind.name, draw(keys), values, related)


@given(entities())
def test_an_entity_written_and_read_is_the_same(entity):
    assert read(TYPES[entity.type], load(json.dumps(write(entity)).encode())) == entity


@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.lists(entities(TYPES["Observation"], depth=3), min_size=1, max_size=3)),
        min_size=1,
        max_size=3,
    )
)
def test_a_data_array_written_and_read_is_the_same(groups):
    # A column that only some observations have stands as null in the others.
    wanted = []
    for key, observations in groups:
        names = {name for one in observations for name in one.values}
        wanted.append(
            Group(
                key, tuple(Entity("Observation", None, dict.fromkeys(names) | dict(one.values)) for one in observations)
            )
        )
    assert read_groups(load(json.dumps(write_groups(tuple(wanted))).encode())) == tuple(wanted)


@given(entities(TYPES["Observation"], depth=3), st.sampled_from(["", "zhiban"]))
def test_a_kept_creation_tells_what_it_was(entity, sender):
    entity = Entity(entity.type, None, entity.values)
    raw = frame("Datastreams(12)/Observations", json.dumps(write(entity)).encode(), sender)
    found = decode(raw)
    assert isinstance(found, Creation)
    assert (found.content, found.sender, found.resource.steps[0].key) == (entity, sender, 12)
    assert as_json(found)["path"] == "Datastreams(12)/Observations"


anything = st.recursive(
    st.none() | scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["value", "result", "Datastream", "@iot.id", "components", "dataArray", "name", "phenomenonTime"]) | texts,
        inner, max_size=4,
    ), max_leaves=12,
)  # fmt: skip


@given(anything)
def test_only_the_own_error_leaves_the_readers_of_values(value):
    for reader in (*(lambda value, kind=kind: read(kind, value) for kind in TYPES.values()), read_groups, _page):
        with suppress(SensorThingsError):
            reader(value)
    with suppress(SensorThingsError):
        as_json(decode(json.dumps(value).encode()))


def _page(value):
    return read_page(TYPES["Observation"], value)


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda raw: b"POST /v1.1/" + raw))
def test_only_the_own_error_leaves_the_readers_of_bytes(raw):
    with suppress(SensorThingsError):
        decode(raw)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "第 1 行第 2 个字符"),
        (b'{"result": NaN}', "不能有 NaN"),
        (b'{"result": 1e999}', "太大"),
        (b"[" * 100_000, "嵌套太深"),
        (b"[" * 30 + b"]" * 30, "嵌套超过"),
        (b'{"result": "\\ud800"}', "半个字符"),
        (b"\xff", "不是 UTF-8"),
        (b'{"result": ' + b"9" * 5000 + b"}", "太长"),
        (b" " * 4_000_001, "超过"),
    ],
)
def test_json_that_is_none_is_told_where(raw, said):
    with pytest.raises(SensorThingsError, match=said):
        load(raw)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "缺少属性 result"),
        ({"result": 1, "phenomenontime": "x"}, "没有属性 'phenomenontime'"),
        ({"result": 1, "phenomenonTime": "yesterday"}, "Observation/phenomenonTime：时刻 'yesterday'"),
        ({"result": 1, "phenomenonTime": "2026-11-28T06:00:00"}, "带时区"),
        ({"result": 1, "phenomenonTime": 5}, "应为时间"),
        ({"result": 1, "validTime": "2026-11-28T06:00:00Z/2026-11-27T06:00:00Z"}, "早于起点"),
        ({"result": 1, "parameters": 3}, "应为对象"),
        ({"result": 1, "Datastream": 3}, "Datastream 应为 JSON 对象"),
        ({"result": 1, "Datastream": {"@iot.id": True}}, "@iot.id 应为整数"),
    ],
)
def test_an_observation_that_is_none_is_told_why(value, said):
    with pytest.raises(SensorThingsError, match=said):
        read(TYPES["Observation"], value)


def test_what_another_server_adds_is_passed_over():
    page = read_page(
        TYPES["Observation"],
        {
            "@iot.count": 2,
            "value": [{"@iot.selfLink": "x", "@iot.id": 3, "result": 5, "Datastream@iot.navigationLink": "y", "z": 1}],
            "@iot.nextLink": "next",
        },
    )
    assert (page.entities[0].values, page.count, page.next_link) == ({"result": 5}, 2, "next")


def said(value) -> dict:
    return as_json(decode(json.dumps(value).encode()))


def test_answers_of_other_servers_are_told_apart():
    """Forms as the documentation of FraunhoferIOSB/FROST-Server shows them."""
    thing = {
        "description": "camping lantern",
        "@iot.id": 1,
        "@iot.selfLink": "http://server.de/FROST-Server/v1.0/Things(1)",
    }
    assert said(thing) == {"message_name": "Thing", "@iot.id": 1, "description": "camping lantern"}
    root = {"value": [{"name": "Things", "url": "http://server.de/FROST-Server/v1.0/Things"}]}
    assert said(root) == {"message_name": "Root", **root}
    page = {
        "@iot.count": 16,
        "value": [{"phenomenonTime": "2016-06-22T13:21:31.144Z", "resultTime": None, "result": 1}],
    }
    assert (said(page)["@iot.count"], said(page)["value"][0]["resultTime"]) == (16, None)
    with pytest.raises(SensorThingsError, match="MultiDatastream"):
        said({"name": "a", "description": "b", "multiObservationDataTypes": []})


@pytest.mark.parametrize(("link", "key"), [("http://e/v1.1/Datastreams(1)", 1), ("Datastreams('a b')", "a b")])
def test_a_page_of_arrays_has_its_observations(link, key):
    group = {
        "Datastream@iot.navigationLink": link, "components": ["id", "phenomenonTime", "resultTime", "result"],
        "dataArray@iot.count": 1, "dataArray": [[7, "2005-08-05T12:21:13Z", "2005-08-05T12:21:13Z", 20]],
    }  # fmt: skip
    found = said({"value": [group], "@iot.nextLink": "next"})
    assert found["value"] == [
        {"@iot.id": 7, "phenomenonTime": "2005-08-05T12:21:13Z", "resultTime": "2005-08-05T12:21:13Z", "result": 20,
         "Datastream": {"@iot.id": key}}
    ]  # fmt: skip
    assert found["@iot.nextLink"] == "next"
