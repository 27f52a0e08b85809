"""The page of limits: late first, legal and operational side by side, scoped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.foundation.clocks.queries import duties, running
from anlan.foundation.clocks.services import meet_clocks, start_clock


@pytest.fixture
def start(people):
    def make(title, minutes, *, kind="legal", role="county", area="371526"):
        return start_clock(
            subject=people[role].department,
            kind=kind,
            title=title,
            started_at=timezone.now() - timedelta(minutes=60),
            due_at=timezone.now() + timedelta(minutes=minutes),
            area_code=area,
            department=people[role].department,
        )

    return make


def test_late_ones_come_first_beside_one_another(start, people):
    start("首报", 30, role="duty_officer", area="371500")
    start("书面报告", -10)
    start("签收", 5, kind="operational")
    found = duties(list(running(people["duty_officer"])))
    assert [[c.title for c in d.clocks] for d in found] == [["书面报告", "签收"], ["首报"]]
    assert found[0].legal[0].lateness > timedelta(minutes=9)


def test_page_shows_what_runs_and_what_was_missed(start, people, client_of):
    start("书面报告", -10)
    browser = client_of("duty_officer")
    assert "书面报告" in browser.get("/clocks/").content.decode()
    assert "书面报告" not in browser.get("/clocks/?kind=operational").content.decode()
    meet_clocks(subject=people["county"].department)
    assert "书面报告" not in browser.get("/clocks/").content.decode()
    assert "书面报告" in browser.get("/clocks/?show=missed").content.decode()


def test_page_keeps_to_the_own_areas_and_roles(start, client_of):
    start("全市首报", 30, role="duty_officer", area="371500")
    assert "全市首报" not in client_of("county").get("/clocks/").content.decode()
    assert client_of("field").get("/clocks/").status_code == 403
