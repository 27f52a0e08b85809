"""Sample donations to the city: money, directed money, goods in the city's depot, one use, one that waits for publication."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.movements.models import Lot, Place, Slip
from anlan.areas.supplies.movements.posting import Line, Side, write_slip
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.places.models import Area

Kind = Entry.Kind
#: Number, kind, party, anonymous, yuan, directed, purpose, days ago, published.
MONEY = (
    (1, Kind.MONEY, "示例商会（示例）", False, "200000", False, "", 20, True),
    (2, Kind.MONEY, "李某（示例）", True, "5000", False, "", 19, True),
    (3, Kind.MONEY, "示例建设集团（示例）", False, "300000", True, "修缮受灾学校", 18, True),
    (4, Kind.USE, "姜店镇人民政府（示例）", False, "86000", False, "购买棉被和取暖设备", 10, True),
    (5, Kind.USE, "示例中学（示例）", False, "120000", True, "教室屋面维修首付款", 6, True),
    (6, Kind.MONEY, "示例物流公司（示例）", False, "30000", False, "", 1, False),
)


def load(city: Area) -> None:
    """Add the sample book of the city's emergency bureau, once."""
    bureau = Department.objects.filter(area=city, name="市应急局").first()
    if bureau is None or Entry.objects.filter(is_demo=True).exists():
        return
    publisher = User.objects.filter(username="zhihui", is_demo=True).first()
    made: dict[int, Entry] = {}
    for number, kind, party, is_anonymous, yuan, is_directed, purpose, days, is_published in MONEY:
        made[number] = _add(
            bureau, publisher if is_published else None, days, kind=kind, party=party, is_anonymous=is_anonymous,
            amount=Decimal(yuan), is_directed=is_directed and kind == Kind.MONEY, purpose=purpose,
            source=made[3] if is_directed and kind == Kind.USE else None, document=f"示例凭证-{number:03d}",
            code=f"DEMO-{number:03d}",
        )  # fmt: skip
    depot = Depot.objects.filter(is_demo=True, level=Depot.Level.CITY).first()
    item = Item.objects.filter(code="WZ03").first()
    if depot is not None and item is not None:
        _goods(bureau, publisher, depot, item)


def _add(bureau: Department, publisher: User | None, days: int, **fields: Any) -> Entry:
    at = timezone.now() - timedelta(days=days)
    return Entry.objects.create(
        department=bureau, happened_on=timezone.localdate(at), made_by="示例数据", made_at=at, is_demo=True,
        published_by=publisher, published_at=at + timedelta(hours=20) if publisher else None, **fields,
    )  # fmt: skip


def _goods(bureau: Department, publisher: User | None, depot: Depot, item: Item) -> None:
    donor = "示例纺织公司（示例）"
    lot = Lot.objects.create(code="DEMO-GIFT-1", item=item, supplier=donor, is_demo=True)
    slip = write_slip(
        lines=[Line(lot, 500, Side(Place.SUPPLIER), Side(Place.DEPOT, depot))], kind=Slip.Kind.RECEIPT, depot=depot,
        party=donor, reason="接收捐赠（示例）", made_by="示例数据", is_demo=True,
    )  # fmt: skip
    _add(
        bureau, publisher, 15, kind=Kind.GOODS, party=donor, item=item, quantity=500, slip=slip, code="DEMO-007",
        document="示例凭证-007",
    )  # fmt: skip
