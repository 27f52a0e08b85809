"""What models compose is kept with its template, so that a page in another language can say it."""

import pytest

from anlan.areas.risk.prediction import wording
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
