"""What a route is asked for."""

import math

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.science.geo.roads.graph import Vehicle


class RouteForm(forms.Form):
    """From where to where, and with which vehicle; limits of a vehicle that nobody fills in do not bind."""

    from_lon = forms.FloatField(label=_("起点经度"), min_value=-180, max_value=180)
    from_lat = forms.FloatField(label=_("起点纬度"), min_value=-89, max_value=89)
    to_lon = forms.FloatField(label=_("终点经度"), min_value=-180, max_value=180)
    to_lat = forms.FloatField(label=_("终点纬度"), min_value=-89, max_value=89)
    height_m = forms.FloatField(label=_("车高（米）"), min_value=0.5, max_value=10, required=False)
    weight_t = forms.FloatField(label=_("车重（吨）"), min_value=0.1, max_value=500, required=False)
    hazardous = forms.BooleanField(label=_("运输危险货物"), required=False)

    def vehicle(self) -> Vehicle:
        """The vehicle; call it on a valid form."""
        data = self.cleaned_data
        return Vehicle(
            height_m=data["height_m"] or math.nan, weight_t=data["weight_t"] or math.nan, is_hazardous=data["hazardous"]
        )
