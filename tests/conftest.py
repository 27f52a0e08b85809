"""What every test with the database starts from: a small city, one person a role, the rules."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
PASSWORD = "Anlan-demo-2026"

AREAS = [
    ("370000", "山东省", "province", None, None, None),
    ("371500", "聊城市", "city", "370000", 115.985371, 36.456704),
    ("371502", "东昌府区", "county", "371500", 115.97065, 36.48869),
    ("371503", "茌平区", "county", "371500", 116.25, 36.58),
    ("371526", "高唐县", "county", "371500", 116.23, 36.87),
    ("371581", "临清市", "county", "371500", 115.70, 36.84),
    ("371572", "聊城高新技术产业开发区", "zone", "371500", None, None),
    ("371502001", "古楼街道", "township", "371502", 115.956142, 36.469224),
    ("371502110", "顾官屯镇", "township", "371502", 116.05, 36.38),
    ("371503001", "振兴街道", "township", "371503", 116.26, 36.58),
    ("371526001", "鱼邱湖街道", "township", "371526", 116.23, 36.86),
    ("371526105", "姜店镇", "township", "371526", 116.30, 36.80),
    ("371526105201", "姜店村", "village", "371526105", None, None),
]


@pytest.fixture(autouse=True)
def _immediate_jobs():
    """Jobs run at once, where they are enqueued."""
    from anlan.foundation.jobs.queue import queue

    queue.immediate = True


@pytest.fixture
def shared() -> Path:
    """The folder of reference data beside the checkout; the test is skipped where it is absent."""
    if not SHARED.exists():
        pytest.skip("the shared reference folder is not beside this checkout")
    return SHARED


@pytest.fixture
def city(db):
    """聊城市 with four counties, a zone and a few townships."""
    from anlan.foundation.places.models import Area

    for code, name, level, parent, lon, lat in AREAS:
        Area.objects.create(code=code, name=name, level=level, parent_id=parent, lon=lon, lat=lat)
    Area.objects.filter(code="371502110").update(zone_id="371572")
    return Area.objects.get(pk="371500")


@pytest.fixture
def rules(db):
    """The catalogue of rules, loaded; roads are driven freely, at whatever hour the tests run."""
    from anlan.foundation.rules.models import Rule
    from anlan.foundation.rules.services import load_rules

    load_rules()
    hours = Rule.objects.get(code="roads.time_of_day")
    for day in ("workday", "rest"):
        hours.params[day] = {name: [1] * 24 for name in hours.params[day]}
    hours.save()


@pytest.fixture
def people(city):
    """One person for each role, city-wide; `county` works for 高唐县, `enterprise` for a works in the zone."""
    from anlan.foundation.accounts.models import Department, Post
    from anlan.foundation.accounts.roles import ROLES
    from anlan.foundation.accounts.services import make_user

    bureau = Department.objects.create(code="yjj", name="市应急局", short_name="市应急局", area=city)
    county = Department.objects.create(code="371526-yjj", name="高唐县应急管理局", area_id="371526", parent=bureau)
    works = Department.objects.create(code="works", name="示例化工", kind="enterprise", area_id="371572")
    found = {}
    for code, role in ROLES.items():
        unit = works if role.is_own_only else bureau
        post = Post.objects.create(department=unit, title=str(role.title), role=code)
        found[code] = make_user(
            username=code, full_name=f"{role.title}甲", password=PASSWORD, department=unit, posts=[post]
        )
    post = Post.objects.create(department=county, title="值班室", role="department")
    found["county"] = make_user(
        username="county", full_name="高唐值班", password=PASSWORD, department=county, posts=[post]
    )
    return found


@pytest.fixture
def client_of(people):
    """A signed-in browser for a role: `client_of("duty_officer").get("/")`."""
    from django.test import Client

    def make(role: str) -> Client:
        client = Client()
        client.force_login(people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
