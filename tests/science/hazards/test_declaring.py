"""What a model takes, and how it says what it does not take."""

from dataclasses import dataclass, fields, is_dataclass

import hypothesis
import pytest
from hypothesis import settings
from hypothesis import strategies as some

from anlan.science.hazards.catalogue import hazards
from anlan.science.hazards.declaring import ScenarioError, check, given, kind_of, read, schema


@dataclass(frozen=True, kw_only=True)
class Wind:
    from_s: float = given("起始", unit="s", low=0)
    speed_m_s: float = given("风速", unit="m/s", low=0.5, high=40)


@dataclass(frozen=True, kw_only=True)
class Release:
    substance: str = given("物质")
    is_indoor: bool = given("室内", default=False)
    persons: int | None = given("人数", low=0, default=None)
    stability: str = given("稳定度", choices={"D": "中性", "F": "稳定"}, default="D")
    winds: tuple[Wind, ...] = given("风", default=())
    ground: Wind | None = given("地面风", default=None)

    def __post_init__(self) -> None:
        if self.is_indoor and self.winds:
            raise ScenarioError({"winds": "（风）：室内没有风"})


def test_plain_values_become_a_scenario():
    made = read(
        Release,
        {"substance": "氨", "is_indoor": "false", "persons": "12", "winds": [{"from_s": 0, "speed_m_s": "2.5"}]},
    )
    assert made == Release(substance="氨", persons=12, winds=(Wind(from_s=0.0, speed_m_s=2.5),))


def test_everything_that_is_wrong_is_told_at_once_with_its_path():
    with pytest.raises(ScenarioError) as told:
        read(
            Release,
            {
                "persons": "1.5",
                "stability": "Z",
                "colour": 1,
                "winds": [{"from_s": 0, "speed_m_s": 99}, 3],
                "ground": 1,
            },
        )
    assert set(told.value.problems) == {
        "colour", "substance", "persons", "stability", "winds[0].speed_m_s", "winds[1].", "ground.",
    }  # fmt: skip
    assert told.value.problems["winds[0].speed_m_s"] == "（风速）：99 高于上限 40 m/s"


@pytest.mark.parametrize("value", ["nan", "inf", "", None, "a", [], {}, True, "1e999"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ScenarioError, match="speed_m_s"):
        read(Wind, {"from_s": 0, "speed_m_s": value})


def test_inputs_that_contradict_each_other_are_told_like_others():
    with pytest.raises(ScenarioError) as told:
        read(Release, {"substance": "氨", "is_indoor": True, "winds": [{"from_s": 0, "speed_m_s": 3}]})
    assert told.value.problems == {"winds": "（风）：室内没有风"}


def test_a_scenario_that_was_made_directly_is_checked_too():
    check(Wind(from_s=0, speed_m_s=3))
    with pytest.raises(ScenarioError, match="风速"):
        check(Wind(from_s=0, speed_m_s=300))


def test_the_schema_says_units_ranges_and_what_is_required():
    told = schema(Release)
    assert told["required"] == ["substance"]
    row = told["properties"]["winds"]["items"]
    assert row["properties"]["speed_m_s"] == {
        "title": "风速", "type": "number", "minimum": 0.5, "maximum": 40, "x-unit": "m/s",
    }  # fmt: skip


#: What a JSON file may hold, and what people type.
ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8)
    | some.sampled_from(["１２", "十二", "12 m", "1,000", " 12 ", "nan", "on", "false", 10**400]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def _values(scenario: type):
    """Plain values for some of a scenario's inputs, right or wrong."""
    found = {}
    for one in fields(scenario):
        kind, _is_optional, is_table = kind_of(scenario, one.name)
        right = _values(kind) if is_dataclass(kind) else ANYTHING
        found[one.name] = some.lists(right, max_size=2) | ANYTHING if is_table else right | ANYTHING
    return some.fixed_dictionaries({}, optional=found)


@pytest.mark.parametrize("code", sorted(hazards()))
@settings(max_examples=150, deadline=None)
@hypothesis.given(data=some.data())
def test_whatever_a_file_holds_is_taken_or_refused_by_name(code, data):
    scenario, values = hazards()[code].scenario, data.draw(_values(hazards()[code].scenario))
    problems: list[str] = []
    try:
        check(read(scenario, values))
    except ScenarioError as error:
        problems = [*error.told] or ["nothing"]
    assert all(problem != "nothing" and len(problem) < 400 for problem in problems), "a sentence, not the whole file"


@pytest.mark.parametrize(
    ("value", "fix"),
    [("1,000", "只填数字"), ("12 m", "只填数字"), ("十二", "只填数字"), (10**400, "只填数字"), (True, "只填数字"),
     (float("nan"), "只填数字"), (-1, "低于下限 0 s"), ([1], "只填数字")],
)  # fmt: skip
def test_a_wrong_number_is_told_with_the_fix(value, fix):
    with pytest.raises(ScenarioError) as error:
        read(Wind, {"from_s": value, "speed_m_s": 1})
    assert fix in error.value.problems["from_s"]


def test_digits_of_the_east_are_digits():
    assert read(Wind, {"from_s": "１２", "speed_m_s": " 3 "}) == Wind(from_s=12.0, speed_m_s=3.0)
