"""A convoy is proven piece by piece; the plan's number counts those that meet the standard; old names became convoys."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from anlan.areas.transport.fleet.models import Convoy, Driver, Gear, Vehicle
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.rules.models import Rule

LATER = timezone.localdate() + timedelta(days=200)
STANDARD = {
    "people": 3, "drivers": 2, "vehicles": 2, "by_kind": [{"kinds": ["bus"], "least": 1}],
    "gear": [{"kind": "radio", "least": 2}],
}  # fmt: skip


@pytest.fixture
def convoy(city, rules):
    Rule.objects.filter(code="transport.convoy_standard").update(params=STANDARD)
    made = Convoy.objects.create(code="C1", name="一号车队", area_id="371502")
    for number, kind in enumerate(("bus", "truck"), 1):
        Vehicle.objects.create(
            code=f"鲁P{number}", name="车", kind=kind, area_id="371502", convoy=made, inspected_until=LATER
        )
        Driver.objects.create(
            code=f"D{number}", name="甲", area_id="371502", convoy=made, licence="A1", licence_until=LATER,
            qualification_until=LATER,
        )  # fmt: skip
    Driver.objects.create(code="D3", name="乙", duty="mechanic", area_id="371502", convoy=made)
    Gear.objects.create(code="G1", convoy=made, kind="radio", quantity=2, area_id="371502")
    return made


def fresh(convoy):
    return Convoy.objects.get(pk=convoy.pk).proof


def count(area="371500"):
    found = indicators()["emergency_convoys"].compute(area, timezone.now())
    return found.value, found.samples


def test_a_whole_convoy_meets_the_standard_and_is_counted(convoy):
    assert fresh(convoy).meets
    assert fresh(convoy).is_ready
    assert convoy.readiness == 100
    assert count() == (1, 1)
    assert count("371526") == (None, 0)


def test_what_is_in_repair_still_counts_for_the_standard_but_cannot_leave(convoy):
    Vehicle.objects.filter(code="鲁P1").update(status="repair")
    proof = fresh(convoy)
    assert proof.meets
    assert not proof.is_ready
    assert [line.title for line in proof.missing] == ["车辆", "客车"]
    assert proof.faults == ["车 鲁P1：维修"]
    assert count() == (1, 1)


@pytest.mark.parametrize(
    ("model", "code", "change", "fault"),
    [
        (Vehicle, "鲁P1", {"inspected_until": timezone.localdate() - timedelta(days=1)}, "到期"),
        (Vehicle, "鲁P1", {"inspected_until": None}, "年检有效期未登记"),
        (Driver, "D1", {"qualification_until": None}, "从业资格有效期未登记"),
        (Driver, "D1", {"licence_until": timezone.localdate() - timedelta(days=1)}, "驾驶证"),
        (Gear, "G1", {"quantity": 1}, ""),
        (Gear, "G1", {"valid_until": timezone.localdate() - timedelta(days=1)}, "有效期"),
    ],
)
def test_what_is_expired_or_not_proven_does_not_count(convoy, model, code, change, fault):
    model.objects.filter(code=code).update(**change)
    assert not fresh(convoy).meets
    assert fault in "".join(fresh(convoy).faults)
    assert count() == (0, 1)


def test_a_stood_down_or_special_convoy_is_not_the_plans(convoy):
    Convoy.objects.update(is_comprehensive=False)
    assert count() == (None, 0)
    Convoy.objects.update(is_comprehensive=True, status="stood_down")
    assert count() == (None, 0)


def test_without_a_standard_nothing_is_claimed(convoy):
    Rule.objects.filter(code="transport.convoy_standard").delete()
    assert count() == (None, 1)
    assert fresh(convoy).readiness is None


def test_the_page_shows_the_proof(convoy, client_of):
    Vehicle.objects.filter(code="鲁P1").update(inspected_until=None)
    page = client_of("transport").get(f"/registers/convoys/{convoy.pk}/").content.decode()
    assert "编成证明" in page
    assert "车 鲁P1：年检有效期未登记" in page
    assert "未达标准" in page
    assert "待核对" in page


def test_load_and_seats_are_read_from_the_old_words():
    carry = import_module("anlan.areas.transport.fleet.migrations.0004_convoys_from_names")
    assert carry.LOAD.search("载重 10 吨")[1] == "10"
    assert carry.SEATS.search("49 座")[1] == "49"
    assert carry.LOAD.search("25 吨") is None


def test_sample_convoys_show_both_sides(city, rules, settings):
    from anlan.areas.transport.fleet import demo
    from anlan.foundation.places.models import Area

    for code in ("371502", "371503", "371526", "371581"):
        Area.objects.filter(pk=code).update(lon=116, lat=36.5)
    demo.load(city)
    states = [one.proof.meets for one in Convoy.objects.order_by("code")]
    assert states[0] is True
    assert False in states
    assert apps.get_model("fleet", "Driver").objects.filter(is_demo=True).count() > 20
