"""Read the book: what may still be spent, sums, and what the public sees. Real, exercise and sample entries never mix."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.donations.models import Entry
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.registry import ledger

Kind = Entry.Kind
BOOKS = {
    "real": {"is_exercise": False, "is_demo": False},
    "exercise": {"is_exercise": True},
    "demo": {"is_exercise": False, "is_demo": True},
}


def own_book() -> str:
    """The book that an installation keeps: a demo's entries are samples as a whole."""
    return "demo" if settings.ANLAN.demo else "real"


def units_of(user: User) -> QuerySet[Department]:
    """The units for which the person keeps the book: the own one and those below it, two steps."""
    own = Q(pk=user.department_id) | Q(parent=user.department_id) | Q(parent__parent=user.department_id)
    if user.department_id is None:
        return Department.objects.none()
    return ledger("departments").rows(user).filter(own)


def available(
    department: Department, source: Entry | None, *, is_exercise: bool, is_demo: bool, is_public: bool = False
) -> Decimal:
    """What is left of a directed donation, or of all undirected money of a unit; of the public entries only, if asked."""
    rows = Entry.objects.filter(department=department, is_exercise=is_exercise, is_demo=is_demo)
    rows = rows.filter(published_at__isnull=False) if is_public else rows
    given = rows.filter(kind=Kind.MONEY)
    given = given.filter(Q(pk=source.pk) | Q(corrects=source)) if source else given.filter(is_directed=False)
    return _sum(given) - _sum(rows.filter(kind=Kind.USE, source=source))


def _sum(rows: QuerySet[Entry]) -> Decimal:
    """To the cent; SQLite adds in binary."""
    return (rows.aggregate(n=Sum("amount"))["n"] or Decimal(0)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Summary:
    """Sums over entries; counter-entries are in them."""

    received: Decimal
    directed: Decimal
    used: Decimal
    goods: list[tuple[Item, int]]
    is_empty: bool

    @property
    def balance(self) -> Decimal:
        return self.received - self.used


def summary(rows: QuerySet[Entry]) -> Summary:
    """What was given, used and is left."""
    money = rows.filter(kind=Kind.MONEY)
    by_item = rows.filter(kind=Kind.GOODS).order_by().values("item").annotate(n=Sum("quantity")).filter(n__gt=0)
    quantities = {row["item"]: row["n"] for row in by_item}
    return Summary(
        received=_sum(money), directed=_sum(money.filter(is_directed=True)), used=_sum(rows.filter(kind=Kind.USE)),
        goods=[(item, quantities[item.pk]) for item in Item.objects.filter(pk__in=quantities)],
        is_empty=not rows.exists(),
    )  # fmt: skip


def published(book: str) -> QuerySet[Entry]:
    """What a named person made public, of one book."""
    rows = Entry.objects.filter(published_at__isnull=False, **BOOKS[book])
    return rows.select_related("department", "item", "incident", "corrects", "correction", "source")


def to_publish(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries that wait for a second person; one corrected before it was public needs no publication any more."""
    return rows.filter(published_at=None, correction=None).exclude(corrects__isnull=False, corrects__published_at=None)


def receiving_units(rows: QuerySet[Entry]) -> QuerySet[Department]:
    """The units whose entries these are: whom to ask about an error."""
    return Department.objects.filter(pk__in=rows.order_by().values("department"))
