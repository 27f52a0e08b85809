"""What a person says about a valve."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.gas.models import GasPoint
from anlan.foundation.ledger.rendering import DateTimeInput

STATES = [("", _("请选择")), *GasPoint.ValveState.choices]


class TurnForm(forms.Form):
    """The valve's state as found or made, since when, and why."""

    state = forms.ChoiceField(label=_("阀门状态"), choices=STATES)
    at = forms.DateTimeField(label=_("时间"), required=False, widget=DateTimeInput, help_text=_("不填就是现在。"))
    why = forms.CharField(label=_("原因和操作人"), max_length=200, help_text=_("例如：某街泄漏关阀，现场操作 张三。"))

    def clean_at(self):
        at = self.cleaned_data["at"] or timezone.now()
        if at > timezone.now():
            raise ValidationError(_("时间不能晚于现在。"))
        return at
