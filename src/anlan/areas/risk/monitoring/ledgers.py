"""The registers of stations and instruments."""

from anlan.areas.risk.monitoring.models import Instrument, Source, Station
from anlan.foundation.ledger.registry import Ledger, register


@register
class StationLedger(Ledger):
    """Places that are measured, with their devices and stage marks."""

    model = Station
    name = "stations"
    group = "monitoring"
    icon = "broadcast"
    columns = ("code", "name", "kind", "area", "protocol", "address", "interval_minutes")
    filters = ("kind", "protocol", "area")
    search = ("code", "name", "address")
    location = "point"
    owner_path = "department_id"
    detail_url = "monitoring:station"


@register
class InstrumentLedger(Ledger):
    """What is measured at the stations, and how it is judged."""

    model = Instrument
    name = "instruments"
    group = "monitoring"
    icon = "gauge"
    columns = ("code", "name", "station", "quantity", "channel", "state", "first_limit", "second_limit")
    filters = ("quantity", "state", "area")
    search = ("code", "name", "channel")
    owner_path = "station__department_id"


@register
class SourceLedger(Ledger):
    """Servers that Anlan asks or listens to: MQTT brokers, Modbus TCP devices, SensorThings services."""

    model = Source
    name = "sources"
    group = "monitoring"
    icon = "server"
    columns = ("code", "name", "kind", "host", "port", "is_enabled", "connected_at", "problem")
    filters = ("kind", "is_enabled")
    search = ("code", "name", "host")
    detail_template = "monitoring/source.html"
