"""A study chooses the sites that gain most, proven, inside the asker's areas."""

from itertools import combinations

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from anlan.areas.rescue.stations import queries, services
from anlan.areas.rescue.stations.models import SiteStudy
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.places.models import Area


@pytest.fixture
def ask(people, station, django_capture_on_commit_callbacks):
    def make(who="commander", area="371500", count=1, minutes=5.0):
        with django_capture_on_commit_callbacks(execute=True):
            study = services.start_study(
                actor=people[who],
                area=Area.objects.get(pk=area),
                count=count,
                minutes=minutes,
                with_closures=True,
                speeds="free",
            )
        study.refresh_from_db()
        return study

    return make


@pytest.mark.parametrize("count", [1, 2])
def test_the_sites_are_those_that_gain_most(ask, people, count):
    study = ask(count=count)
    assert study.status == SiteStudy.Status.DONE
    found = queries.coverage_for(people["commander"], minutes=5, with_closures=True, speeds="free")
    covers = found.reach.covers(found.villages.places, found.villages.places, 5)
    worth = np.where(found.times <= 5, 0, found.villages.people)
    best = max(worth[covers[list(s)].any(axis=0)].sum() for s in combinations(range(4), count))
    assert study.gain == study.bound == best
    assert study.gap_percent == 0
    assert sum(site["gain"] for site in study.sites) == best
    assert len(study.sites) == count
    assert AuditEntry.objects.filter(action="sitestudies.start").count() == 1


def test_a_county_asks_for_itself_only(ask):
    assert {site["code"][:6] for site in ask("county", "371526").sites} == {"371526"}
    with pytest.raises(PermissionDenied):
        ask("county", "371502")
    with pytest.raises(PermissionDenied):
        ask("field", "371500")


def test_what_cannot_be_asked_is_refused(ask):
    with pytest.raises(ValidationError, match="1 到 10"):
        ask(count=11)
    assert ask(area="371503").status == SiteStudy.Status.FAILED


def test_the_page_asks_and_shows(station, client_of, django_capture_on_commit_callbacks):
    client = client_of("duty_officer")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("stations:study"), {"area": "371526", "count": 1, "minutes": 5})
    assert answer.status_code == 302
    page = client.get("/coverage/").content.decode()
    assert "已证明最优" in page
    assert "按自由流车速" in page
    client.post(reverse("stations:study"), {"area": "371526", "count": 99, "minutes": 5})
    assert SiteStudy.objects.count() == 1
