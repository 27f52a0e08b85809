"""Camera controls: publicly shown codes, the checks, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181 import ptz
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.ptz import PTZCommand

SHOWN = {
    "A50F010800FA00B7": {"action": "move", "tilt": "up", "tilt_speed": 250},
    "A50F010400FA00B3": {"action": "move", "tilt": "down", "tilt_speed": 250},
    "A50F0101FA0000B0": {"action": "move", "pan": "right", "pan_speed": 250},
    "A50F010AFAFA00B3": {"action": "move", "pan": "left", "pan_speed": 250, "tilt": "up", "tilt_speed": 250},
    "A50F0105FAFA00AE": {"action": "move", "pan": "right", "pan_speed": 250, "tilt": "down", "tilt_speed": 250},
    "A50F0100000000B5": {"action": "stop"},
    "A50F01100000A065": {"action": "move", "zoom": "in", "zoom_speed": 10},
    "A50F01200000A075": {"action": "move", "zoom": "out", "zoom_speed": 10},
    "A50F014400FA00F3": {"action": "lens", "iris": "open", "iris_speed": 250},
    "A50F014800FA00F7": {"action": "lens", "iris": "close", "iris_speed": 250},
    "A50F0141FA0000F0": {"action": "lens", "focus": "far", "focus_speed": 250},
    "A50F0142FA0000F1": {"action": "lens", "focus": "near", "focus_speed": 250},
}
"""Codes that public notes on the standard list."""


@pytest.mark.parametrize("text", SHOWN)
def test_shown_codes_are_read_and_written(text: str) -> None:
    command = PTZCommand.parse(text)
    assert command.describe() == SHOWN[text]
    assert str(command) == text


@pytest.mark.parametrize(
    ("command", "code", "meaning"),
    [
        (ptz.preset("delete", 9), 0x83, {"action": "preset", "operation": "delete", "preset": 9}),
        (ptz.cruise("add_point", 1, 5), 0x84, {"action": "cruise", "operation": "add_point", "group": 1, "preset": 5}),
        (ptz.cruise("set_speed", 2, 4095), 0x86,
         {"action": "cruise", "operation": "set_speed", "group": 2, "speed": 4095}),
        (ptz.cruise("start", 2), 0x88, {"action": "cruise", "operation": "start", "group": 2}),
        (ptz.scan("set_right", 1), 0x89, {"action": "scan", "operation": "set_right", "group": 1}),
        (ptz.scan("set_speed", 1, 300), 0x8A, {"action": "scan", "operation": "set_speed", "group": 1, "speed": 300}),
        (ptz.auxiliary(1, is_on=False), 0x8D, {"action": "auxiliary", "operation": "off", "switch": 1}),
        (ptz.lens(), 0x40, {"action": "lens"}),
        (PTZCommand(0xEE), 0xEE, {"action": "unknown", "code": "0xee"}),
    ],
)  # fmt: skip
def test_commands_say_what_they_do(command: PTZCommand, code: int, meaning: dict[str, object]) -> None:
    assert command.code == code
    assert PTZCommand.parse(str(command)).describe() == meaning


BYTES = st.integers(0, 255)


@given(st.builds(PTZCommand, BYTES, BYTES, BYTES, st.integers(0, 15), st.integers(0, 4095)))
def test_every_command_round_trips(command: PTZCommand) -> None:
    assert PTZCommand.parse(str(command)) == command
    assert command.describe()["action"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A50F010800FA00B8", "校验和应为 B7"),
        ("A50E010800FA00B6", "校验位应为 F"),
        ("A510010800FA00B8", "版本应为 0"),
        ("A60F010800FA00B8", "A5H"),
        ("A50F01", "8 字节"),
        ("not hexadecimal!", "十六进制"),
    ],
)
def test_what_is_wrong_is_named(text: str, word: str) -> None:
    with pytest.raises(GB28181Error, match=word):
        PTZCommand.parse(text)


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(GB28181Error, match="数据 1"):
        str(ptz.move(pan=256))
    with pytest.raises(GB28181Error, match="数据 3"):
        str(ptz.move(zoom=16))
    with pytest.raises(GB28181Error):
        ptz.preset("set", 0)
    with pytest.raises(GB28181Error, match="数据 3"):
        str(ptz.cruise("set_stay", 1, 4096))


@given(st.text(max_size=20))
def test_arbitrary_text_raises_only_the_protocols_own_error(text: str) -> None:
    try:
        assert str(PTZCommand.parse(text)) == text.strip().upper()
    except GB28181Error:
        pass
