"""What lies where, what nears its end, what is missing against the norm, and whether the books explain themselves."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from anlan.areas.supplies.depots.models import Depot, Item, Norm
from anlan.areas.supplies.movements.models import HELD, Balance, Count, Lot, Movement, Place, Slip
from anlan.areas.supplies.movements.rules import Offer, expiry_level, first_expired, kit_norm, reserve_people
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import BUSY
from anlan.foundation.rules.queries import NoRule, rule


def depots_kept(user: User) -> QuerySet[Depot]:
    """The depots at which the person may act: those of the own unit and of units below it, and those of nobody.

    Units are looked up two steps: a keeping unit, its bureau, the bureau above.
    """
    if not user.may("act:stock"):
        return Depot.objects.none()
    own = Q(department=None)
    for path in ("department", "department__parent", "department__parent__parent"):
        own |= Q(**{path: user.department_id}) if user.department_id else Q()
    return ledger("depots").rows(user).filter(own)


def expiry_days() -> list[int]:
    """How many days ahead an end is told, the longest first."""
    return sorted(rule("supplies.expiry_notice").params["days"], reverse=True)


@dataclass
class Holding:
    """An item in a depot with its lots."""

    item: Item
    balances: list[Balance] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(row.quantity for row in self.balances if row.place == Place.DEPOT)


def marked(balances: Iterable[Balance]) -> list[Balance]:
    """The balances, each with the `level` of its lot's end."""
    days, rows = expiry_days(), list(balances)
    for row in rows:
        row.level = "red" if row.lot.fitness == Lot.Fitness.UNFIT else expiry_level(row.lot.days_left, days)
    return rows


def holdings(depot: Depot) -> list[Holding]:
    """What belongs to a depot, item by item: there, under way to it, on loan."""
    rows = Balance.objects.filter(depot=depot, quantity__gt=0).select_related("item", "lot__item")
    found: dict[int, Holding] = {}
    for row in marked(rows.order_by("item__code", "lot__expires_on", "lot__code")):
        found.setdefault(row.item_id, Holding(row.item)).balances.append(row)
    return list(found.values())


def proposal(depot: Depot, item: Item, wanted: int) -> tuple[list[tuple[int, int]], int]:
    """Which lots of an item to take, first expired first out, and how much is missing."""
    rows = Balance.objects.filter(depot=depot, item=item, place=Place.DEPOT, quantity__gt=0).select_related("lot")
    offers = [
        Offer(
            lot=row.lot_id, quantity=row.quantity, expires_on=row.lot.expires_on, produced_on=row.lot.produced_on,
            is_fit=row.lot.fitness != Lot.Fitness.UNFIT,
        )
        for row in rows
    ]  # fmt: skip
    return first_expired(offers, wanted, timezone.localdate())


def expiring(user: User, within_days: int | None = None) -> list[Balance]:
    """Lots in the reader's depots that expired or will within so many days, the first end first."""
    limit = timezone.localdate() + timedelta(days=within_days or expiry_days()[0])
    rows = ledger("stock").rows(user).filter(place=Place.DEPOT, lot__expires_on__lte=limit)
    return marked(rows.select_related("item", "lot__item", "depot__area").order_by("lot__expires_on", "depot"))


def under_way(user: User) -> QuerySet[Slip]:
    """Transfers that have not arrived, from or to the reader's depots."""
    rows = (
        ledger("slips")
        .rows(user)
        .filter(kind=Slip.Kind.TRANSFER, arrived_at=None)
        .exclude(is_delivery=True, left_at=None)
    )
    return rows.exclude(answers__kind=Slip.Kind.REVERSAL).select_related("depot", "to_depot")


def to_load(depots: Iterable[Depot]) -> QuerySet[Slip]:
    """Deliveries that wait in these depots for their truck, the first to leave first."""
    rows = Slip.objects.filter(depot__in=depots, is_delivery=True, left_at=None)
    return rows.exclude(answers__kind=Slip.Kind.REVERSAL).select_related("depot").order_by("made_at")


def unsigned(user: User) -> QuerySet[Slip]:
    """Issues by word of mouth that nobody has signed."""
    rows = ledger("slips").rows(user).exclude(approver="").filter(signed_at=None)
    return rows.exclude(answers__kind=Slip.Kind.REVERSAL).select_related("depot")


def asked_of(depots: Iterable[Depot]) -> QuerySet[Assignment]:
    """Assignments of these depots to incidents for which nothing was issued yet."""
    numbers = [depot.pk for depot in depots]
    issued = Slip.objects.filter(assignment=OuterRef("pk"), kind=Slip.Kind.ISSUE)
    rows = Assignment.objects.filter(~Exists(issued), ledger="depots", object_id__in=numbers, status__in=BUSY)
    return rows.select_related("request__incident")


def counts_for(user: User) -> QuerySet[Count]:
    """The stock-takes of the reader's depots."""
    depots = ledger("depots").rows(user).values("pk")
    return Count.objects.filter(depot__in=depots).select_related("depot", "counted_by", "decided_by")


@dataclass(frozen=True, kw_only=True)
class Gap:
    """An item in an area's reserve: what it has to hold, what it holds, what runs out next year, what to buy."""

    area: Area
    item: Item
    norm: int
    basis: str
    #: Whether the norm is worked out from a rule that nobody has checked.
    is_computed: bool
    held: int
    #: Of what is held, how much ends before the end of next year, or is unfit.
    ending: int
    #: The newest median price of one unit in the city and its day; None where nobody saw a price.
    price: tuple[Decimal, date] | None = None

    @property
    def cost(self) -> Decimal | None:
        """What the purchase would cost at that price; None where it is unknown."""
        return None if self.price is None else self.price[0] * self.to_buy

    @property
    def missing(self) -> int:
        return max(self.norm - self.held, 0)

    @property
    def to_buy(self) -> int:
        """What has to be bought so that the norm is still met at the end of next year (dynamic balance)."""
        return max(self.norm - (self.held - self.ending), 0)

    @property
    def is_met(self) -> bool:
        return self.held >= self.norm

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.held / self.norm)) if self.norm else 100


def gaps(
    area_code: str, *, needs: Iterable[str] = (), prices: Mapping[int, tuple[Decimal, date]] = MappingProxyType({})
) -> list[Gap]:
    """Norm against stock for the reserve of each government inside an area (the city's own and each county's).

    A norm that somebody entered counts; without one, living supplies are worked out from the rules. Only what the
    government holds in kind, lies in a depot, has not expired and is fit counts as held.
    """
    start, city = prefix(area_code), settings.ANLAN.city
    reserves = Area.objects.filter(
        within((start,), "code"), Q(pk=city) | Q(level__in=(Area.Level.COUNTY, Area.Level.ZONE))
    )
    items = {item.pk: item for item in Item.objects.all() if not needs or item.need in needs}
    entered = _entered(start)
    computed = _computing()
    held, ending = _held(start)
    found = []
    for area in reserves.order_by("code"):
        for item in items.values():
            norm, basis, is_computed = entered.get((area.pk, item.pk)) or computed(area, item)
            if norm:
                key = area.pk, item.pk
                found.append(
                    Gap(area=area, item=item, norm=norm, basis=basis, is_computed=is_computed, held=held[key],
                        ending=ending[key], price=prices.get(item.pk))
                )  # fmt: skip
    return found


def _entered(start: str) -> dict[tuple[str, int], tuple[int, str, bool]]:
    """Norms by area and item; where several apply, the largest."""
    rows = Norm.objects.filter(within((start,))).order_by("quantity")
    return {(row.area_id, row.item_id): (row.quantity, row.basis, False) for row in rows}


def _computing() -> Callable[[Area, Item], tuple[int, str, bool]]:
    """What the rules ask of a city's or a county's reserve for an item; a zone's is its county's business."""
    try:
        people, kit = rule("supplies.reserve_population"), rule("supplies.living_kit")
    except NoRule:
        return lambda area, item: (0, "", True)
    basis, city = f"{people.citation}；{kit.citation}", settings.ANLAN.city

    def computed(area: Area, item: Item) -> tuple[int, str, bool]:
        if not item.kit or area.level == Area.Level.ZONE:
            return 0, "", True
        count = reserve_people("city" if area.pk == city else "county", people.params)
        return kit_norm(item.kit, count, kit.params, item.kit_content), basis, True

    return computed


def _held(start: str) -> tuple[Counter, Counter]:
    """Usable government stock by area and item, and how much of it ends by the end of next year."""
    today = timezone.localdate()
    end = today.replace(year=today.year + 1, month=12, day=31)
    rows = Balance.objects.filter(
        within((start,), "depot__area_id"), Q(lot__expires_on=None) | Q(lot__expires_on__gte=today),
        place=Place.DEPOT, quantity__gt=0, depot__mode=Depot.Mode.GOVERNMENT,
    ).exclude(lot__fitness=Lot.Fitness.UNFIT)  # fmt: skip
    held, ending = Counter(), Counter()
    for row in rows.select_related("depot", "lot"):
        key = row.depot.reserve_code, row.item_id
        held[key] += row.quantity
        if row.lot.expires_on and row.lot.expires_on <= end:
            ending[key] += row.quantity
    return held, ending


def unexplained() -> dict[tuple[int, str, int], tuple[int, int]]:
    """Balances that differ from the sum of the journal: {(lot, place, depot): (balance, journal)}; empty when all is well."""
    journal: dict[tuple[int, str, int], int] = defaultdict(int)
    for side, sign in (("target", 1), ("source", -1)):
        rows = Movement.objects.filter(**{f"{side}__in": HELD}).order_by()
        for lot, place, depot, n in rows.values_list("lot", side, f"{side}_depot").annotate(n=Sum("quantity")):
            journal[lot, place, depot] += sign * n
    books = {(row.lot_id, row.place, row.depot_id): row.quantity for row in Balance.objects.all()}
    keys = books.keys() | journal.keys()
    return {key: (books.get(key, 0), journal[key]) for key in keys if books.get(key, 0) != journal[key]}
