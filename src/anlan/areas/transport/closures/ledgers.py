"""The register of closures."""

from django import forms
from django.utils.translation import gettext_lazy as _

import anlan.areas.transport.closures.queries  # noqa: F401  (declares the obstacles)
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.services import confirm_closure, decline_closure
from anlan.foundation.ledger.registry import Action, Ledger, register


class DecideForm(forms.Form):
    """Whether the decision holds for all that the same run proposed."""

    with_others = forms.BooleanField(
        label=_("同一来源的其他建议一并处理"), required=False, initial=True, help_text=_("只处理您管辖范围内的。")
    )


@register
class ClosureLedger(Ledger):
    """Roads that are blocked or slow; reach and routes change with the register at once."""

    model = Closure
    name = "closures"
    group = "transport"
    icon = "barrier-block"
    columns = ("code", "name", "reason", "status", "area", "since", "until", "reopened_at", "department")
    filters = ("reason", "status", "area", "is_exercise")
    search = ("code", "name", "source", "team")
    location = "point"
    detail_url = "closures:closure"
    actions = (
        Action(
            name="confirm", label=_("确认封控"), service=confirm_closure, form=DecideForm, icon="barrier-block",
            applies=lambda row: row.status == Closure.Status.PROPOSED,
        ),
        Action(
            name="decline", label=_("不采纳"), service=decline_closure, form=DecideForm, icon="x",
            applies=lambda row: row.status == Closure.Status.PROPOSED,
        ),
    )  # fmt: skip
