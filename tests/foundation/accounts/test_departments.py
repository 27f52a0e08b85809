"""The departments are the units that the plan names, word for word, and a few that the laws add."""

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from anlan.foundation.accounts.models import Department
from anlan.foundation.accounts.services import load_departments
from anlan.oversight import plan


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    text = (files("anlan.foundation.accounts") / "data" / "departments.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["department"]


def names_of(row: dict) -> set[str]:
    return {row["name"], *row.get("also_named", ())}


def test_departments_are_the_units_of_the_plan(rows):
    named = [row for row in rows if row["named_by"] == "plan"]
    owners = {owner for project in plan.load().projects for owner in project.owners}
    assert set().union(*map(names_of, named)) == set(plan.load().units()) | owners
    assert tuple(row["name"] for row in named)[: len(plan.load().units())] == plan.load().units()


def test_a_unit_that_the_plan_does_not_name_says_why_it_is_here(rows):
    others = [row for row in rows if row["named_by"] != "plan"]
    assert {row["named_by"] for row in others} == {"law"}
    assert all(row["reason"] for row in others)


def test_codes_and_names_are_unique(rows):
    for key in ("code", "name", "short_name", "name_en"):
        assert [value for value, count in Counter(row[key] for row in rows).items() if count > 1] == []


def test_every_row_fits_the_record(rows):
    for row in rows:
        assert row["kind"] in Department.Kind
        assert row["level"] in ("city", "province")
        assert len(row["code"]) <= 40
        assert len(row["short_name"]) <= 40


def test_loading_twice_changes_nothing(city, rows):
    load_departments(city)
    assert Department.objects.get(name="市检察院").get_kind_display() == "司法机关"
    assert Department.objects.get(name="省应急厅").area_id == "370000"
    assert Department.objects.count() > len(rows)
    assert load_departments(city) == 0
