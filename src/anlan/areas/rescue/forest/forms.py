"""What the page is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.forest.models import Among
from anlan.areas.rescue.forest.queries import MOST_SITES
from anlan.areas.rescue.stations.forms import SpeedsField

#: Limits that the slider offers, in minutes.
LEAST, MOST = 5, 120


class ReachForm(forms.Form):
    """The limit, at whose speeds, whether closures count, and where one more team would stand."""

    minutes = forms.IntegerField(label=_("时限（分钟）"), min_value=LEAST, max_value=MOST)
    closures = forms.BooleanField(label=_("计入道路阻断"), required=False)
    speeds = SpeedsField()
    lon = forms.FloatField(label=_("经度"), min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label=_("纬度"), min_value=-89, max_value=89, required=False)
    among = forms.ChoiceField(label=_("依托"), choices=Among.choices, required=False)
    count = forms.IntegerField(label=_("增设队数"), min_value=1, max_value=MOST_SITES, required=False)

    def question(self) -> dict[str, Any]:
        """The arguments of `reach_for`; call it on a valid form."""
        data = self.cleaned_data
        is_placed = data["lon"] is not None and data["lat"] is not None
        return {
            "minutes": float(data["minutes"]),
            "with_closures": data["closures"],
            "speeds": data["speeds"],
            "extra": (data["lon"], data["lat"]) if is_placed else None,
        }
