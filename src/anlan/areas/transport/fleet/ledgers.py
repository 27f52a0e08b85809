"""The registers of carriers, convoys, their people, vehicles and gear."""

from anlan.areas.transport.fleet.models import Carrier, Convoy, Driver, Gear, Vehicle
from anlan.foundation.ledger.registry import Ledger, register


@register
class VehicleLedger(Ledger):
    """Vehicles and machines that can be called."""

    model = Vehicle
    name = "vehicles"
    group = "transport"
    icon = "truck"
    columns = ("code", "name", "kind", "convoy", "load_t", "seats", "area", "status", "inspected_until")
    filters = ("kind", "status", "convoy", "hazard_class", "area")
    search = ("code", "name", "convoy__name", "carrier__name", "driver")
    location = "point"
    deployable = "vehicle"
    assignment_url = "convoys:assigned"
    terminal = "terminal"


@register
class CarrierLedger(Ledger):
    """Road transport enterprises on which convoys and agreements rest."""

    model = Carrier
    name = "carriers"
    group = "transport"
    icon = "building-factory-2"
    columns = ("name", "business", "is_backbone", "area", "permit_until", "contact", "phone")
    filters = ("business", "is_backbone", "area")
    search = ("code", "name", "contact", "permit")


@register
class DriverLedger(Ledger):
    """Drivers and others who ride along, with their papers."""

    model = Driver
    name = "drivers"
    group = "transport"
    icon = "steering-wheel"
    columns = ("code", "name", "duty", "convoy", "licence", "licence_until", "qualification", "qualification_until", "status")  # fmt: skip
    filters = ("duty", "licence", "qualification", "convoy", "status", "area")
    search = ("code", "name", "carrier__name", "convoy__name")
    owner_path = "carrier__department_id"


@register
class ConvoyLedger(Ledger):
    """Convoys; their page proves what they have against the standard."""

    model = Convoy
    name = "convoys"
    group = "transport"
    icon = "trolley"
    columns = ("code", "name", "is_comprehensive", "carrier", "department", "area", "leader", "status")
    filters = ("is_comprehensive", "status", "area")
    search = ("code", "name", "leader", "carrier__name")
    location = "point"
    deployable = "convoy"
    assignment_url = "convoys:assigned"
    detail_template = "fleet/proof.html"


@register
class GearLedger(Ledger):
    """Equipment and goods that convoys carry along."""

    model = Gear
    name = "convoygear"
    group = "transport"
    icon = "tool"
    columns = ("code", "convoy", "kind", "name", "quantity", "valid_until", "area")
    filters = ("kind", "convoy", "area")
    search = ("code", "name", "convoy__name")
    owner_path = "convoy__department_id"
