"""A flood team of 高唐县 with a leader who can sign in, its people, and an inundation to go to."""

from types import SimpleNamespace

import pytest

from anlan.areas.rescue.teams.models import Member, Team
from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.incidents.models import EventKind, Incident
from tests.conftest import PASSWORD


@pytest.fixture
def crew(people, rules):
    """The team, its unit, its leader and four members, and people of other units."""
    bureau = Department.objects.get(code="371526-yjj")
    unit = Department.objects.create(code="gt-team", name="高唐县救援队", area_id="371526", parent=bureau)
    post = Post.objects.create(department=unit, title="队长", role="field")
    leader = make_user(username="leader", full_name="队长乙", password=PASSWORD, department=unit, posts=[post])
    team = Team.objects.create(
        code="T1", name="高唐排涝队", kind="flood", area_id="371526", department=unit, leader=leader, people=10,
        min_on_duty=4, lon=116.23, lat=36.86,
    )  # fmt: skip
    members = [Member.objects.create(team=team, code=f"M{n}", name=f"队员{n}") for n in range(4)]
    return SimpleNamespace(team=team, unit=unit, leader=leader, members=members, people=people)


@pytest.fixture
def flood(city):
    """An inundation in 姜店镇."""
    EventKind.objects.create(code="11A02", name="内涝", category="natural")
    return Incident.objects.create(
        code="371526-1", title="姜店内涝", kind_id="11A02", area_id="371526105", place="姜店镇", lon=116.3, lat=36.8
    )


@pytest.fixture
def browser_of():
    """A browser that somebody is signed in to."""
    from django.test import Client

    def make(user) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
