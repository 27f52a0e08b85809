"""A street of gas: a source, three valves one after the other, a school and homes behind them, a branch behind a regulator."""

import pytest

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.foundation.accounts.models import Department

#: Pipes from node to node with the longitude of both ends; all lie on one parallel in 高唐县.
PIPES = (("P1", "src", "a1", 116.200, 116.210), ("P2", "a2", "b1", 116.210, 116.220), ("P3", "b2", "c1", 116.220, 116.230),
         ("P4", "c2", "end", 116.230, 116.240))  # fmt: skip
LAT = 36.80
VALVES = (("V1", "a1", "a2", 116.210, 10), ("V2", "b1", "b2", 116.220, 20), ("V3", "c1", "c2", 116.230, None))


@pytest.fixture
def company(city):
    return Department.objects.create(code="gas", name="示例燃气", kind="enterprise", area_id="371526")


@pytest.fixture
def make_pipe(rules, company):
    def make(code, start, end, west, east, lat=LAT, area="371526001", owner=None, **rest) -> GasPipe:
        known = {
            "grade": "medium_a",
            "pressure_mpa": 0.3,
            "outer_mm": 219,
            "wall_mm": 7,
            "material": "steel",
            "depth_m": 1.2,
        }
        pipe = GasPipe(
            code=code, name=f"{code}段", area_id=area, department=owner or company, start_node=start, end_node=end,
            line=f"{west},{lat};{east},{lat}", **(known | rest),
        )  # fmt: skip
        pipe.full_clean()
        pipe.save()
        return pipe

    return make


@pytest.fixture
def make_point(rules, company):
    def make(code, kind, node, far_node="", lon=116.2, area="371526001", owner=None, **rest) -> GasPoint:
        rest = ({"valve_state": "open"} if kind == "valve" else {}) | rest
        point = GasPoint(
            code=code, name=f"{code}点", kind=kind, area_id=area, department=owner or company, node=node,
            far_node=far_node, lon=lon, lat=LAT, **rest,
        )  # fmt: skip
        point.full_clean()
        point.save()
        return point

    return make


@pytest.fixture
def street(make_pipe, make_point):
    """Source - P1 - V1 - P2 - V2 - P3 - V3 - P4; a school after P2, homes at the end, gas in P1 to P4."""
    for row in PIPES:
        make_pipe(*row)
    for code, node, far, lon, minutes in VALVES:
        make_point(code, "valve", node, far, lon, minutes=minutes)
    make_point("S1", "source", "src")
    make_point("U1", "users", "b1", lon=116.22, users="school", customers=1)
    make_point("U2", "users", "end", lon=116.24, users="homes", customers=300)


@pytest.fixture
def pipe(street):
    """A pipe of the street by its code."""
    return lambda code: GasPipe.objects.get(code=code)


@pytest.fixture
def gas_officer(people, company, client):
    """A browser of the gas company's safety officer, who keeps the own records only."""
    from django.test import Client

    from anlan.foundation.accounts.models import Post
    from anlan.foundation.accounts.services import make_user

    post = Post.objects.create(department=company, title="安全员", role="enterprise")
    user = make_user(
        username="gas", full_name="燃气安全员", password="Anlan-demo-2026", department=company, posts=[post]
    )
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.user = user
    return browser
