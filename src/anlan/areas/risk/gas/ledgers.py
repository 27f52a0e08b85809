"""The registers of pipes, and of valves, regulators, sources and users."""

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.gas.forms import TurnForm
from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.services import turn_valve
from anlan.foundation.ledger.registry import Action, Ledger, register


@register
class GasPipeLedger(Ledger):
    """Pipes of gas networks."""

    model = GasPipe
    name = "gaspipes"
    group = "risk"
    icon = "pipeline"
    columns = (
        "code",
        "name",
        "grade",
        "pressure_mpa",
        "outer_mm",
        "material",
        "length_m",
        "status",
        "department",
        "area",
    )
    fields = (
        "code", "name", "area", "department", "start_node", "end_node", "line", "medium", "grade", "pressure_mpa", "outer_mm",
        "wall_mm", "material", "depth_m", "laid_year", "status",
    )  # fmt: skip
    filters = ("grade", "medium", "material", "status", "area")
    search = ("code", "name", "start_node", "end_node")
    location = "point"
    is_line = True
    detail_template = "gas/pipe.html"


@register
class GasPointLedger(Ledger):
    """Valves, regulators, sources and users at gas networks."""

    model = GasPoint
    name = "gaspoints"
    group = "risk"
    icon = "steering-wheel"
    columns = (
        "code",
        "name",
        "kind",
        "valve_state",
        "minutes",
        "exercised_on",
        "turned_at",
        "turned_by",
        "area",
    )
    fields = (
        "code", "name", "kind", "area", "department", "node", "far_node", "lon", "lat", "valve_state", "control",
        "minutes", "exercised_on", "users", "customers",
    )  # fmt: skip
    filters = ("kind", "valve_state", "control", "area")
    search = ("code", "name", "node", "far_node")
    location = "point"
    detail_template = "gas/point.html"
    actions = (
        Action(
            name="turn", label=_("登记阀门状态"), service=turn_valve, form=TurnForm, icon="steering-wheel",
            applies=lambda row: row.kind == GasPoint.Kind.VALVE,
        ),
    )  # fmt: skip
