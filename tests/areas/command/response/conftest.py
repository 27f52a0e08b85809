"""A city with its departments, the sample flood plan, and a rain incident."""

import pytest


@pytest.fixture
def offices(people, city):
    """The departments of the plan and ten further zones, so that a level means a hundred orders."""
    from anlan.foundation.accounts.services import load_departments
    from anlan.foundation.places.models import Area

    for number in range(10):
        Area.objects.create(
            code=f"37158{number}", name=f"示例县{number}", level="county", parent=city
        ) if number != 1 else None
    load_departments(city)


@pytest.fixture
def plan(offices, rules, city):
    from anlan.areas.command.response import demo
    from anlan.areas.command.response.models import Plan

    demo.load(city)
    return Plan.objects.get(code="flood-control")


@pytest.fixture
def flood(people, rules):
    from anlan.foundation.incidents.services import load_event_kinds, raise_incident

    load_event_kinds()
    return raise_incident(
        actor=people["duty_officer"], title="利奇马暴雨", kind="11B03", area="371500", place="全市",
        lon=116.0, lat=36.5, figures={"trapped": 3}, source="县应急局",
    )  # fmt: skip
