"""When the next exercise is due: the strictest rule, counted from what satisfies it."""

from datetime import date

import pytest

from anlan.areas.drills.exercises.rules import Held, applying, next_due
from anlan.foundation.rules.catalogue import load_catalogue

CITY = "371526105"
SINCE = date(2026, 1, 1)


@pytest.fixture(scope="module")
def rules():
    return [rule for rule in load_catalogue() if rule.code.startswith("drills.frequency.")]


def due(rules, category: str, *held: Held, area: str = CITY):
    return next_due(applying(rules, category=category, area=area), held, SINCE)


@pytest.mark.parametrize(
    ("category", "months"),
    [("high_risk", 6), ("crowded_place", 6), ("plant_site", 6), ("other_enterprise", 12), ("township", 12)],
)
def test_a_unit_that_never_exercised_owes_from_its_first_day(rules, category, months):
    found = due(rules, category)
    assert (found.months, found.last_on) == (months, None)
    assert found.on == (date(2026, 7, 1) if months == 6 else date(2027, 1, 1))


def test_the_strictest_of_overlapping_rules_binds_and_all_are_kept(rules):
    found = due(rules, "township")
    assert found.months == 12
    assert "山东省安全生产条例" in found.citation
    assert [other.months for other in found.others] == [24]


def test_outside_the_province_the_national_rule_remains(rules):
    found = due(rules, "township", area="410100")
    assert (found.months, found.others) == (24, ())


def test_an_exercise_counts_for_the_rules_that_it_satisfies(rules):
    live = Held(date(2026, 5, 1), "live", "single")
    found = due(rules, "high_risk", live)
    # Shandong asks for a comprehensive or special one: the single one satisfies the other rules only.
    assert (found.on, found.what) == (date(2026, 7, 1), "comprehensive_or_special")
    assert {other.on for other in found.others} == {date(2026, 11, 1)}
    assert due(rules, "high_risk", live, Held(date(2026, 6, 1), "tabletop", "special")).on == date(2026, 12, 1)


def test_a_plant_site_needs_one_on_site(rules):
    assert due(rules, "plant_site", Held(date(2026, 5, 1), "live", "special")).on == date(2026, 7, 1)
    assert due(rules, "plant_site", Held(date(2026, 5, 1), "on_site", "single")).on == date(2026, 11, 1)


def test_the_newest_exercise_counts(rules):
    held = (Held(date(2026, 6, 1), "live", "special"), Held(date(2026, 3, 1), "live", "special"))
    assert due(rules, "other_enterprise", *held).on == date(2027, 6, 1)
