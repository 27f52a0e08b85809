"""Believable values for any ledger's form, made from its fields."""

import itertools
from decimal import Decimal

from django import forms
from django.db import models

from anlan.foundation.ledger.forms import ReferenceField, form_class, key_of
from anlan.foundation.ledger.registry import Ledger, ledger_of
from anlan.foundation.places.models import Area
from tests.protocols.cap.signing import Signer

counter = itertools.count(1)
#: Values by field that make sense together; given also where the form leaves the field open.
VALUES = {
    "lon": "116.25", "lat": "36.85", "host": "broker.example", "port": "1883", "centre": "3715", "username": "{number}",
    "gb_code": "1010000", "year": "2026", "classes": "W5.3", "party": "T{number}",
    "shares": " ".join(["0.8"] * 24), "road_name": "T{number}",
    "line": "116.25,36.85;116.26,36.85", "far_node": "F{number}", "outer_mm": "110", "valve_state": "open",
}  # fmt: skip


def sample(entry: Ledger, user, area: str = "371526001") -> dict[str, str]:
    """Form data that creates a valid row inside an area."""
    number = next(counter)
    form = form_class(entry)(user=user)
    data = {}
    for name, field in form.fields.items():
        value = _value(entry, name, field, number, user, area)
        if value is not None:
            data[name] = value
    return data


def _value(entry: Ledger, name: str, field: forms.Field, number: int, user, area: str) -> str | None:
    column = entry.model._meta.get_field(name)
    if name == "code" and entry.model is Area:
        return f"{area}{number % 1000:03d}"
    if name == "pem":
        return Signer(f"Signer {number}").pem
    if isinstance(field, ReferenceField):
        return _reference(field, user, area) if field.required or name in ("area", "department") else None
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.TypedChoiceField):
        if not field.required:
            return VALUES.get(name)
        return str(next(value for value, _ in field.choices if value))
    if name in VALUES:
        return VALUES[name].format(number=1000 + number)
    if not field.required and name != entry.key:
        return None
    if isinstance(field, forms.DateTimeField):
        return "2026-06-01T08:00"
    if isinstance(field, forms.DateField):
        return "2026-06-01"
    if isinstance(field, forms.JSONField):
        return "{}"
    if isinstance(field, forms.DecimalField | forms.FloatField | forms.IntegerField):
        return str(max(Decimal(getattr(field, "min_value", None) or 1), Decimal(1)))
    if isinstance(field, forms.EmailField):
        return f"n{number}@example.com"
    text = f"T{number:04d}"
    return text[-column.max_length :] if getattr(column, "max_length", None) else text


def _reference(field: ReferenceField, user, area: str) -> str:
    model = field.queryset.model
    if model is Area:
        return area
    found = field.queryset.first()
    if found is None:
        found = create(ledger_of(model), user, area)
    return str(getattr(found, key_of(model)))


def create(entry: Ledger, user, area: str = "371526001") -> models.Model:
    """A saved row of a ledger, made through its own form."""
    form = form_class(entry)(sample(entry, user, area), user=user)
    assert form.is_valid(), (entry.name, form.errors.as_json())
    record = form.save()
    if not getattr(record, entry.key):
        # A key that services give out, not forms.
        setattr(record, entry.key, f"T{next(counter):04d}")
        record.save()
    return record
