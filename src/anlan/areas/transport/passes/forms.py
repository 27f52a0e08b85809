"""What an applicant, an approver and a checkpoint send."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.passes.models import Category, Check, Checkpoint, Pass, VehicleKind
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import open_incidents
from anlan.foundation.ledger.rendering import DateInput, DateTimeInput
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area

#: Days that statistics show unless asked otherwise.
DAYS = 30


class ApplyForm(forms.Form):
    """An application, perhaps to go on with a pass that ends."""

    plate = forms.CharField(label=_("车牌"), max_length=20, help_text=_("挂车另办一张。"))
    vehicle_kind = forms.ChoiceField(label=_("车型"), choices=VehicleKind)
    carrier = forms.CharField(label=_("承运单位"), max_length=80)
    driver = forms.CharField(label=_("驾驶员"), max_length=40)
    phone = forms.CharField(label=_("驾驶员电话"), max_length=30)
    category = forms.ChoiceField(label=_("运输类别"), choices=Category)
    cargo = forms.CharField(label=_("货物或人员、用途"), max_length=120)
    incident = forms.ModelChoiceField(
        Incident.objects.none(), label=_("突发事件"), required=False, empty_label=_("没有对应的突发事件")
    )
    route = forms.CharField(
        label=_("路线"), max_length=200, help_text=_("例如：市储备库 — 聊高路 — 高唐县姜店镇，返程原路。")
    )
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label=_("通行区域"), widget=forms.CheckboxSelectMultiple,
        help_text=_("查验点在这些区域以外时，查验不通过。"),
    )  # fmt: skip
    valid_from = forms.DateTimeField(label=_("开始时间"), widget=DateTimeInput)
    valid_until = forms.DateTimeField(label=_("结束时间"), widget=DateTimeInput)
    is_free = forms.BooleanField(label=_("免费通行"), required=False, initial=True)
    is_priority = forms.BooleanField(label=_("优先通行"), required=False, initial=True)
    is_exercise = forms.BooleanField(label=_("演练"), required=False)

    def __init__(self, *args: Any, user: User, replaces: Pass | None = None, **kwargs: Any):
        now = timezone.localtime().replace(second=0, microsecond=0)
        initial = {"valid_from": now, "valid_until": now + timedelta(hours=24), "carrier": str(user.department or "")}
        if replaces:
            start = max(now, timezone.localtime(replaces.valid_until))
            initial = {name: getattr(replaces, name) for name in self.base_fields} | {
                "valid_from": start, "valid_until": start + (replaces.valid_until - replaces.valid_from),
            }  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["incident"].queryset = open_incidents(user)
        city = Area.objects.filter(within((prefix(settings.ANLAN.city),), "code"))
        levels = (Area.Level.CITY, Area.Level.COUNTY, Area.Level.ZONE)
        self.fields["areas"].queryset = city.filter(level__in=levels).order_by("code")

    def show(self, problem: ValidationError) -> None:
        """Put what the service refuses next to the field that it is about."""
        for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
            self.add_error(name if name in self.fields else None, lines)


class CheckForm(forms.Form):
    """A check as a phone sends it."""

    key = forms.CharField(max_length=40)
    at = forms.DateTimeField()
    checkpoint = forms.ModelChoiceField(Checkpoint.objects.all(), required=False)
    text = forms.CharField(max_length=400, strip=False)
    method = forms.ChoiceField(choices=Check.Method)
    told = forms.ChoiceField(choices=Check.OUTCOMES)
    passed = forms.BooleanField(required=False)
    plate_seen = forms.CharField(max_length=20, required=False)
    list_at = forms.DateTimeField(required=False)
    seconds = forms.FloatField(min_value=0, max_value=36000, required=False)

    def values(self) -> dict[str, Any]:
        """As the service takes them; call it on a valid form."""
        data = dict(self.cleaned_data)
        return data | {"checked_at": data.pop("at"), "was_let_through": data.pop("passed")}


class DaysForm(forms.Form):
    """Which days statistics are about."""

    first = forms.DateField(label=_("从"), widget=DateInput, required=False)
    last = forms.DateField(label=_("到"), widget=DateInput, required=False)

    def clean(self) -> dict[str, Any]:
        """The last thirty days unless asked otherwise."""
        data = super().clean()
        data["last"] = data.get("last") or timezone.localdate()
        data["first"] = data.get("first") or data["last"] - timedelta(days=DAYS - 1)
        if data["first"] > data["last"]:
            raise ValidationError(_("开始日期不能晚于结束日期。"))
        return data
