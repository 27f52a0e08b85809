"""Grades, colours and duties follow from the rules' numbers, at the number itself and on both sides of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.catalogue import load_catalogue
from anlan.foundation.rules.judging import (
    COLOURS,
    GRADES,
    colour_by_bands,
    colour_by_references,
    fittest,
    grade_by_bands,
    strictest,
)

RULES = {rule.code: rule for rule in load_catalogue()}
ORDER_493 = RULES["grading.production_safety"].params
DEADLINES = [rule for code, rule in RULES.items() if code.startswith("reporting.deadline.")]
RAIN = RULES["warning.rainstorm"].params["colours"]
FLOOD = RULES["warning.flood_level"].params["colours"]
FLOOD_RESPONSE = RULES["response.flood_control.city"].params["levels"]

counts = st.none() | st.integers(0, 200)
losses = st.none() | st.integers(0, 200_000_000) | st.decimals(0, 200_000_000, places=2)
casualties = st.fixed_dictionaries({"dead": counts, "missing": counts, "serious_injured": counts, "loss_yuan": losses})


def grade(**figures):
    found = grade_by_bands(ORDER_493["levels"], figures, counted_as=ORDER_493["counted_as"])
    return found and found.grade


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"dead": 30}, "I"),
        ({"dead": 29}, "II"),
        ({"dead": 10}, "II"),
        ({"dead": 9}, "III"),
        ({"dead": 3}, "III"),
        ({"dead": 2}, "IV"),
        ({"dead": 0}, "IV"),
        ({"serious_injured": 100}, "I"),
        ({"serious_injured": 50}, "II"),
        ({"serious_injured": 10}, "III"),
        ({"loss_yuan": Decimal("99999999.99")}, "II"),
        ({"loss_yuan": Decimal("100000000.00")}, "I"),
        ({"dead": 1, "serious_injured": 12, "loss_yuan": 0}, "III"),
        ({"dead": 2, "missing": 1}, "III"),
        ({"dead": None, "missing": 3}, "III"),
        ({"dead": None}, None),
        ({}, None),
    ],
)
def test_order_493(figures, expected):
    assert grade(**figures) == expected


def test_the_deciding_figure_is_named():
    found = grade_by_bands(ORDER_493["levels"], {"dead": 1, "serious_injured": 12})
    assert (found.indicator, found.figure, found.threshold) == ("serious_injured", 12, 10)


@given(casualties, st.sampled_from(["dead", "missing", "serious_injured", "loss_yuan"]), st.integers(0, 200))
def test_more_casualties_never_give_a_lower_grade(figures, indicator, more):
    before = grade(**figures)
    after = grade(**figures | {indicator: (figures[indicator] or 0) + more})
    assert before is None or GRADES.index(after) >= GRADES.index(before)


@given(casualties, st.sampled_from(["dead", "missing", "serious_injured", "loss_yuan"]))
def test_a_figure_that_becomes_unknown_never_raises_the_grade(figures, indicator):
    less = grade(**figures | {indicator: None})
    assert less is None or GRADES.index(less) <= GRADES.index(grade(**figures))


@given(casualties)
def test_judging_leaves_its_inputs_alone(figures):
    before = dict(figures)
    grade(**figures)
    assert figures == before


@pytest.mark.parametrize(
    ("amounts", "colour"),
    [
        ({12: 49.9}, None),
        ({12: 50.0}, "blue"),
        ({6: 50.0, 12: 60.0}, "yellow"),
        ({3: 50.0, 6: 50.0, 12: 50.0}, "orange"),
        ({3: 100.0}, "red"),
        ({1: 100.0}, None),
        ({}, None),
    ],
)
def test_rain(amounts, colour):
    found = colour_by_bands(RAIN, {"mm": amounts})
    assert (found and found.colour) == colour


@given(
    st.dictionaries(st.sampled_from([3, 6, 12]), st.floats(0, 300)),
    st.sampled_from([3, 6, 12]),
    st.floats(0, 300),
)
def test_more_rain_never_gives_a_lower_colour(amounts, window, more):
    before = colour_by_bands(RAIN, {"mm": amounts})
    after = colour_by_bands(RAIN, {"mm": amounts | {window: amounts.get(window, 0.0) + more}})
    assert before is None or COLOURS.index(after.colour) >= COLOURS.index(before.colour)


def test_either_the_mean_wind_or_the_gust_decides():
    gale = RULES["warning.gale"].params["colours"]
    assert colour_by_bands(gale, {"mean_force": {24: 6}, "gust_force": {24: 6}}).quantity == "mean_force"
    assert colour_by_bands(gale, {"mean_force": {24: 5}, "gust_force": {6: 13}}).colour == "red"
    assert colour_by_bands(gale, {"mean_force": {24: None}, "gust_force": None}) is None


@pytest.mark.parametrize(
    ("stage", "colour"),
    [(38.69, None), (38.7, "blue"), (39.0, "yellow"), (40.5, "orange"), (41.2, "red"), (45.0, "red")],
)
def test_a_river_is_judged_by_its_own_marks(stage, colour):
    marks = {"warning": 39.0, "guaranteed": 40.5, "historic": 41.2}
    found = colour_by_references(FLOOD, stage, marks, near=0.3)
    assert (found and found.colour) == colour


def test_a_mark_that_a_station_lacks_is_passed_over():
    assert colour_by_references(FLOOD, 50.0, {"warning": 39.0}).colour == "yellow"
    assert colour_by_references(FLOOD, 50.0, {}) is None


def test_return_periods():
    bands = RULES["warning.flood_return_period"].params["colours"]
    assert colour_by_bands(bands, {"return_years": 20}).colour == "orange"


@pytest.mark.parametrize(
    ("figures", "level"),
    [
        ({"rain_warning": "blue"}, "IV"),
        ({"rain_warning": "orange", "river_warning": None}, "III"),
        ({"rain_warning": "blue", "area_mean_24h_mm": 124.5}, "III"),
        ({"rain_warning": "blue", "townships_100mm": 80}, "II"),
        ({}, None),
    ],
)
def test_response_levels_by_colours_and_amounts(figures, level):
    found = grade_by_bands(FLOOD_RESPONSE, figures, key="level")
    assert (found and found.grade) == level


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("12D03", "grading.production_safety"),
        ("12N02", "grading.special_equipment"),
        ("11G00", "grading.forest_fire"),
        ("11B03", "grading.natural_disaster"),
        ("13A00", "grading.infectious_disease"),
        ("14G00", None),
    ],
)
def test_the_closest_grading_judges_a_kind_of_event(category, code):
    found = fittest((rule for name, rule in RULES.items() if name.startswith("grading.")), category)
    assert (found and found.code) == code


def limits(**of):
    duties = strictest(DEADLINES, **{"category": "12D00", "grade": "III", "jurisdiction": "371500"} | of)
    return {(duty.to_role, duty.channel): duty.minutes for duty in duties}


def test_shandong_asks_for_thirty_minutes_and_in_writing_within_the_hour():
    owed = limits(from_role="city_government")
    assert owed["province_safety_office", "phone"] == 30
    assert owed["province_safety_office", "written"] == 60
    ordinary = limits(from_role="city_government", grade="IV")
    assert ("province_safety_office", "written") not in ordinary
    assert ordinary["province_safety_office", "phone"] == 30


def test_a_provincial_rule_stays_in_its_province():
    assert "province_safety_office" not in {to for to, _ in limits(jurisdiction="410100")}
    assert limits(jurisdiction="410100")["city_bureau", "any"] == 120


def test_a_flood_is_no_production_accident():
    assert "province_safety_office" not in {to for to, _ in limits(category="11B03")}


def test_while_the_grade_is_unknown_only_the_rules_for_every_grade_apply():
    assert set(limits(grade=None)) == set(limits(grade="IV"))


def test_of_two_rules_for_one_report_both_are_shown():
    (duty,) = strictest(DEADLINES, category="12D00", grade="IV", jurisdiction="371526", from_role="unit_head")
    assert duty.minutes == 60
    assert {duty.reference, *(other.reference for other in duty.overlapped)} == {
        "reporting.deadline.unit_to_county@1",
        "reporting.deadline.shandong_unit_to_county@1",
    }


@given(
    st.sampled_from(["11B03", "12D00", "12T00", "13A00", "13E00", "14A00"]),
    st.sampled_from(["371500", "371526", "110000"]),
    st.sampled_from(GRADES),
    st.sampled_from(GRADES),
)
def test_a_worse_event_owes_every_report_of_a_lighter_one_and_no_later(category, jurisdiction, one, other):
    lighter, worse = sorted((one, other), key=GRADES.index)
    owed = {
        step: {
            (d.from_role, d.to_role, d.channel): d.minutes
            for d in strictest(DEADLINES, category=category, grade=step, jurisdiction=jurisdiction)
        }
        for step in (lighter, worse)
    }
    assert all(owed[worse][report] <= minutes for report, minutes in owed[lighter].items())


def test_the_most_urgent_report_stands_first():
    minutes = [d.minutes for d in strictest(DEADLINES, category="12D00", grade="I", jurisdiction="371500")]
    assert minutes == sorted(minutes)
