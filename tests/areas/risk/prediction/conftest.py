"""A place with villages round it, an incident there, and somebody who asks for runs."""

import pytest

from anlan.areas.risk.prediction import services
from anlan.areas.risk.prediction.models import Run
from anlan.foundation.incidents.services import load_event_kinds, raise_incident
from anlan.foundation.places.models import Area

BALL = {"fireball": {"fuel": "lpg", "mass_kg": 50_000}}
PLACE = {"lon": 116.30, "lat": 36.80}


@pytest.fixture
def villages(city):
    """A village 300 m from the place and one 20 km away."""
    for number, lon, people in ((202, 116.3033, 800), (203, 116.52, 500)):
        Area.objects.create(
            code=f"371526105{number}", name=f"{number}村", level="village", parent_id="371526105", lon=lon, lat=36.80,
            population=people, population_note="合成数据", position_note="合成位置",
        )  # fmt: skip


@pytest.fixture
def ask(people, villages, rules, django_capture_on_commit_callbacks):
    def make(**values) -> Run:
        known = {"actor": people["duty_officer"], "hazard": "fire", "inputs": BALL} | PLACE
        with django_capture_on_commit_callbacks(execute=True):
            run = services.start_run(**(known | values))
        run.refresh_from_db()
        return run

    return make


@pytest.fixture
def incident(people, rules):
    load_event_kinds()
    return raise_incident(
        actor=people["duty_officer"], kind="12D00", title="储罐着火", place="姜店镇", area="371526105", **PLACE
    )
