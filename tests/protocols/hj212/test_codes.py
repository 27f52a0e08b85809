"""The code tables hold together."""

import re

import pytest

from anlan.protocols.hj212 import command, factor
from anlan.protocols.hj212.codes import COMMANDS, COMMANDS_2005, FACTORS, FACTORS_2005, PARAMETERS


def test_factors_have_the_form_of_the_annex() -> None:
    assert len(FACTORS) > 300
    for code, known in FACTORS.items():
        assert re.fullmatch(r"[aw]\d{5}|L[A-Za-z0-9]{1,3}|[eg]\d{3}xx|i\d{4}[\dx]", code), code
        assert known.code == code
        assert known.name
        assert not known.name.startswith("?")


@pytest.mark.parametrize(
    ("code", "name", "unit"),
    [
        ("w01018", "化学需氧量", "mg/L"),
        ("w21003", "氨氮", "mg/L"),
        ("w00000", "污水", "L/s"),
        ("a21026", "二氧化硫", "mg/m³"),
        ("a24088", "非甲烷总烃", "mg/m³"),
        ("Leq", "等效声级", "dB"),
        ("011", "化学需氧量", "mg/L"),
        ("060", "氨氮", "mg/L"),
        ("B01", "污水", "L/s"),
        ("020", "总汞", "mg/L"),
        ("i33315", "炉膛内上部焚烧温度", "℃"),
    ],
)
def test_common_factors(code: str, name: str, unit: str) -> None:
    known = factor(code)
    assert known is not None
    assert (known.name, known.unit) == (name, unit)


def test_doubtful_units_are_marked() -> None:
    assert not FACTORS["a34004"].is_checked
    assert FACTORS["w01018"].is_checked


@pytest.mark.parametrize("code", ["", "x", "w99999", "e999١٢", "e3011", "a21026z"])
def test_an_unknown_factor_is_none(code: str) -> None:
    assert factor(code) is None


def test_no_code_of_2005_is_a_code_of_2017() -> None:
    assert not FACTORS.keys() & FACTORS_2005.keys()


def test_commands_take_known_parameters() -> None:
    for known in COMMANDS.values():
        for parameter in known.parameters:
            assert parameter.rstrip("?") in PARAMETERS or parameter.startswith("-")
        assert bool(known.upload) >= known.measured
    assert COMMANDS_2005.keys() & COMMANDS.keys() == {"3011", "3012", "3013", "3014"}


def test_a_command_is_named_by_its_version() -> None:
    assert command("3014") is COMMANDS["3014"]
    assert command("3014", version=0) is COMMANDS_2005["3014"]
    assert command("1021") is COMMANDS_2005["1021"]
    assert command("9999") is None
