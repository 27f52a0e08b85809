"""The registers of lots, stock, slips and movements; all of them are written by the services of supplies only."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from anlan.areas.supplies.movements.models import Balance, Lot, Movement, Slip
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import Ledger, ledger, register


@register
class StockLedger(Ledger):
    """What the depots hold, have under way to them and have lent."""

    model = Balance
    name = "stock"
    group = "supplies"
    icon = "packages"
    columns = ("item", "lot", "depot", "place", "quantity", "bin")
    filters = ("place", "item", "depot")
    search = ("item__name", "item__gb_code", "lot__code", "depot__name")
    key = "id"
    area_path = "depot__area_id"
    owner_path = "depot__department_id"
    is_read_only = True

    def rows(self, user: User) -> models.QuerySet:
        return super().rows(user).filter(quantity__gt=0).select_related("lot__item")


@register
class LotLedger(Ledger):
    """Lots that lie, lay or are expected in a depot that the reader sees."""

    model = Lot
    name = "lots"
    group = "supplies"
    icon = "label"
    columns = ("code", "item", "batch", "supplier", "produced_on", "expires_on", "fitness", "inspected_on")
    filters = ("fitness", "item")
    search = ("code", "batch", "item__name", "supplier")
    area_path = ""
    is_read_only = True
    detail_url = "movements:lot"

    def rows(self, user: User) -> models.QuerySet:
        depots = ledger("depots").rows(user).values("pk")
        return self.model._default_manager.filter(Exists(Balance.objects.filter(lot=OuterRef("pk"), depot__in=depots)))


class _TwoSided(Ledger):
    """A row has two depots; whoever sees one of them sees the row."""

    group = "supplies"
    area_path = ""
    is_read_only = True
    sides: tuple[str, str]

    def rows(self, user: User) -> models.QuerySet:
        depots = ledger("depots").rows(user).values("pk")
        first, second = self.sides
        return self.model._default_manager.filter(Q(**{f"{first}__in": depots}) | Q(**{f"{second}__in": depots}))


@register
class SlipLedger(_TwoSided):
    """Receipts, issues, transfers and the others, each with who and why."""

    model = Slip
    name = "slips"
    icon = "receipt"
    columns = ("code", "kind", "depot", "to_depot", "party", "reason", "made_by", "made_at")
    filters = ("kind", "depot", "is_exercise")
    search = ("code", "party", "reason", "made_by")
    sides = ("depot", "to_depot")
    detail_url = "movements:slip"


@register
class MovementLedger(_TwoSided):
    """The journal: every quantity that went from one place to another."""

    model = Movement
    name = "movements"
    icon = "replace"
    columns = ("made_at", "slip", "item", "lot", "quantity", "source", "source_depot", "target", "target_depot",
               "reason", "made_by")  # fmt: skip
    filters = ("item", "source", "target")
    search = ("slip__code", "lot__code", "item__name", "reason")
    key = "id"
    sides = ("source_depot", "target_depot")

    def rows(self, user: User) -> models.QuerySet:
        return super().rows(user).select_related("lot__item")
