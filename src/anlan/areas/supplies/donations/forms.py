"""What is asked of money given, goods given and money used, and of a correction."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.donations.queries import units_of
from anlan.areas.supplies.movements.forms import OnceForm, StyledForm, date_field, quantity_field
from anlan.areas.supplies.movements.queries import depots_kept
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for


class _EntryForm(OnceForm):
    department = forms.ModelChoiceField(Department.objects.none(), label=_("接收单位"))
    party = forms.CharField(label=_("捐赠人"), max_length=100)
    is_anonymous = forms.BooleanField(label=_("公示时匿名"), required=False)
    incident = forms.ModelChoiceField(
        Incident.objects.none(), label=_("突发事件"), required=False, empty_label=_("不针对某个事件")
    )
    happened_on = date_field(_("日期"), required=True)
    is_exercise = forms.BooleanField(
        label=_("演练"), required=False, help_text=_("选了突发事件的，按事件是否演练；演练记录不计入真实合计。")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = units_of(user)
        self.fields["department"].initial = user.department_id
        self.fields["incident"].queryset = incidents_for(user)
        self.fields["happened_on"].initial = timezone.localdate()


class _GivenForm(_EntryForm):
    is_directed = forms.BooleanField(
        label=_("定向"), required=False, help_text=_("捐赠人指明了用途的选定向；定向捐款只能用于指明的用途。")
    )
    purpose = forms.CharField(label=_("捐赠用途"), max_length=200, required=False)


class _MoneyForm(StyledForm):
    amount = forms.DecimalField(label=_("金额（元）"), min_value=0.01, max_digits=14, decimal_places=2)
    document = forms.CharField(label=_("凭证号"), max_length=80, help_text=_("银行回单、付款凭证或合同的编号。"))


class MoneyForm(_GivenForm, _MoneyForm):
    """Money that was given."""

    field_order = ("key", "department", "party", "is_anonymous", "amount", "document", "happened_on", "is_directed",
                   "purpose", "incident", "is_exercise")  # fmt: skip


class GoodsForm(_GivenForm):
    """Goods that were given, and the depot that takes them in."""

    item = forms.ModelChoiceField(Item.objects.all(), label=_("物资"))
    quantity = quantity_field()
    depot = forms.ModelChoiceField(
        Depot.objects.none(), label=_("收进储备库"), required=False, help_text=_("同时生成入库单和批次；演练不入库。")
    )
    expires_on = date_field(_("有效期至"))
    document = forms.CharField(label=_("凭证号"), max_length=80, required=False)
    field_order = ("key", "department", "party", "is_anonymous", "item", "quantity", "depot", "expires_on",
                   "happened_on", "document", "is_directed", "purpose", "incident", "is_exercise")  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        depots = depots_kept(user)
        self.fields["depot"].queryset = depots
        self.fields["depot"].initial = depots.first() if depots.count() == 1 else None


class UseForm(_EntryForm, _MoneyForm):
    """What money was used for."""

    source = forms.ModelChoiceField(
        Entry.objects.none(), label=_("使用的定向捐款"), required=False, empty_label=_("非定向捐款")
    )
    purpose = forms.CharField(label=_("用途"), max_length=200)
    field_order = ("key", "department", "source", "party", "is_anonymous", "purpose", "amount", "document",
                   "happened_on")  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        self.fields["department"].label = _("使用单位")
        self.fields["party"].label = _("受益人或收款单位")
        directed = Entry.objects.filter(kind=Entry.Kind.MONEY, is_directed=True, corrects=None, correction=None)
        source = self.fields["source"]
        source.queryset = directed.filter(department__in=units_of(user))
        source.label_from_instance = lambda one: f"{one.code} {one.party} {one.amount} {one.purpose}"


class CorrectForm(StyledForm):
    """Why an entry is wrong."""

    reason = forms.CharField(label=_("更正原因"), max_length=200)
