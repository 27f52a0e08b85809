"""What models compose is kept with its template, so that a page in another language can say it."""

import pytest
from django.utils.translation import override

from anlan.areas.risk.prediction import wording
from anlan.areas.risk.prediction.models import Run
from anlan.science.hazards.sentences import tell

ENGLISH = {"{fuel} {released:g} kg 火球": "Fireball of {released:g} kg {fuel}", "液化石油气（按丙烷）": "LPG"}


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setattr(wording, "gettext", lambda text: ENGLISH.get(text, text))


def test_a_composed_figure_and_note_can_be_said_in_english(ask, english, client_of):
    run = ask(members=20)
    source = next(one["value"] for one in run.figures if one["name"] == "source")
    assert source["text"] == "液化石油气（按丙烷） 50000 kg 火球"
    assert wording.said(source) == "Fireball of 50000 kg LPG"
    assert any(isinstance(note, dict) and note["values"]["count"] == 20 for note in run.notes)
    told = client_of("duty_officer").get(f"/api/v1/hazards/runs/{run.pk}").json()
    assert all(isinstance(note, str) for note in told["notes"])
    assert next(one["value"] for one in told["figures"] if one["name"] == "source") == "Fireball of 50000 kg LPG"


def test_what_runs_kept_before_is_still_told():
    assert wording.said("旧的说明。") == "旧的说明。"
    assert wording.said({"text": "共 3 处", "template": "共 {count} 处", "values": {}}) == "共 3 处"
    assert wording.said(tell("{why}。", why=["甲", "乙"])) == "甲、乙。"


def test_what_a_model_refuses_is_said_in_the_language_of_the_reader(ask, client_of):
    run = ask(hazard="toxic_release", inputs={
        "substance": "chlorine", "source": {"kind": "tank_liquid", "hole_mm": 20, "mass_kg": 1000, "temperature_c": 30, "liquid_head_m": 1},
        "weather": {"wind_m_s": 3, "wind_from_deg": 0, "temperature_c": 30},
    })  # fmt: skip
    assert run.status == Run.Status.REFUSED, run.problem
    assert "氯 在 30 ℃ 已过热，请选液化气体" in run.problem
    browser = client_of("duty_officer")
    assert "氯 在 30 ℃ 已过热，请选液化气体" in browser.get(f"/predictions/{run.pk}/").content.decode()
    with override("en"):
        page = browser.get(f"/predictions/{run.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "Chlorine is superheated at 30 ℃; choose a liquefied gas" in page


def test_a_wrong_input_is_said_in_the_language_of_the_reader(rules, villages, client_of):
    body = {
        "lon": "116.3",
        "lat": "36.8",
        "members": "0",
        "fireball": "on",
        "fireball.fuel": "lpg",
        "fireball.mass_kg": "-3",
    }
    with override("en"):
        page = client_of("duty_officer").post("/predictions/new/fire/", body, headers={"accept-language": "en"})
    assert page.status_code == 400
    assert "-3 is below the least value" in page.content.decode()
