"""Topics and JSON paths: what is declared is read, what is not there is said, whatever the payload holds."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.mqtt import MQTTError, Place, Reading, readings

PLACES = {text: Place.parse(text) for text in ("level", "#a.b", "up#v.1.x")}
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "v", "x", "ts"]), inner),
    max_leaves=12,
)


def read(payload: bytes, topic: str, time_path: str = "") -> list[Reading]:
    return readings(payload, topic, PLACES, time_path=time_path)[1]


def test_a_number_alone_and_numbers_inside():
    assert read(b" 3.5 \n", "level") == [Reading("level", 3.5)]
    assert read(b'{"a": {"b": "12"}}', "") == [Reading("#a.b", 12.0)]
    assert read(b'{"v": [0, {"x": true}]}', "up") == [Reading("up#v.1.x", 1.0)]
    assert read(b"1", "elsewhere") == []


def test_null_is_a_missing_value_and_words_are_a_problem():
    assert read(b'{"a": {"b": null}}', "") == [Reading("#a.b", None)]
    assert read(b'{"a": {"b": "dry"}}', "") == [Reading("#a.b", None, "a.b 不是数")]
    assert read(b'{"a": {"b": NaN}}', "") == [Reading("#a.b", None, "a.b 不是数")]
    assert read(b"ERR", "level") == [Reading("level", None, "报文不是数")]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (1565424000, datetime(2019, 8, 10, 8, tzinfo=UTC)),
        (1565424000000, datetime(2019, 8, 10, 8, tzinfo=UTC)),
        ("2019-08-10T16:00:00+08:00", datetime(2019, 8, 10, 8, tzinfo=UTC)),
    ],
)
def test_the_time_is_read_in_every_usual_form(stamp, expected):
    payload = json.dumps({"ts": stamp, "a": {"b": 1}}).encode()
    assert readings(payload, "", PLACES, time_path="ts")[0] == expected


@pytest.mark.parametrize("stamp", ["2019-08-10T16:00:00", "yesterday", True, 1e300])
def test_a_time_that_says_nothing_is_refused(stamp):
    with pytest.raises(MQTTError, match="ts="):
        readings(json.dumps({"ts": stamp, "a": {"b": 1}}).encode(), "", PLACES, time_path="ts")


@pytest.mark.parametrize(
    ("payload", "code"), [(b"\xff", "encoding"), (b"{", "json"), (b"[" * 100_000, "json"), (b" " * 300_000, "limit")]
)
def test_what_is_no_json_is_refused_with_its_place(payload, code):
    with pytest.raises(MQTTError) as caught:
        read(payload, "")
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["a/+", "#", "/a", "a/", "#a..b", "a#b#c"])
def test_a_mapping_that_cannot_be_used_is_refused(text):
    with pytest.raises(MQTTError, match="通道"):
        Place.parse(text)


@given(
    st.binary(max_size=100) | json_values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["", "up", "level"]),
)
def test_any_payload_raises_only_the_own_error(payload, topic):
    try:
        _moment, found = readings(payload, topic, PLACES, time_path="ts")
    except MQTTError:
        return
    assert all(one.value is None or not one.problem for one in found)
