"""The registers of enterprises, their units and stock, hazard sources and calculation sheets."""

from django.db import models
from django.urls import reverse

from anlan.areas.risk.safety.models import Enterprise, HazardSheet, HazardSource, HazardStock, HazardUnit
from anlan.foundation.ledger.registry import Ledger, register


@register
class EnterpriseLedger(Ledger):
    """Enterprises under supervision."""

    model = Enterprise
    name = "enterprises"
    group = "risk"
    icon = "building-factory-2"
    columns = ("code", "name", "sector", "area", "employees", "licence_expires", "has_rescue_team")
    filters = ("sector", "has_rescue_team", "area")
    search = ("code", "name")
    location = "point"


@register
class HazardSourceLedger(Ledger):
    """Major hazard sources; level and R follow from the unit's sheet where there is one."""

    model = HazardSource
    name = "hazardsources"
    group = "risk"
    icon = "biohazard"
    columns = ("code", "name", "enterprise", "substance", "quantity_t", "level", "filed_on", "area")
    filters = ("level", "area")
    search = ("code", "name", "substance", "cas")
    location = "point"
    detail_template = "safety/source.html"


@register
class HazardUnitLedger(Ledger):
    """Production and storage units that are judged as a whole by GB 18218."""

    model = HazardUnit
    name = "hazardunits"
    group = "risk"
    icon = "flask"
    columns = ("code", "name", "enterprise", "kind", "source", "sheet", "area")
    filters = ("kind", "area")
    search = ("code", "name", "enterprise__name")
    location = "point"
    owner_path = "enterprise__department_id"
    detail_url = "safety:unit"


@register
class HazardStockLedger(Ledger):
    """What the units are designed to hold at most, substance by substance."""

    model = HazardStock
    name = "hazardstocks"
    group = "risk"
    icon = "barrel"
    columns = ("code", "unit", "name", "cas", "number", "classes", "quantity_t", "updated_at")
    filters = ("unit",)
    search = ("code", "name", "cas", "unit__name", "unit__enterprise__name")
    area_path = "unit__area_id"
    owner_path = "unit__enterprise__department_id"
    detail_url = "safety:unit"

    def url_of(self, record: models.Model) -> str:
        return reverse("safety:unit", args=[record.unit_id])


@register
class HazardSheetLedger(Ledger):
    """Calculation sheets of GB 18218, signed once and never changed."""

    model = HazardSheet
    name = "hazardsheets"
    group = "risk"
    icon = "calculator"
    columns = (
        "code",
        "unit",
        "s_value",
        "r_value",
        "is_major",
        "level",
        "status",
        "signed_by",
        "signed_at",
        "filed_on",
    )
    fields = ("inputs", "result", "assessed_on", "filing_number", "opinion")
    filters = ("level", "status", "is_major")
    search = ("code", "unit__name", "unit__enterprise__name", "filing_number")
    owner_path = "unit__enterprise__department_id"
    is_read_only = True
    detail_url = "safety:sheet"
