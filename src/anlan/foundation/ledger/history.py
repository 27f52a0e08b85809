"""Field-level history of a record, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import ModelChange

from anlan.foundation.ledger.records import SecretField

KINDS = {"+": _("新建"), "~": _("修改"), "-": _("删除")}


@dataclass(frozen=True)
class Change:
    """One write: who, when, and each field before and after."""

    at: datetime
    by: str
    kind: object
    fields: tuple[tuple[str, object, object], ...]


def changes(record: models.Model, limit: int = 50) -> list[Change]:
    """The record's changes."""
    manager = getattr(record, "history", None)
    if manager is None:
        return []
    rows = list(manager.select_related("history_user").order_by("-history_date", "-history_id")[: limit + 1])
    found = []
    for position, row in enumerate(rows[:limit]):
        before = rows[position + 1] if position + 1 < len(rows) else None
        fields = ()
        if before is not None and row.history_type == "~":
            delta = row.diff_against(before, foreign_keys_are_objs=False)
            fields = tuple(
                (str(record._meta.get_field(c.field).verbose_name), *_sides(record, c))
                for c in delta.changes
                if c.field != "updated_at"
            )
        found.append(Change(row.history_date, str(row.history_user or ""), KINDS[row.history_type], fields))
    return found


def _sides(record: models.Model, change: ModelChange) -> tuple[object, object]:
    """Before and after; of a secret only whether there was one."""
    if isinstance(record._meta.get_field(change.field), SecretField):
        return "••••" if change.old else "", "••••" if change.new else ""
    return change.old, change.new
