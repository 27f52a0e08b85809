"""The register of risk studies, written by the computation only."""

from anlan.areas.risk.qra.models import RiskStudy
from anlan.foundation.ledger.registry import Ledger, register


@register
class RiskStudyLedger(Ledger):
    """Studies of individual and societal risk."""

    model = RiskStudy
    name = "riskstudies"
    group = "risk"
    icon = "target"
    columns = ("title", "area", "is_new", "status", "standing", "exceeded", "loss_of_life", "asked_by", "asked_at")
    fields = ("title", "is_new", "scenarios", "rules", "left_out", "status", "problem", "findings", "seconds")
    filters = ("status", "standing", "area", "is_exercise")
    search = ("title",)
    key = "id"
    location = "point"
    owner_path = "asked_by__department_id"
    is_read_only = True
    detail_url = "qra:study"
