"""What a leader types on the telephone."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RollCallForm(forms.Form):
    """How many should answer, how many did, who did not."""

    expected = forms.IntegerField(label=_("应到"), min_value=1, max_value=10000)
    counted = forms.IntegerField(label=_("实到"), min_value=0, max_value=10000)
    missing = forms.CharField(label=_("失联人员和情况"), max_length=200, required=False)


class CallOutForm(forms.Form):
    """The chosen team; a bound one needs a reason."""

    team = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("理由"), required=False, max_length=200)
