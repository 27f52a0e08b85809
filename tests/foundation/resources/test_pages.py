"""Ask for resources, choose by nearness and readiness, follow them until they are released."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.foundation.notices.models import Notice
from anlan.foundation.resources import queries
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.foundation.resources.services import request_resource


@pytest.fixture
def flood(people, rules):
    from anlan.foundation.incidents.services import load_event_kinds, raise_incident

    load_event_kinds()
    return raise_incident(
        actor=people["duty_officer"], title="下穿立交积水被困", kind="11B03", area="371526", place="高唐县北湖路",
        lon=116.23, lat=36.87, figures={"trapped": 2}, source="群众来电",
    )  # fmt: skip


@pytest.fixture
def teams(people, city):
    """Two teams that stand by: one near, one far away."""
    from anlan.areas.rescue.teams.models import Team

    def team(code: str, lon: float) -> Team:
        return Team.objects.create(
            code=code, name=f"{code}队", kind=Team.Kind.choices[0][0], area_id="371526", lon=lon, lat=36.87,
            department=people["county"].department, people=20, phone="0635-1",
        )  # fmt: skip

    return [team("near", 116.25), team("far", 116.60)]


@pytest.fixture
def wanted(people, flood, teams):
    return request_resource(
        actor=people["duty_officer"], incident=flood, kind="team", what="水上救援队", quantity=2,
        needed_by=timezone.now() + timedelta(hours=1),
    )  # fmt: skip


def test_asking_leads_to_the_candidates_nearest_first(client_of, flood, teams):
    officer = client_of("duty_officer")
    address = reverse("resources:ask", args=[flood.pk])
    assert officer.post(address, {"kind": "team", "what": "", "quantity": "1"}).status_code == 422
    answer = officer.post(address, {"kind": "team", "what": "水上救援队", "quantity": "2"})
    made = ResourceRequest.objects.get()
    assert answer.url == reverse("resources:request", args=[made.pk])
    assert (made.place, made.lon) == ("高唐县北湖路", 116.23)
    page = officer.get(answer.url)
    assert [c.record.code for c in page.context["candidates"]] == ["near", "far"]
    assert "直线 1.8 千米" in page.content.decode()
    assert "战备" in page.content.decode()
    assert "水上救援队" in officer.get(reverse("resources:requests"), {"incident": flood.pk}).content.decode()


def test_a_resource_is_assigned_and_its_unit_called_moves_and_is_released(client_of, people, wanted, teams):
    officer, county = client_of("duty_officer"), client_of("county")
    officer.post(
        reverse("resources:assign", args=[wanted.pk]), {"ledger": "teams", "object_id": teams[0].pk, "reason": ""}
    )
    made = Assignment.objects.get()
    assert "直线 1.8 千米" in made.reason
    assert Notice.objects.get(subject_type__model="assignment").post.department == people["county"].department
    page = county.get(reverse("resources:request", args=[wanted.pk])).content.decode()
    assert 'value="under_way"' in page
    move = reverse("resources:move", args=[made.pk])
    for status in ("under_way", "on_site", "released"):
        county.post(move, {"status": status})
    made.refresh_from_db()
    assert made.status == "released"
    assert made.under_way_at <= made.on_site_at <= made.released_at
    county.post(move, {"status": "under_way"})
    made.refresh_from_db()
    assert made.status == "released", "steps are never taken back"
    wanted.refresh_from_db()
    assert wanted.status == "fulfilled"


def test_a_bound_resource_goes_only_with_a_reason(client_of, people, wanted, teams, flood):
    officer = client_of("duty_officer")
    address = reverse("resources:assign", args=[wanted.pk])
    choice = {"ledger": "teams", "object_id": teams[0].pk}
    officer.post(address, choice)
    refused = officer.post(address, choice)
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    assert [c.record.code for c in refused.context["candidates"]] == ["far", "near"]
    officer.post(address, choice | {"reason": "更近"})
    assert Assignment.objects.count() == 2
    assert officer.post(address, {"ledger": "nothing", "object_id": 1}).status_code == 422


def test_a_request_is_taken_back_with_a_reason(client_of, wanted):
    officer, address = client_of("duty_officer"), reverse("resources:cancel", args=[wanted.pk])
    assert officer.post(address, {"reason": ""}).status_code == 422
    officer.post(address, {"reason": "水位已退"})
    wanted.refresh_from_db()
    assert wanted.status == "cancelled"


def test_others_see_neither_the_request_nor_the_buttons(client_of, wanted, flood, people):
    page = reverse("resources:request", args=[wanted.pk])
    assert client_of("analyst").get(page).context["candidates"] == []
    assert client_of("analyst").post(reverse("resources:assign", args=[wanted.pk])).status_code == 403
    assert client_of("enterprise").get(page).status_code == 404
    assert client_of("field").get(reverse("resources:ask", args=[flood.pk])).status_code == 403
    other = people["county"]
    type(flood).objects.filter(pk=flood.pk).update(area_id="371502")
    assert client_of("county").get(page).status_code == 404
    assert queries.requests_for(other).count() == 0


def test_the_room_shows_what_was_asked_for(client_of, wanted, flood):
    page = client_of("duty_officer").get(reverse("web:incident", args=[flood.pk])).content.decode()
    assert reverse("resources:request", args=[wanted.pk]) in page
    assert reverse("resources:ask", args=[flood.pk]) in page
