"""The one way in which registered records are written: validated, attributed, audited."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.forms import RecordForm
from anlan.foundation.ledger.records import SecretField
from anlan.foundation.ledger.registry import Ledger


@transaction.atomic
def save_form(*, ledger: Ledger, actor: User, form: RecordForm) -> models.Model:
    """Write a valid form: one record, one history row, one audit entry."""
    is_new = form.instance._state.adding
    demand(actor, ledger.capability("add" if is_new else "change"))
    record = form.instance
    if not ledger.holds(actor, record):
        raise PermissionDenied(_("保存后的记录会超出您的管辖范围，没有保存。"))
    record._history_user = actor
    form.save()
    audit.record(
        actor=actor,
        action=f"{ledger.name}.{'add' if is_new else 'change'}",
        subject=record,
        details={name: _said(record, name, form.cleaned_data.get(name)) for name in form.changed_data},
    )
    return record


def _said(record: models.Model, name: str, value: object) -> str:
    """A changed value as the audit log keeps it; of a secret only that it changed."""
    return "••••" if isinstance(record._meta.get_field(name), SecretField) else str(value)


@transaction.atomic
def save_many(
    *,
    ledger: Ledger,
    actor: User,
    created: Sequence[models.Model],
    changed: Sequence[models.Model],
    action: str,
) -> None:
    """Write many validated records with their history and one audit entry."""
    fields = [f for f in ledger.form_fields if f != ledger.model._meta.pk.name]
    fields += ledger.model.DERIVED if ledger.is_line else ()
    manager = ledger.model._default_manager
    if hasattr(ledger.model, "history"):
        bulk_create_with_history(created, ledger.model, batch_size=500, default_user=actor)
        bulk_update_with_history(changed, ledger.model, fields, batch_size=200, default_user=actor)
    else:
        manager.bulk_create(created, 500)
        manager.bulk_update(changed, fields, 200)
    audit.record(
        actor=actor,
        action=action,
        subject=ledger.name,
        details={
            "created": [str(getattr(r, ledger.key)) for r in created],
            "changed": [str(getattr(r, ledger.key)) for r in changed],
        },
    )


@transaction.atomic
def delete_record(*, ledger: Ledger, actor: User, record: models.Model) -> None:
    """Delete a record that nothing points at; its history stays."""
    demand(actor, ledger.capability("delete"))
    name, key = str(record), getattr(record, ledger.key)
    record._history_user = actor
    audit.record(
        actor=actor,
        action=f"{ledger.name}.delete",
        subject=record,
        details={ledger.key: str(key), "name": name},
    )
    record.delete()


def why_kept(error: ProtectedError) -> str:
    """Say which records keep a record from being deleted."""
    kinds = {str(row._meta.verbose_name) for row in error.protected_objects}
    return _("不能删除：还有 %(kinds)s 引用这条记录。请先处理这些记录。") % {"kinds": "、".join(sorted(kinds))}
