"""Free-text convoy names became convoys; load and seats came out of the words, and the rest of the words stayed."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("convoys", None), ("agreements", None), ("fleet", "0002_terminal")]


@pytest.mark.django_db(transaction=True)
def test_names_are_carried_over(city):
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    old = executor.loader.project_state([("fleet", "0002_terminal")]).apps
    try:
        vehicle, past = old.get_model("fleet", "Vehicle"), old.get_model("fleet", "HistoricalVehicle")
        for code, convoy, capacity, area in (
            ("A", "一队", "载重 10 吨", "371526"),
            ("B", "一队 ", "49 座，带轮椅位", "371526"),
            ("C", "市队", "25 吨", "371502"),
            ("D", "市队", "", "371526"),
            ("E", "", "3000 立方米/时", "371526"),
        ):
            row = vehicle.objects.create(
                code=code, name="车", kind="truck", convoy=convoy, capacity=capacity, area_id=area
            )
            past.objects.create(
                id=row.pk, code=code, name="车", kind="truck", convoy=convoy, capacity=capacity, area_id=area,
                history_date=row.created_at, created_at=row.created_at, updated_at=row.updated_at, history_type="+",
            )  # fmt: skip
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    from anlan.areas.transport.fleet.models import Convoy, Vehicle

    assert sorted(Convoy.objects.values_list("name", "area")) == [("一队", "371526"), ("市队", "371500")]
    assert list(Vehicle.objects.values_list("code", "convoy__name", "load_t", "seats", "capacity")) == [
        ("A", "一队", 10.0, None, ""), ("B", "一队", None, 49, "带轮椅位"), ("C", "市队", None, None, "25 吨"),
        ("D", "市队", None, None, ""), ("E", None, None, None, "3000 立方米/时"),
    ]  # fmt: skip
    assert Vehicle.objects.get(code="A").history.get().convoy.name == "一队"
