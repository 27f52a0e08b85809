"""What the old, editable stock register said becomes opening receipts and norms; no quantity is lost."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = [("depots", "0001_initial"), ("movements", None)]


@pytest.mark.django_db(transaction=True)
def test_counts_are_carried_over(city):
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    old = executor.loader.project_state([("depots", "0001_initial")]).apps
    try:
        depots = [
            old.get_model("depots", "Depot").objects.create(code=code, name=code, level=level, area_id=area)
            for code, level, area in (("A", "county", "371526"), ("B", "township", "371526105"))
        ]
        stock = old.get_model("depots", "Stock")
        for number, (depot, item, quantity, norm) in enumerate(
            [(0, "12 平方米救灾帐篷", 30, 40), (1, "12 平方米救灾帐篷", 0, 5), (0, "铁锹", 7, None)]
        ):
            stock.objects.create(
                code=f"S{number}", depot=depots[depot], area_id=depots[depot].area_id, item=item, unit="件",
                quantity=quantity, norm=norm, counted_at=timezone.now(), expires_on=date(2030, 1, 1),
            )  # fmt: skip
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    from anlan.areas.supplies.depots.models import Depot, Item, Norm
    from anlan.areas.supplies.movements.models import Balance, Slip
    from anlan.areas.supplies.movements.queries import unexplained

    assert unexplained() == {}
    assert sorted(Balance.objects.values_list("depot__code", "item__name", "quantity")) == [
        ("A", "12 平方米救灾帐篷", 30), ("A", "铁锹", 7), ("B", "12 平方米救灾帐篷", 0),
    ]  # fmt: skip
    assert set(Balance.objects.values_list("lot__expires_on", flat=True)) == {date(2030, 1, 1)}
    assert list(Norm.objects.values_list("area", "quantity")) == [("371526", 45)]
    assert Item.objects.get(name__contains="帐篷").need == "living"
    assert not Item.objects.filter(is_code_checked=True).exists()
    assert Slip.objects.filter(kind="opening", reason__contains="S1").count() == 1
    assert Depot.objects.get(code="A").reserve_code == "371526"
