"""Grades at their boundaries, and how alike two reports are."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.foundation.incidents.rules import Report, likeness, propose_grade
from anlan.foundation.rules.catalogue import load_catalogue

GRADING = [rule for rule in load_catalogue() if rule.code.startswith("grading.")]


@pytest.mark.parametrize(
    ("figures", "grade", "decided_by"),
    [
        ({"dead": 0}, "IV", "dead"),
        ({"dead": 2}, "IV", "dead"),
        ({"dead": 3}, "III", "dead"),
        ({"dead": 9}, "III", "dead"),
        ({"dead": 10}, "II", "dead"),
        ({"dead": 29}, "II", "dead"),
        ({"dead": 30}, "I", "dead"),
        ({"serious_injured": 9}, "IV", "serious_injured"),
        ({"serious_injured": 10}, "III", "serious_injured"),
        ({"serious_injured": 50}, "II", "serious_injured"),
        ({"serious_injured": 100}, "I", "serious_injured"),
        ({"loss_yuan": 9_999_999}, "IV", "loss_yuan"),
        ({"loss_yuan": 10_000_000}, "III", "loss_yuan"),
        ({"loss_yuan": 50_000_000}, "II", "loss_yuan"),
        ({"loss_yuan": 100_000_000}, "I", "loss_yuan"),
        ({"dead": 1, "serious_injured": 50}, "II", "serious_injured"),
        ({"dead": 2, "missing": 1}, "III", "dead"),
    ],
)
def test_order_493_decides_production_accidents_by_the_worst_figure(figures, grade, decided_by):
    proposal = propose_grade(GRADING, "12D00", figures)
    assert (proposal.grade, proposal.decided_by) == (grade, decided_by)
    assert "493" in proposal.citation
    assert "第三条" in proposal.citation
    assert {i.name for i in proposal.indicators} == {"dead", "serious_injured", "loss_yuan"}


def test_what_nobody_knows_gives_no_grade_and_is_listed_as_unknown():
    proposal = propose_grade(GRADING, "12D00", {"trapped": 3})
    assert proposal.grade == ""
    assert all(i.figure is None for i in proposal.indicators)


@pytest.mark.parametrize("code", ["14B00", "14F00", "13E00"])
def test_no_rule_invents_a_grade(code):
    assert propose_grade(GRADING, code, {"dead": 5}) is None


def test_the_closest_rule_grades():
    assert propose_grade(GRADING, "12N00", {"toxic_evacuated": 10_000}).grade == "III"
    assert "special_equipment" in propose_grade(GRADING, "12N00", {"dead": 1}).rule
    assert propose_grade(GRADING, "14A00", {"participants": 1000}).grade == "II"


AT = datetime(2019, 8, 10, 15, 0, tzinfo=UTC)
WEIGHTS = {"time": 0.25, "distance": 0.4, "words": 0.35}


def alike(new: Report, old: Report) -> float:
    return likeness(new, old, hours=6, km=5, weights=WEIGHTS).score


def test_time_distance_and_words_each_count():
    first = Report(AT, "371526105", "姜店镇驻地积水，三人被困", 116.30, 36.80)
    assert alike(first, first) == 1
    later = Report(AT + timedelta(hours=6), "371526105", first.text, first.lon, first.lat)
    assert alike(first, later) == pytest.approx(0.75)
    away = Report(AT, "371526105", first.text, 116.30, 36.90)
    assert alike(first, away) == pytest.approx(0.6)
    other = Report(AT, "371526105", "养殖场失火", first.lon, first.lat)
    assert alike(first, other) == pytest.approx(0.65)


def test_without_positions_the_area_in_common_counts():
    first = Report(AT, "371526105", "姜店镇积水")
    assert alike(first, first) == 1
    assert alike(first, Report(AT, "371526001", "姜店镇积水")) < 1
