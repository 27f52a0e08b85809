"""What a model takes, and how it says what it does not take."""

from dataclasses import dataclass

import pytest

from anlan.science.hazards.declaring import ScenarioError, check, given, read, schema


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
