"""The register of runs, written by the models only."""

from anlan.areas.risk.prediction.models import Run
from anlan.foundation.ledger.registry import Ledger, register


@register
class RunLedger(Ledger):
    """Runs of the consequence models."""

    model = Run
    name = "predictions"
    group = "risk"
    icon = "radar"
    columns = ("title", "hazard", "status", "area", "asked_by", "asked_at", "accepted_at", "is_exercise")
    fields = ("title", "hazard", "model_version", "members", "status", "problem", "seconds", "acceptance")
    filters = ("hazard", "status", "area", "is_exercise")
    search = ("title",)
    key = "id"
    location = "point"
    owner_path = "asked_by__department_id"
    is_read_only = True
    detail_url = "prediction:run"
