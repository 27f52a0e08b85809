"""Forms to relay a warning and to record a decision."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.warning.models import Decision
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.places.codes import within


class RelayForm(forms.Form):
    """To whom, and with which words."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("转发对象"), widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(label=_("转发语"), max_length=300, required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        units = Department.objects.filter(within(user.scope.prefixes, "area_id")).exclude(posts=None)
        self.fields["departments"].queryset = units.filter(
            Q(kind__in=("government", "party", "vertical", "institution"))
        ).order_by("area_id", "code")


class DecisionForm(forms.Form):
    """Response or none, and why."""

    decision = forms.ChoiceField(label=_("决定"), choices=Decision.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("不启动响应时必填。"),
    )
    incident = forms.ModelChoiceField(Incident.objects.none(), label=_("关联突发事件"), required=False)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = Incident.objects.filter(within(user.scope.prefixes, "area_id")).exclude(
            status__in=("closed", "merged")
        )

    def clean(self):
        values = super().clean()
        if values.get("decision") == Decision.Kind.NO_RESPONSE and not values.get("reason", "").strip():
            self.add_error("reason", _("不启动响应必须写明理由。"))
        return values
