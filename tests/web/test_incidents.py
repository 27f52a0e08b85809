"""The incident room: what is known with its source, what may be done, and the past as it was known."""

import pytest

from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.services import load_event_kinds, raise_incident, update_figures


@pytest.fixture
def fire(people, rules):
    load_event_kinds()
    return raise_incident(
        actor=people["duty_officer"], title="高唐县仓库火灾", kind="12G00", area="371526105", place="姜店镇工业园",
        lon=116.3, lat=36.8, figures={"trapped": 2}, source="高唐县应急局",
    )  # fmt: skip


def room(browser, incident) -> str:
    answer = browser.get(f"/incidents/{incident.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_room_tells_figures_with_their_source_and_unknown_ones_as_unknown(client_of, fire):
    page = room(client_of("duty_officer"), fire)
    assert "高唐县应急局" in page
    assert page.count("尚无来源") == 6
    assert "信息报告" in page


def test_other_areas_see_nothing_of_it(client_of, fire, people):
    assert client_of("county").get(f"/incidents/{fire.pk}/").status_code == 200
    Incident.objects.filter(pk=fire.pk).update(area_id="371502001")
    for name in ("", "replay/"):
        assert client_of("county").get(f"/incidents/{fire.pk}/{name}").status_code == 404
    assert fire.title not in client_of("county").get("/incidents/?state=all").content.decode()


def test_the_list_is_narrowed_to_a_county(client_of, fire):
    officer = client_of("duty_officer")
    listed = {county: fire.title in officer.get("/incidents/", {"county": county}).content.decode()
              for county in ("371526", "371502", "x")}  # fmt: skip
    assert listed == {"371526": True, "371502": False, "x": True}


def test_figures_want_a_source_and_nothing_typed_is_lost(client_of, fire):
    browser = client_of("duty_officer")
    answer = browser.post(f"/incidents/{fire.pk}/figures/", {"dead": "3", "trapped": "-1", "source": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="3"' in page
    assert page.count("invalid-feedback") >= 2
    answer = browser.post(
        f"/incidents/{fire.pk}/figures/", {"dead": "3", "trapped": "0", "source": "现场指挥部"}, follow=True
    )
    fire.refresh_from_db()
    assert (fire.dead, fire.trapped, fire.missing) == (3, 0, None)


def test_the_loss_is_told_in_ten_thousands_and_kept_in_yuan(client_of, fire):
    browser = client_of("duty_officer")
    browser.post(f"/incidents/{fire.pk}/figures/", {"loss": "1200.5", "source": "应急局"})
    fire.refresh_from_db()
    assert fire.loss_yuan == 12_005_000
    assert "<b >1200.5</b>" in room(browser, fire)


def test_grade_is_proposed_with_its_clause_and_confirmed_by_a_person(client_of, fire, people):
    update_figures(actor=people["duty_officer"], incident=fire, figures={"dead": 3}, source="现场")
    browser = client_of("duty_officer")
    assert "493" in room(browser, fire)
    answer = browser.post(f"/incidents/{fire.pk}/grade/", {"grade": "IV"})
    assert answer.status_code == 422
    assert "理由" in answer.content.decode()
    browser.post(f"/incidents/{fire.pk}/grade/", {"grade": "III"})
    fire.refresh_from_db()
    assert fire.grade == "III"
    assert "第三条" in fire.grade_basis
    assert fire.grade_basis in room(browser, fire)


def test_notes_and_instructions_reach_the_timeline(client_of, fire):
    browser = client_of("duty_officer")
    browser.post(f"/incidents/{fire.pk}/note/", {"text": "火势已控制", "source": "消防"})
    browser.post(f"/incidents/{fire.pk}/note/", {"text": "全力救人", "leader": "张市长"})
    page = room(browser, fire)
    assert "火势已控制" in page
    assert "全力救人" in page
    assert set(fire.timeline.values_list("kind", flat=True)) >= {"note", "instruction"}


def test_who_may_only_look_finds_no_forms(client_of, fire):
    browser = client_of("auditor")
    assert "form-figures" not in room(browser, fire)
    assert browser.post(f"/incidents/{fire.pk}/note/", {"text": "x"}).status_code == 403


def test_replay_shows_what_was_known_then(client_of, fire, people):
    first = fire.timeline.get().recorded_at
    update_figures(actor=people["duty_officer"], incident=fire, figures={"dead": 1}, source="现场")
    browser = client_of("duty_officer")
    then = browser.get(f"/incidents/{fire.pk}/replay/", {"at": first.isoformat()}, headers={"HX-Request": "true"})
    assert '死亡</span><b class="is-unknown">未知' in then.content.decode()
    now = browser.get(f"/incidents/{fire.pk}/replay/").content.decode()
    assert "死亡</span><b >1" in now
    assert browser.get(f"/incidents/{fire.pk}/replay/", {"at": "no time"}).status_code == 200


def test_replay_shows_what_another_person_saw(client_of, fire, people):
    from anlan.foundation.incidents.services import record_entry

    record_entry(incident=fire, kind="note", text="只告知市级", actor=people["commander"], area_code="371500")
    mine = client_of("commander").get(f"/incidents/{fire.pk}/replay/").content.decode()
    theirs = client_of("commander").get(f"/incidents/{fire.pk}/replay/", {"as": "county"}).content.decode()
    assert "只告知市级" in mine
    assert "只告知市级" not in theirs
    # Nobody learns more by looking as somebody else.
    county = client_of("county").get(f"/incidents/{fire.pk}/replay/", {"as": "commander"}).content.decode()
    assert "只告知市级" not in county


def test_merges_into_another_of_choice(client_of, fire, people):
    other = raise_incident(
        actor=people["duty_officer"], title="姜店镇冒烟", kind="12G00", area="371526105", place="姜店镇"
    )
    client_of("duty_officer").post(f"/incidents/{other.pk}/merge/", {"into": fire.pk, "reason": "同一火情"})
    other.refresh_from_db()
    assert other.merged_into == fire
    assert other.code in room(client_of("duty_officer"), fire)


def test_a_secondary_incident_names_its_cause(client_of, fire, people):
    other = raise_incident(
        actor=people["duty_officer"], title="浓烟中追尾", kind="12G00", area="371526105", place="姜店镇"
    )
    browser = client_of("duty_officer")
    assert "由哪起事件引发" in room(browser, other)
    browser.post(f"/incidents/{other.pk}/cause/", {"cause": fire.pk, "reason": ""})
    other.refresh_from_db()
    assert other.cause is None, "a reason is needed"
    browser.post(f"/incidents/{other.pk}/cause/", {"cause": fire.pk, "reason": "浓烟飘到路面"})
    other.refresh_from_db()
    assert other.cause == fire
    assert f"引发次生事件 {other.code}" in room(browser, fire)
    assert f"由 {fire.code}" in room(browser, other)
    assert (
        "原因应先于后果发生"
        in browser.post(
            f"/incidents/{fire.pk}/cause/", {"cause": other.pk, "reason": "反了"}, follow=True
        ).content.decode()
    )
    browser.post(f"/incidents/{other.pk}/cause/", {"cause": "", "reason": "现场复核无关"})
    other.refresh_from_db()
    assert other.cause is None
    assert (
        client_of("analyst").post(f"/incidents/{other.pk}/cause/", {"cause": fire.pk, "reason": "x"}).status_code == 403
    )


def test_the_grade_is_final_only_when_figures_agree(client_of, fire, people):
    browser = client_of("duty_officer")
    update_figures(actor=people["duty_officer"], incident=fire, figures={"dead": 3}, source="现场")
    browser.post(f"/incidents/{fire.pk}/grade/", {"grade": "III"})
    assert "数字已核定" in room(browser, fire)
    browser.post(f"/incidents/{fire.pk}/final-grade/")
    assert "等级不再变化" in room(browser, fire)


def test_list_tells_exercises_from_real_ones(client_of, fire):
    browser = client_of("commander")
    assert fire.title in browser.get("/incidents/", {"exercise": "0"}).content.decode()
    assert fire.title not in browser.get("/incidents/", {"exercise": "1"}).content.decode()


def test_list_filters_by_state_and_words(client_of, fire):
    browser = client_of("commander")
    assert fire.title in browser.get("/incidents/", {"q": "仓库"}).content.decode()
    assert fire.title not in browser.get("/incidents/", {"q": "地震"}).content.decode()
    Incident.objects.filter(pk=fire.pk).update(status="closed")
    assert fire.title not in browser.get("/incidents/").content.decode()
    assert fire.title in browser.get("/incidents/", {"state": "all"}).content.decode()


def test_desk_gathers_what_waits(client_of, fire):
    page = client_of("duty_officer").get("/desk/").content.decode()
    assert fire.title in page
    assert "接报" in page
