"""The registers of agreements and of requisitions."""

from anlan.areas.transport.agreements.models import Agreement, Requisition
from anlan.foundation.ledger.registry import Ledger, register


@register
class AgreementLedger(Ledger):
    """Agreements with carriers; their page says what they lack."""

    model = Agreement
    name = "agreements"
    group = "transport"
    icon = "contract"
    columns = ("code", "name", "carrier", "department", "area", "vehicles", "people", "response_min", "valid_until")
    filters = ("carrier", "area")
    search = ("code", "name", "carrier__name", "pledge")
    detail_template = "agreements/elements.html"


@register
class RequisitionLedger(Ledger):
    """Requisitions with their state; written step by step by their service only."""

    model = Requisition
    name = "requisitions"
    group = "transport"
    icon = "gavel"
    columns = ("code", "number", "owner_name", "incident", "department", "area", "since", "until", "status")
    filters = ("status", "area", "is_exercise")
    search = ("code", "number", "owner_name", "purpose")
    is_read_only = True
    detail_url = "agreements:requisition"
