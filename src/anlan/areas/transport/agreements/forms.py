"""Forms of requisition: the notice, its items, and each step."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.agreements.models import Agreement, Requisition, RequisitionItem
from anlan.foundation.accounts.models import User
from anlan.foundation.documents.signature import Strokes, strokes_of
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.ledger.rendering import DateTimeInput

Status = Requisition.Status


class RequisitionForm(forms.ModelForm):
    """What the notice says beside its items."""

    class Meta:
        model = Requisition
        fields = ("incident", "agreement", "department", "owner_name", "owner_address", "owner_contact", "owner_phone",
                  "executor", "purpose", "since", "until")  # fmt: skip
        widgets = {"since": DateTimeInput, "until": DateTimeInput}

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        ended = (Incident.Status.ENDED, Incident.Status.CLOSED, Incident.Status.MERGED)
        self.fields["incident"].queryset = incidents_for(user).exclude(status__in=ended)
        self.fields["agreement"].queryset = Agreement.objects.filter(
            pk__in=ledger("agreements").rows(user).values("pk")
        )
        units = self.fields["department"].queryset.filter(pk__in=ledger("departments").rows(user).values("pk"))
        self.fields["department"].queryset = units.exclude(kind__in=("enterprise", "organisation"))
        self.fields["department"].initial = user.department_id


class ItemForm(forms.ModelForm):
    """One thing that is taken."""

    class Meta:
        model = RequisitionItem
        fields = ("name", "model", "plate", "quantity", "unit")


ItemForms = forms.formset_factory(ItemForm, extra=4, max_num=20, absolute_max=20)

#: The fields that each step asks for beside its time.
FIELDS = {
    Status.APPROVED: ("number", "note"),
    Status.SERVED: ("party", "note"),
    Status.HANDED_OVER: ("party", "note", "photo"),
    Status.RETURNED: ("party", "note", "photo"),
    Status.CLAIMED: ("amount", "note", "photo"),
    Status.SETTLED: ("note",),
    Status.PAID: ("note", "photo"),
    Status.CANCELLED: ("note",),
}
#: What the other side and the note are called at each step.
LABELS = {
    (Status.SERVED, "party"): _("签收人"),
    (Status.HANDED_OVER, "party"): _("交出人"),
    (Status.RETURNED, "party"): _("收回人"),
    (Status.HANDED_OVER, "note"): _("交接时状况（外观、里程、油量、缺陷）"),
    (Status.RETURNED, "note"): _("返还时状况（毁损、灭失）"),
    (Status.CLAIMED, "note"): _("计算依据"),
    (Status.PAID, "note"): _("支付凭证号"),
    (Status.CANCELLED, "note"): _("撤销原因"),
}


class StepForm(forms.Form):
    """What a step says; only the fields that it asks for."""

    at = forms.DateTimeField(label=_("时间"), required=False, widget=DateTimeInput, help_text=_("不填为现在。"))
    number = forms.CharField(label=_("文号"), max_length=40, required=False)
    party = forms.CharField(label=_("对方签收人"), max_length=60, required=False)
    amount = forms.DecimalField(label=_("补偿金额（元）"), min_value=0, max_digits=14, decimal_places=2, required=False)
    note = forms.CharField(label=_("说明"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2}))
    photo = forms.FileField(label=_("照片或扫描件"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, auto_id=f"{kind}-%s", **kwargs)
        for name in [name for name in self.fields if name != "at" and name not in FIELDS[Status(kind)]]:
            del self.fields[name]
        for name, field in self.fields.items():
            field.label = LABELS.get((Status(kind), name), field.label)


class _Place(forms.Form):
    """Where it happened, as the telephone knows it; the page fills it in."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)


class SignForm(_Place):
    """The owner's name and drawn signature."""

    signer = forms.CharField(label=_("签收人姓名"), max_length=60, widget=forms.TextInput({"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("签收人电话"), max_length=30, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    is_typed = forms.BooleanField(label=_("不便手写，以上面的姓名确认"), required=False)

    def clean_strokes(self) -> Strokes:
        """As numbers in their box."""
        return strokes_of(self.cleaned_data["strokes"])


class RefuseForm(_Place):
    """Why the owner did not sign, and who saw it."""

    reason = forms.CharField(label=_("拒签理由"), max_length=300, widget=forms.Textarea({"rows": 2}))
    witness_1 = forms.CharField(label=_("见证人一"), max_length=60)
    witness_2 = forms.CharField(label=_("见证人二"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, auto_id="refuse-%s", **kwargs)
