"""A declared scenario as a form and back."""

import pytest

from anlan.areas.risk.prediction.inputs import form, posted
from anlan.science.hazards.catalogue import hazards
from anlan.science.hazards.declaring import ScenarioError, read


def _filled(parts) -> dict[str, str]:
    """What a browser would send of a form as it stands."""
    data: dict[str, str] = {}
    for part in parts:
        if part.shape == "section":
            if part.is_on:
                if part.is_optional:
                    data[part.path] = "on"
                data |= _filled(part.parts)
        elif part.shape == "table":
            for row in part.rows:
                data |= _filled(row)
        elif part.kind == "switch":
            data |= {part.path: "on"} if part.value else {}
        else:
            data[part.path] = str(part.value)
    return data


@pytest.mark.parametrize("code", sorted(hazards()))
def test_a_form_sent_as_it_stands_gives_the_same_scenario(code):
    scenario = hazards()[code].scenario
    data = _filled(form(scenario, {}))
    wrong = _problems(scenario, posted(scenario, data))
    blank = _problems(scenario, {})
    roots = [{path.partition(".")[0] for path in problems} for problems in (wrong, blank)]
    assert roots[0] == roots[1], "a form brings no problem of its own"


def _problems(scenario: type, values: dict) -> dict[str, str]:
    try:
        read(scenario, values)
    except ScenarioError as error:
        return error.problems
    return {}


def test_rows_that_nobody_filled_do_not_count():
    scenario = hazards()["fire"].scenario
    values = {"fireball": {"mass_kg": 5}, "neighbours": [{"name": "甲", "east_m": 10, "north_m": 0}]}
    again = posted(scenario, _filled(form(scenario, values)))
    assert [row["name"] for row in again["neighbours"]] == ["甲"]
    assert "pool" not in again


def test_problems_and_sources_stand_at_their_boxes():
    scenario = hazards()["fire"].scenario
    parts = form(scenario, {"fireball": {"mass_kg": -1}}, {"fireball.mass_kg": "太小"}, {"fireball.mass_kg": "台账"})
    box = next(box for part in parts if part.path == "fireball" for box in part.parts if box.path == "fireball.mass_kg")
    assert (box.problem, box.source, box.value, box.unit) == ("太小", "台账", -1, "kg")


def test_a_form_says_what_excludes_what_and_which_tables_must_be_filled():
    fire = form(hazards()["fire"].scenario, {})
    kinds = [part for part in fire if part.shape == "section"]
    assert [part.path for part in kinds if part.is_first] == ["fireball"]
    assert {part.one_of for part in kinds} == {("fireball", "pool", "jet", "flash")}
    tables = {part.path: part for part in form(hazards()["crowd"].scenario, {}) if part.shape == "table"}
    assert [path for path, table in tables.items() if table.is_required] == ["corners", "gates"]
    assert tables["corners"].is_open
    assert not tables["watches"].is_open
