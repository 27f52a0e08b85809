"""The form in which an authorised person changes a rule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.rendering import DateInput
from anlan.foundation.rules.models import Rule


class RuleForm(forms.Form):
    """Parameters, status and why."""

    params = forms.JSONField(
        label=_("参数（JSON）"),
        widget=forms.Textarea(attrs={"rows": 18, "class": "font-monospace", "spellcheck": "false"}),
    )
    status = forms.ChoiceField(label=_("核对状态"), choices=Rule.Status.choices)
    effective_from = forms.DateField(label=_("生效日期"), widget=DateInput)
    source = forms.CharField(label=_("出处"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    note = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label=_("修改理由"), max_length=200)
