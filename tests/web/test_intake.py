"""Taking a call: suggestions while typing, what is missing stays beside its field, nothing typed is lost."""

import pytest

from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.services import load_event_kinds
from anlan.web.intake import kinds_named, places_in

CALL = {
    "kind": "12G00",
    "place": "高唐县姜店镇粮库",
    "area": "371526105",
    "description": "粮库东侧平房起火，有浓烟",
    "trapped": "2",
    "caller": "李某",
    "caller_phone": "13800001111",
    "source": "119 转警",
}


@pytest.fixture
def browser(client_of, rules):
    load_event_kinds()
    return client_of("duty_officer")


def test_a_call_becomes_an_incident_with_what_is_known(browser):
    answer = browser.post("/incidents/raise/", CALL)
    found = Incident.objects.get()
    assert answer.url == f"/incidents/{found.pk}/"
    assert (found.trapped, found.dead, found.source) == (2, None, "119 转警 李某")
    assert found.title == "高唐县姜店镇粮库火灾事故"


def test_what_is_missing_is_said_and_the_rest_stays(browser):
    page = browser.post("/incidents/raise/", CALL | {"description": "", "area": ""}).content.decode()
    assert not Incident.objects.exists()
    assert 'id="error-description"' in page
    assert 'value="高唐县姜店镇粮库"' in page
    assert 'value="13800001111"' in page
    assert 'value="12G00" checked' in page


def test_times_that_cannot_be_are_refused_beside_the_field(browser):
    page = browser.post("/incidents/raise/", CALL | {"occurred_at": "2099-01-01T08:00"}).content.decode()
    assert 'id="error-occurred_at"' in page


def test_another_call_about_the_same_is_noted_or_merged(browser):
    browser.post("/incidents/raise/", CALL)
    first = Incident.objects.get()
    given = {name: CALL[name] for name in ("kind", "place", "area", "description")}
    alike = browser.get("/incidents/raise/alike/", given).content.decode()
    assert first.title in alike
    assert "补记到这起" in alike
    browser.post(
        "/incidents/raise/", {"note_to": first.pk, "description": "火势变大", "dead": "1", "source": "群众来电"}
    )
    first.refresh_from_db()
    assert (Incident.objects.count(), first.dead) == (1, 1)
    assert first.timeline.filter(text__contains="火势变大").exists()
    browser.post("/incidents/raise/", CALL | {"merge_into": first.pk})
    assert Incident.objects.get(merged_into=first).status == "merged"


def test_an_exercise_is_marked(browser):
    browser.post("/incidents/raise/", CALL | {"is_exercise": "on"})
    assert Incident.objects.get().is_exercise


@pytest.mark.parametrize(("words", "code"), [("着火", "12G00"), ("车祸", "12H00"), ("地震", "11C00"), ("12D", "12D00")])
def test_kinds_are_found_by_everyday_words(browser, words, code):
    assert kinds_named(words)[0].pk == code
    assert code in browser.get("/incidents/raise/kinds/", {"kind_words": words}).content.decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("高唐县姜店镇东街", "371526105"),
        ("姜店粮库", "371526105"),
        ("高唐城区", "371526"),
        ("古楼街道某小区", "371502001"),
    ],
)
def test_areas_are_found_in_what_was_typed(people, text, code):
    assert places_in(text, people["duty_officer"])[0].area.pk == code


def test_a_county_desk_is_offered_its_own_areas_only(people, browser, client_of):
    page = client_of("county").get("/incidents/raise/areas/", {"place": "茌平区振兴街道"}).content.decode()
    assert "371503" not in page
    assert "371526" in page


def test_who_takes_no_calls_has_no_page(client_of):
    assert client_of("analyst").get("/incidents/raise/").status_code == 403
