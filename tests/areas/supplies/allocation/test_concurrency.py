"""Two plans want the same stock and the same trucks at the same moment; one gets them, whole."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from anlan.areas.supplies.allocation import planning
from anlan.areas.supplies.allocation.computing import compute
from anlan.areas.supplies.allocation.requesting import Wanted, state_request
from anlan.areas.supplies.movements.models import Balance
from anlan.areas.supplies.movements.queries import unexplained
from anlan.foundation.incidents.models import Incident
from anlan.foundation.resources.models import Assignment

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_plans_approved_at_once_never_promise_the_same_tents(relief):
    second = Incident.objects.create(
        code="371526-2", title="另一处内涝", kind_id="11A01", area_id="371526105", place="姜店镇", status="responding"
    )
    state_request(
        actor=relief.officer, incident=second, area=relief.town,
        wanted=[Wanted(area=relief.town, place="姜店中学", item=relief.store.tent, quantity=25, lon=116.3, lat=36.8)],
    )  # fmt: skip
    plans = []
    for incident in (relief.incident, second):
        plan = planning.ask_plan(actor=relief.officer, incident=incident)
        compute(plan, lambda done, total: None)
        plans.append(planning.submit(actor=relief.officer, plan=plan))
    barrier = Barrier(2)

    def approve(plan) -> str:
        try:
            barrier.wait(10)
            planning.approve(actor=relief.commander, plan=plan)
        except ValidationError:
            return "refused"
        else:
            return "approved"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(approve, plans))
    assert sorted(outcomes) == ["approved", "refused"]
    won = plans[outcomes.index("approved")]
    wanted = sum(line.quantity for one in won.waybills.all() for line in one.lines.filter(item=relief.store.tent))
    tents = {row.place: row.quantity for row in Balance.objects.filter(lot=relief.store.tents)}
    assert tents == {"depot": 30 - wanted, "reserved": wanted}
    bound = list(Assignment.objects.values_list("ledger", "object_id"))
    assert len(bound) == len(set(bound))
    assert unexplained() == {}
