"""Parks, enterprises with a duty, and the plan's targets, each counted only by what is recorded."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.stations.models import FireStation
from anlan.areas.rescue.teams import queries
from anlan.areas.rescue.teams.models import Agreement, ChemicalPark, Team
from anlan.areas.risk.safety.models import Enterprise
from anlan.foundation.indicators.registry import indicators


def value(code, area="371500"):
    found = indicators()[code].compute(area, timezone.now())
    return found.value, found.samples


@pytest.fixture
def works(people, rules):
    """Enterprises with and without a duty."""
    rows = [
        ("E1", "chemical", 1200), ("E2", "chemical", 400), ("E3", "chemical", 50), ("E4", "chemical", None),
        ("E5", "other", 5000),
    ]  # fmt: skip
    return {
        code: Enterprise.objects.create(code=code, name=f"企业{code}", sector=sector, employees=n, area_id="371526")
        for code, sector, n in rows
    }


def lines(user):
    found = queries.duties_of(queries.enterprises_for(user), timezone.localdate())
    return {one.enterprise.code: (one.duty, one.is_met) for one in found}


def test_the_strictest_duty_counts_and_a_claim_is_not_a_team(works, people):
    Enterprise.objects.filter(code="E1").update(has_rescue_team=True)
    assert lines(people["county"]) == {
        "E1": ("fire_brigade", False), "E2": ("rescue_team", False), "E3": ("agreement", False),
        "E4": ("agreement", False),
    }  # fmt: skip
    assert value("rescue.enterprise_duty_met") == (0.0, 4)
    Team.objects.create(code="T1", name="企业队", kind="enterprise", area_id="371526", people=20, enterprise_code="E1")
    other = Team.objects.create(code="T2", name="邻队", kind="chemical", area_id="371526", people=20)
    today = timezone.localdate()
    for number, code in enumerate(("E2", "E3")):
        Agreement.objects.create(team=other, code=f"A{number}", kind="service", enterprise_code=code, signed_on=today)
    found = lines(people["county"])
    assert found["E1"] == ("fire_brigade", True)
    assert found["E2"] == ("rescue_team", False), "a medium works needs a team of its own"
    assert found["E3"] == ("agreement", True)
    Agreement.objects.update(signed_on=today - timedelta(days=10), expires_on=today - timedelta(days=1))
    assert lines(people["county"])["E3"] == ("agreement", False)


def test_the_page_shows_the_gaps_and_names_the_law(works, client_of):
    page = client_of("department").get(reverse("teams:duties")).content.decode()
    assert "4 家有义务，4 家未落实" in page
    assert "消防法第三十九条" in page
    assert "待核对" in page
    assert "从业人数未知" in page
    assert client_of("field").get(reverse("teams:duties")).status_code == 200


def test_a_park_counts_with_a_valid_agreement_and_an_accepted_team(people, rules, settings):
    assert value("chemical_park_rescue_teams") == (None, 0)
    parks = [ChemicalPark.objects.create(code=f"P{n}", name=f"园区{n}", area_id="371526") for n in range(3)]
    team = Team.objects.create(code="T1", name="危化队", kind="chemical", area_id="371526", people=20)
    today = timezone.localdate()
    for park in parks[:2]:
        Agreement.objects.create(team=team, code=park.code, kind="park", park=park, signed_on=today)
    assert value("chemical_park_rescue_teams") == (0, 3), "nobody accepted the team as up to standard"
    Team.objects.update(accepted_on=today)
    assert value("chemical_park_rescue_teams") == (2, 3)
    Agreement.objects.filter(park=parks[0]).update(expires_on=today - timedelta(days=1))
    assert value("chemical_park_rescue_teams") == (1, 3)
    ChemicalPark.objects.update(is_demo=True)
    assert value("chemical_park_rescue_teams") == (None, 0)


def test_targets_count_what_the_plan_names(people, rules):
    today = timezone.localdate()
    assert value("professional_team_fields") == (None, 0)
    assert value("fire_force_structure") == (None, 0)
    Team.objects.create(code="T1", name="市防汛队", kind="flood", level="city", area_id="371502", people=9)
    Team.objects.create(code="T2", name="县医疗队", kind="medical", level="county", area_id="371526", people=9)
    Team.objects.create(code="T3", name="市危化队", kind="chemical", level="city", area_id="371502", people=9)
    Team.objects.create(code="T4", name="市矿山队", kind="mine", level="city", area_id="371502", people=9)
    assert value("professional_team_fields") == (2, 3)
    Team.objects.create(code="T5", name="厂队", kind="enterprise", area_id="371502", people=9, accepted_on=today)
    Team.objects.create(code="T6", name="厂队二", kind="enterprise", area_id="371502", people=9)
    assert value("enterprise_rescue_teams") == (1, 2)
    Team.objects.create(code="T7", name="林场队", kind="forest", forest_role="full_time", area_id="371502", people=9)
    assert value("rescue.forest_roles") == (1, 1)
    for n in range(4):
        FireStation.objects.create(code=f"S{n}", name="站", kind="first", area_id="371502", people=30, vehicles=5)
    assert value("fire_force_structure") == (None, 4), "nothing recorded is unknown, not zero"
    FireStation.objects.filter(code="S0").update(restructured_on=today)
    assert value("fire_force_structure") == (25.0, 4)


def test_an_enterprise_sees_and_keeps_its_own_team_only(people, rules, browser_of):
    unit = people["enterprise"].department
    own = Team.objects.create(code="T1", name="本厂队", kind="enterprise", area_id="371572", department=unit, people=9)
    other = Team.objects.create(code="T2", name="别厂队", kind="enterprise", area_id="371572", people=9)
    browser = browser_of(people["enterprise"])
    assert browser.get(own.get_absolute_url()).status_code == 200
    assert browser.get(other.get_absolute_url()).status_code == 404
    data = {"code": "M1", "name": "张示例", "job": "rescuer", "is_active": "on"}
    assert browser.post("/registers/teammembers/add/", data | {"team": "T1"}).status_code == 302
    assert browser.post("/registers/teammembers/add/", data | {"code": "M2", "team": "T2"}).status_code == 422
    assert browser.get(f"/registers/teams/{own.pk}/edit/").status_code == 403, "nobody accepts the own team"


def test_an_overview_lists_fields_parks_and_what_is_lacking(people, rules, client_of):
    page = client_of("commander").get(reverse("teams:overview")).content.decode()
    assert "传染病防控" in page
    assert "没有登记" in page
    assert "还没有登记化工园区" in page
    assert "防震减灾 0" in page
