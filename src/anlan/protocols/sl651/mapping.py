"""A message as a plain dictionary under the standard's own names, ready for JSON."""

from __future__ import annotations

from typing import Any

from anlan.protocols.sl651 import bodies as b
from anlan.protocols.sl651.codes import CONTROLS, EVENTS, FUNCTIONS, STATION_CLASSES, alarms, status
from anlan.protocols.sl651.elements import ELEMENTS, PARAMETERS, Element
from anlan.protocols.sl651.frames import Header
from anlan.protocols.sl651.messages import Message
from anlan.protocols.sl651.values import Step


def as_json(message: Message) -> dict[str, Any]:
    """The message by the standard's names: header, times, ``elements`` by identifier, and what they mean.

    >>> from anlan.protocols.sl651.messages import decode
    >>> raw = bytes.fromhex(
    ...     "7e7e05001122334403e832002b020034170718110016f1f1001122334448f0f0170718110020190000402619"
    ...     "0000403923000104903812109903a421")
    >>> report = as_json(decode(raw))
    >>> report["function_code"], report["observed"], report["elements"]
    ('32', '1707181100', {'20': 4.0, '26': 4.0, '39': 10.49, '38': 10.99})
    """
    result = _header(message.header)
    if message.serial is not None:
        result["serial"] = message.serial
    if message.sent is not None:
        result["sent"] = f"{message.sent:%y%m%d%H%M%S}"
    if isinstance(message.body, b.Report):
        result |= _report(message, message.body)
    else:
        result |= _body(message.body, message.header.function)
    return result


def _header(header: Header) -> dict[str, Any]:
    result: dict[str, Any] = {
        "function_code": f"{header.function:02X}",
        "function": FUNCTIONS.get(header.function),
        "direction": header.direction,
        "coding": header.coding,
        "centre": f"{header.centre:02x}",
        "station": header.station,
        "password": header.password,
        "end": CONTROLS[header.end],
    }
    if header.total:
        result["packets"] = {"total": header.total, "index": header.index}
    return result


def _report(message: Message, report: b.Report) -> dict[str, Any]:
    result: dict[str, Any] = {}
    readings = [reading for block in report.blocks for reading in block.readings]
    for block in report.blocks:
        if block.observed and "observed" not in result:
            result["observed"] = f"{block.observed:%y%m%d%H%M}"
        if block.station and "station_class" not in result:
            result["station_class"] = block.station_class
            result["station_class_name"] = STATION_CLASSES.get(block.station_class)
        if block.step is not None:
            result["time_step"] = block.step._asdict()
    series = {id(reading) for block in report.blocks if block.step is not None for reading in block.readings}
    result["elements"] = {reading.identifier: _value(reading, is_series=id(reading) in series) for reading in readings}
    known = {reading.identifier: reading.element for reading in readings if reading.element}
    result["names"] = {identifier: row.name for identifier, row in known.items()}
    result["symbols"] = {identifier: row.symbol for identifier, row in known.items()}
    result["units"] = {identifier: row.unit for identifier, row in known.items() if row.unit}
    for reading in readings:
        if reading.kind == "bits":
            bits = int.from_bytes(reading.data, "big")
            result |= {"status": status(bits), "alarms": list(alarms(bits))}
    result["observations"] = [
        row._replace(observed=row.observed.isoformat())._asdict()  # type: ignore[arg-type]
        for row in message.observations()
    ]
    return result


def _value(reading: b.Reading, *, is_series: bool) -> Any:
    kind = reading.kind
    if kind == "text":
        return reading.data.decode("gb18030", "replace")
    if kind in ("picture", "bytes"):
        return {"bytes": len(reading.data)}
    if kind == "bits":
        return int.from_bytes(reading.data, "big")
    if kind == "step":
        return Step.read(reading.data)._asdict() if len(reading.data) == 3 else reading.data.hex()
    values = reading.values()
    if is_series or kind in ("rain", "level"):
        return values
    return reading.data.hex() if reading.flag(reading.data) == "raw" else values[0]


def _body(body: b.Body, function: int) -> dict[str, Any]:
    """The fields of any body but a report."""
    result: dict[str, Any] = {}
    if isinstance(body, b.Settings) and body.settings:
        rows = {row.identifier: row.parameter for row in body.settings}
        result["parameters"] = {row.identifier: row.value for row in body.settings}
        result["names"] = {identifier: row.name for identifier, row in rows.items() if row}
        result["units"] = {identifier: row.unit for identifier, row in rows.items() if row and row.unit}
    elif isinstance(body, b.PeriodQuery):
        result = {
            "start": f"{body.start:%y%m%d%H}",
            "end_of_period": f"{body.end:%y%m%d%H}",
            "time_step": body.step._asdict(),
            "identifiers": _names(body.items, ELEMENTS),
        }
    elif isinstance(body, b.Identifiers):
        result["identifiers"] = _names(body.items, ELEMENTS if function == 0x3A else PARAMETERS)
    elif isinstance(body, b.Status):
        result = {"status": status(body.bits), "alarms": list(alarms(body.bits)), "bits": body.bits}
    elif isinstance(body, b.Version):
        result["version"] = body.text
    elif isinstance(body, b.Switches):
        result["switches"] = dict(enumerate(body.states, 1))
        if body.openings:
            result["openings_cm"] = dict(enumerate(body.openings, 1))
    elif isinstance(body, b.Quota):
        result["fixed_amount"] = body.is_on
    elif isinstance(body, b.Events):
        result["events"] = dict(zip(EVENTS, body.counts, strict=False))
    elif isinstance(body, b.Fragment | b.Custom):
        result["data"] = body.data.hex()
    return result


def _names(items: tuple[tuple[str, int], ...], table: dict[str, Element]) -> dict[str, str | None]:
    return {identifier: table[identifier].name if identifier in table else None for identifier, _ in items}
