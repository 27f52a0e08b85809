"""Forms to ask for a resource, to assign one, and to withdraw a request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.registry import deployables
from anlan.foundation.ledger.rendering import DateTimeInput
from anlan.foundation.resources.queries import resource_kinds


class RequestForm(forms.Form):
    """What is needed, how much, where, by when."""

    kind = forms.ChoiceField(label=_("资源类型"))
    what = forms.CharField(label=_("需求说明"), max_length=200, help_text=_("例如：大流量排水泵、重伤转运床位。"))
    quantity = forms.IntegerField(label=_("数量"), min_value=1, max_value=100000, initial=1)
    place = forms.CharField(label=_("送达地点"), required=False, max_length=120, help_text=_("不填即为事发地点。"))
    needed_by = forms.DateTimeField(label=_("需到位时间"), required=False, widget=DateTimeInput)
    lon = forms.FloatField(label=_("经度"), required=False, min_value=73, max_value=136)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=3, max_value=54)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = sorted(resource_kinds().items(), key=lambda pair: str(pair[1]))


class AssignForm(forms.Form):
    """The chosen resource; a bound one needs a reason."""

    ledger = forms.ChoiceField(widget=forms.HiddenInput)
    object_id = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("理由"), required=False, max_length=200)

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ledger"].choices = [(entry.name, entry.title) for entry in deployables(kind)]


class MoveForm(forms.Form):
    """The next state of an assigned resource, and since when."""

    status = forms.CharField(max_length=12)
    at = forms.DateTimeField(required=False)


class CancelForm(forms.Form):
    """Why nothing is needed any more."""

    reason = forms.CharField(label=_("原因"), max_length=200)
