"""Messages as tools print them: a topic and what was said on it, whatever that is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import mqtt
from anlan.protocols.mqtt import Message, MQTTError

topics = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="+#\x00\n\t "), min_size=1, max_size=30)


@given(topics, st.binary(max_size=100))
def test_what_is_written_is_read(topic, payload):
    message = Message(topic, payload)
    assert mqtt.decode(mqtt.encode(message)) == message
    json.dumps(mqtt.as_json(message), ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"3.5", 3.5), (b'{"a": [1, null]}', {"a": [1, None]}), (b"wet", "wet"), (b"NaN", "NaN"), (b"1e999", "1e999"),
        (b'"\\ud800"', '"\\ud800"'), (b"[" * 5000, "[" * 5000), (b"9" * 5000, "9" * 5000), (b"", ""),
    ],
)  # fmt: skip
def test_payloads_are_said_as_what_they_are(payload, said):
    assert mqtt.as_json(Message("a", payload))["payload"] == said


@pytest.mark.parametrize("raw", [b"", b"a", b" 1", b"a/+ 1", b"a/# 1", b"\xff 1", b"a\x00 1", b"a " + bytes(300_000)])
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(MQTTError):
        mqtt.decode(raw)
