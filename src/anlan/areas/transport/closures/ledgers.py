"""The register of closures."""

from django import forms
from django.utils.translation import gettext_lazy as _

import anlan.areas.transport.closures.queries  # noqa: F401  (declares the obstacles)
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.services import reopen_road
from anlan.foundation.ledger.registry import Action, Ledger, register
from anlan.foundation.ledger.rendering import DateTimeInput


class ReopenForm(forms.Form):
    """When the road was open again."""

    reopened_at = forms.DateTimeField(
        label=_("恢复时间"), required=False, widget=DateTimeInput, help_text=_("不填为现在。")
    )


@register
class ClosureLedger(Ledger):
    """Roads that are blocked or slow; reach and routes change with the register at once."""

    model = Closure
    name = "closures"
    group = "transport"
    icon = "barrier-block"
    columns = ("code", "name", "reason", "area", "since", "until", "reopened_at", "department")
    filters = ("reason", "area", "is_exercise")
    search = ("code", "name", "source", "team")
    location = "point"
    actions = (Action(name="reopen", label=_("恢复通行"), service=reopen_road, form=ReopenForm, icon="road"),)
