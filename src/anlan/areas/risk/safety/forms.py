"""What a sheet asks for beside the stock, what a reviewer says, and a filing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class _Form(forms.Form):
    """Fields in the look of the product."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-control", "autocomplete": "off"}

    def show(self, problem: ValidationError) -> None:
        """Put what a service refuses next to the field that it is about."""
        for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
            self.add_error(name if name in self.fields else None, lines)


def _date(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **kwargs)


class SheetForm(_Form):
    """How many people count, where the number comes from, and when the assessment was completed."""

    residents = forms.IntegerField(
        label=_("500 m 内常住人口"), min_value=0, max_value=10_000_000, required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text=_("不填则采用地图人口；与地图不同时写明依据。"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("人口依据"), max_length=200, required=False, help_text=_("例如：2026年5月入户核查；村委会证明。")
    )
    assessed_on = _date(_("安全评估完成日期"), required=False, help_text=_("备案期限从这一天起算；不填从签署日起算。"))


class FilingForm(_Form):
    """Under which number a sheet was filed and when."""

    number = forms.CharField(label=_("备案编号"), max_length=40, required=False)
    filed_on = _date(_("备案日期"), initial=timezone.localdate)
