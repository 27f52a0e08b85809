"""The register of improvements."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.review.models import Improvement
from anlan.areas.command.review.services import finish_improvement
from anlan.foundation.ledger.registry import Action, Ledger, register


class EvidenceForm(forms.Form):
    """What shows that the improvement is done."""

    evidence = forms.CharField(label=_("完成情况和证明"), widget=forms.Textarea(attrs={"rows": 3}))


@register
class ImprovementLedger(Ledger):
    """Improvements that reviews left behind, by owner and day; those past their day are marked 逾期."""

    model = Improvement
    name = "improvements"
    group = "command"
    icon = "checklist"
    columns = ("code", "title", "department", "due_on", "status", "done_on")
    filters = ("status", "department")
    search = ("code", "title", "evidence")
    fields = ("code", "title", "area", "department", "due_on", "status", "done_on", "evidence")
    actions = (Action(name="finish", label=_("办结"), service=finish_improvement, form=EvidenceForm, icon="check"),)
