"""Sample stock: opening receipts, lots of different ages, a receipt, an issue, a loan, a transfer, a stock-take."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.supplies.depots.demo import ITEMS, SHARES, Sample
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.models import Balance, Count, CountLine, Lot, Place, Slip
from anlan.areas.supplies.movements.posting import Line, Side, write_slip
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

OPENING, SUPPLIER = Side(Place.OPENING), Side(Place.SUPPLIER)
SUPPLIERS = ("示例帐篷厂", "示例救灾物资公司", "示例食品公司", "示例安防器材公司")


def load(city: Area) -> None:
    """Add stock to the sample depots that have none, and what happened lately at the city's."""
    sampler = Sampler(city, "movements")
    depots = list(Depot.objects.filter(is_demo=True, balances=None).select_related("area", "department"))
    items = {item.code: item for item in Item.objects.filter(code__in=[sample.code for sample in ITEMS])}
    for depot in depots:
        lines = [line for sample in ITEMS for line in _opening(sampler, depot, sample, items[sample.code])]
        if lines:
            write_slip(
                lines=lines, kind=Slip.Kind.OPENING, depot=depot, reason="示例期初库存", is_demo=True,
                made_by="示例数据", made_at=timezone.now() - timedelta(days=60),
            )  # fmt: skip
    if any(depot.level == Depot.Level.CITY for depot in depots):
        _story(next(depot for depot in depots if depot.level == Depot.Level.CITY), depots, items)


def _opening(sampler: Sampler, depot: Depot, sample: Sample, item: Item) -> list[Line]:
    """One or two lots of an item, together between 60 and 125 per cent of what the depot is meant to hold."""
    wanted = sample.norm * SHARES[depot.level]
    total = round(wanted * sampler.random.choice((0.6, 0.85, 1.0, 1.05, 1.1, 1.25)))
    parts = [total] if total < 4 or depot.level == Depot.Level.TOWNSHIP else [total - total // 3, total // 3]
    lines = []
    for number, part in enumerate(parts):
        if not part:
            continue
        expires = sampler.day(*((-20, 200) if number else (90, max(91, sample.months * 30)))) if sample.months else None
        produced = expires - timedelta(days=sample.months * 30) if expires else sampler.day(-1500, -100)
        lot = Lot.objects.create(
            code=f"{depot.code.removeprefix('DEMO-DEPOT-')}-{sample.code}-{number + 1}", item=item,
            batch=f"{produced:%Y%m%d}", supplier=sampler.random.choice(SUPPLIERS), produced_on=produced,
            expires_on=expires, fitness=Lot.Fitness.FIT, inspected_on=sampler.day(-90, -3), is_demo=True,
        )  # fmt: skip
        shelf = f"{sampler.random.choice('ABCD')}区{sampler.random.randint(1, 9)}架"
        lines.append(Line(lot, part, OPENING, Side(Place.DEPOT, depot), shelf))
    return lines


def _story(centre: Depot, depots: list[Depot], items: dict[str, Item]) -> None:
    """What the city's depot did in the last weeks."""
    keeper = User.objects.filter(department=centre.department).first()
    there = Side(Place.DEPOT, centre)

    def of(code: str, share: float, target: Side) -> Line:
        row = Balance.objects.filter(depot=centre, item=items[code], place=Place.DEPOT).order_by("-quantity").first()
        return Line(row.lot, max(1, round(row.quantity * share)), there, target)

    def write(kind: str, lines: list[Line], days: int, reason: str, **fields: object) -> Slip:
        return write_slip(
            lines=lines, kind=kind, depot=centre, reason=reason, author=keeper, made_by=str(keeper or "示例数据"),
            made_at=timezone.now() - timedelta(days=days), is_demo=True, **fields,
        )  # fmt: skip

    fresh = Lot.objects.create(
        code="C1-WZ13-NEW", item=items["WZ13"], batch="示例批号", supplier="示例食品公司", is_demo=True,
        produced_on=timezone.localdate() - timedelta(days=30), expires_on=timezone.localdate() + timedelta(days=335),
    )  # fmt: skip
    write(
        Slip.Kind.RECEIPT,
        [Line(fresh, 2000, SUPPLIER, there, "A区1架")],
        12,
        "年度采购到货（示例）",
        party=fresh.supplier,
    )
    write(Slip.Kind.LOAN, [of("WZ09", 0.1, Side(Place.LOAN, centre))], 9, "城区排涝借用（示例）", party="市城管局")
    write(Slip.Kind.SCRAP, [of("WZ15", 0.02, Side(Place.SCRAP))], 6, "包装破损，检验不合格（示例）")
    other = next((depot for depot in depots if depot.level == Depot.Level.COUNTY), None)
    if other:
        on_the_way = Side(Place.TRANSIT, other)
        write(Slip.Kind.TRANSFER, [of("WZ03", 0.02, on_the_way), of("WZ01", 0.02, on_the_way)], 0, "补足县级储备（示例）",
              to_depot=other)  # fmt: skip
    if keeper:
        _count(centre, keeper)


def _count(centre: Depot, keeper: User) -> None:
    """A stock-take that waits for approval, with one item short."""
    count = Count.objects.create(
        depot=centre, counted_by=keeper, status=Count.Status.SUBMITTED, submitted_at=timezone.now(), remark="示例盘点"
    )
    for number, row in enumerate(Balance.objects.filter(depot=centre, place=Place.DEPOT, quantity__gt=5)[:6]):
        CountLine.objects.create(
            count=count, lot=row.lot, expected=row.quantity, counted=row.quantity - (2 if number == 2 else 0),
            reason="示例：抽查少 2" if number == 2 else "",
        )  # fmt: skip
