"""The shipped rules are well formed, flagged honestly, and say which words of which document they are."""

import re

import pytest

from anlan.foundation.incidents.models import Grade
from anlan.foundation.rules.catalogue import CatalogueError, load_catalogue, read_catalogue
from anlan.foundation.rules.judging import COLOURS, GRADES, grade_by_bands
from anlan.foundation.rules.models import Rule

CATALOGUE = load_catalogue()
ENTRY = """
[[rule]]
code = "grading.test"
version = 1
title = "试"
title_en = "test"
issuer = "国务院"
document = "条例"
clause = "第一条"
status = "checked"
source = "原文"
params = { dead = 3 }
"""


def starting(prefix: str):
    return [pytest.param(rule, id=rule.code) for rule in CATALOGUE if rule.code.startswith(prefix)]


@pytest.mark.parametrize("rule", starting(""))
def test_a_rule_fits_the_stored_record(rule):
    row = Rule(**vars(rule))
    row.clean_fields(exclude=["effective_from", "effective_to"])
    assert row.reference == rule.reference
    assert row.citation == rule.citation


@pytest.mark.parametrize("rule", starting(""))
def test_what_is_remembered_or_decided_here_is_to_be_checked(rule):
    if "凭记忆" in rule.source or rule.issuer == "本地决定":
        assert rule.status == "to_be_checked"


@pytest.mark.parametrize("rule", starting("grading."))
def test_grades_grow_with_the_figures(rule):
    levels = rule.params["levels"]
    assert rule.params["categories"]
    assert [level["grade"] for level in levels] == [g for g in reversed(GRADES) if g in {lv["grade"] for lv in levels}]
    for indicator in {name for level in levels for name in level} - {"grade"}:
        thresholds = [level[indicator] for level in levels if indicator in level]
        assert thresholds == sorted(set(thresholds), reverse=True), indicator


def test_grades_are_those_of_an_incident():
    assert set(GRADES) == set(Grade.values)


@pytest.mark.parametrize("rule", starting("warning."))
def test_colours_climb(rule):
    colours = [band["colour"] for band in rule.params.get("colours", [])]
    assert colours == sorted(colours, key=COLOURS.index)


@pytest.mark.parametrize("rule", starting("reporting.deadline."))
def test_a_deadline_says_who_to_whom_by_what_when(rule):
    params = rule.params
    assert set(params) - {"min_grade"} == {
        "from_role",
        "to_role",
        "minutes",
        "start",
        "channel",
        "categories",
    }
    assert params["minutes"] >= 0
    assert params["start"] in ("occurred", "found", "received")
    assert params["channel"] in ("phone", "written", "any")
    assert params.get("min_grade", "IV") in GRADES
    assert all(re.fullmatch(r"(1[1-4][A-Z]?)?", prefix) for prefix in params["categories"])


@pytest.mark.parametrize("rule", starting("drills.frequency."))
def test_a_drill_frequency_says_whose_what_and_how_often(rule):
    assert set(rule.params) == {"units", "what", "times", "months"}


@pytest.mark.parametrize("rule", starting("response."))
def test_response_levels_can_be_judged_by_figures(rule):
    if levels := rule.params.get("levels"):
        for level in levels:
            figures = {name: value for name, value in level.items() if name != "level"}
            assert grade_by_bands(levels, figures, key="level").grade == level["level"]


def test_lists_have_one_shape_so_that_a_person_can_change_their_numbers():
    def kinds(value):
        return type(value) if not isinstance(value, int | float) or isinstance(value, bool) else float

    for rule in CATALOGUE:
        for value in rule.params.values():
            if isinstance(value, list):
                assert len({kinds(entry) for entry in value}) == 1, rule.code


def test_the_numbers_of_order_493_are_the_printed_ones():
    (rule,) = (rule for rule in CATALOGUE if rule.code == "grading.production_safety")
    table = """
    I   30 100 100000000
    II  10  50  50000000
    III  3  10  10000000
    IV   0   0         0
    """
    printed = [line.split() for line in table.strip().splitlines()]
    assert [
        [str(level[name]) for name in ("grade", "dead", "serious_injured", "loss_yuan")]
        for level in rule.params["levels"]
    ] == printed


@pytest.mark.parametrize(
    ("words", "instead", "complaint"),
    [
        ('"grading.test"', '"test"', "test.toml: test: the code is not of the form subject.name"),
        ("version = 1", "", "version is missing"),
        ('title = "试"', 'titel = "试"', "unknown titel"),
        ('"checked"', '"sure"', "status 'sure' is neither"),
        ('clause = "第一条"', "", "a checked rule names its clause"),
        ("version = 1", 'version = 1\njurisdiction = "37x"', "no area code prefix"),
        (
            "version = 1",
            "version = 1\neffective_from = 2020-01-02\neffective_to = 2020-01-01",
            "is not after",
        ),
        ("{ dead = 3 }", "{ since = 2020-01-01 }", "params: Object of type date"),
        ("[[rule]]", "[[rules]]", "cannot be read as [[rule]] entries"),
        ("[[rule]]", "[[rule]", "cannot be read as [[rule]] entries"),
    ],
)
def test_a_fault_is_named(words, instead, complaint):
    with pytest.raises(CatalogueError, match=re.escape(complaint)):
        read_catalogue([("test.toml", ENTRY.replace(words, instead, 1))])


def test_a_version_stands_once():
    with pytest.raises(CatalogueError, match=re.escape("b.toml: grading.test@1 stands twice")):
        read_catalogue([("a.toml", ENTRY), ("b.toml", ENTRY)])
