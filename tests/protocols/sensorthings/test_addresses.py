"""Addresses and query options go both ways; what the standard does not name is refused with what it does."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlan.protocols.sensorthings import (
    SETS,
    TYPES,
    Expansion,
    Query,
    Resource,
    SensorThingsError,
    Step,
    options,
    paths,
)
from tests.protocols.sensorthings.test_expressions import trees

keys = st.one_of(st.integers(0, 10**15), st.text(st.characters(exclude_categories=("Cs",)), max_size=12))


@st.composite
def resources(draw) -> Resource:
    """Any address that means something."""
    kind = SETS[draw(st.sampled_from(sorted(SETS)))]
    steps = [Step(kind.plural, draw(keys))]
    for _ in range(draw(st.integers(0, 4))):
        relation = draw(st.sampled_from(kind.relations))
        kind = TYPES[relation.target]
        steps.append(Step(relation.name, draw(keys) if relation.is_many else None))
    form = draw(st.sampled_from(["", "$ref", "property", "$value", "open"]))
    if form == "open" and Resource((*steps[:-1], Step(steps[-1].name))).is_many:
        return Resource((*steps[:-1], Step(steps[-1].name)))
    if form in ("property", "$value"):
        below = (
            draw(st.sampled_from(kind.properties)).name,
            *draw(st.lists(st.from_regex(r"\w{1,5}", fullmatch=True), max_size=1)),
        )
        return Resource(tuple(steps), below, "$value" if form == "$value" else "")
    return Resource(tuple(steps), (), "$ref" if form == "$ref" else "")


@st.composite
def queries(draw, kind=None, depth=0) -> tuple:
    kind = kind or TYPES[draw(st.sampled_from(sorted(TYPES)))]
    expand = ()
    if depth < 2:
        chosen = draw(st.lists(st.sampled_from(kind.relations), max_size=2, unique=True))
        expand = tuple(Expansion(one.name, draw(queries(TYPES[one.target], depth + 1))[1]) for one in chosen)
    known = ["id", *(one.name for one in (*kind.properties, *kind.relations))]
    return kind, Query(
        filter=draw(st.none() | trees),
        top=draw(st.none() | st.integers(0, 1000)),
        skip=draw(st.integers(0, 1000)),
        count=draw(st.booleans()),
        select=tuple(draw(st.lists(st.sampled_from(known), max_size=3, unique=True))),
        expand=expand,
        is_data_array=kind.name == "Observation" and draw(st.booleans()),
        skiptoken="" if depth else draw(st.sampled_from(["", "12.3"])),
    )


@given(resources())
def test_an_address_written_and_read_is_the_same(resource):
    text = paths.write(resource)
    assume(len(text) <= paths.LENGTH)
    assert paths.parse(text) == resource


@given(queries())
def test_a_query_written_and_read_is_the_same(pair):
    kind, query = pair
    text = options.write(query)
    assume(len(text) <= options.LENGTH)
    assert options.parse(text, kind) == query


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Nothings", "没有 'Nothings'"),
        ("Things/Datastreams", "要写明是哪一个"),
        ("Things(1)/Observations", "没有 'Observations'；这里可用：Locations"),
        ("Things(x)", "应为整数"),
        ("Datastreams(1)/Thing(2)", "只有一个"),
        ("Things(1)/$value", "属性后面"),
        ("Things/name", "要写明是哪一个"),
        ("Things(1)/name/$ref", "只能跟在实体后面"),
        ("/".join(["Things(1)/Datastreams(1)/Thing"] * 5), "超过"),
        ("$ref", "前面要写明"),
    ],
)
def test_an_address_that_means_nothing_is_told_why(path, said):
    with pytest.raises(SensorThingsError, match=said):
        paths.parse(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$filter=phenomenonTime ge 2026-11-28T00:00:00+08:00", "%2B"),
        ("$top=-1", "应为 0 到"),
        ("$top=1&$top=2", "写了两次"),
        ("$count=yes", "true 或 false"),
        ("$select=colour", "没有 'colour'"),
        ("$expand=Sensor", "没有关系 'Sensor'"),
        ("$expand=Datastreams(Observations)", "没有查询选项"),
        ("$expand=Datastreams($top=1", "没有配对"),
        ("$filter=name", ""),
        ("$format=json", "没有查询选项"),
        ("$resultFormat=dataArray", "只用于 Observations"),
        ("$expand=" + "Datastreams/Thing/" * 3 + "Locations", "嵌套超过"),
        ("$expand=Datastreams,Datastreams($top=1)", "写了两次"),
    ],
)
def test_a_query_that_means_nothing_is_told_why(text, said):
    if not said:
        assert options.parse(text, TYPES["Thing"]).filter
        return
    with pytest.raises(SensorThingsError, match=said):
        options.parse(text, TYPES["Thing"])


def test_expansions_may_be_written_as_paths():
    query = options.parse("$expand=Datastreams/ObservedProperty,Datastreams/Sensor,Locations", TYPES["Thing"])
    assert query.expand == (
        Expansion("Datastreams", Query(expand=(Expansion("ObservedProperty", Query()), Expansion("Sensor", Query())))),
        Expansion("Locations", Query()),
    )


def test_a_plus_sign_and_percent_signs_are_decoded_as_forms_write_them():
    query = options.parse("$filter=phenomenonTime+gt+2026-11-28T14:00:00%2B08:00", TYPES["Observation"])
    assert options.write(query) == "$filter=phenomenonTime%20gt%202026-11-28T06:00:00Z"
