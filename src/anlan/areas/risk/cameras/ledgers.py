"""The register of cameras."""

from anlan.areas.risk.cameras.models import Camera
from anlan.foundation.ledger.registry import Ledger, register


@register
class CameraLedger(Ledger):
    """Views of roads, rivers, works and squares, with the device or platform that speaks for each."""

    model = Camera
    name = "cameras"
    group = "monitoring"
    icon = "camera"
    columns = ("name", "kind", "status", "area", "code", "structure", "heard_at", "device")
    filters = ("status", "kind", "area", "structure")
    search = ("code", "name", "address", "device__code", "device__name")
    location = "point"
    detail_url = "cameras:camera"
