"""What a route is asked for, what a phone reports, what is done about a closure, what a queue is estimated from."""

import math
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.closures.models import Closure
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import open_incidents
from anlan.foundation.ledger.rendering import DateTimeInput
from anlan.foundation.resources.queries import resource_kinds
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
    depart_at = forms.DateTimeField(
        label=_("出发时间"), required=False, widget=DateTimeInput, help_text=_("不填为现在。")
    )

    def vehicle(self) -> Vehicle:
        """The vehicle; call it on a valid form."""
        data = self.cleaned_data
        return Vehicle(
            height_m=data["height_m"] or math.nan, weight_t=data["weight_t"] or math.nan, is_hazardous=data["hazardous"]
        )


class _Shown(forms.Form):
    """A form that puts what a service refuses next to the field that it is about."""

    def show(self, problem: ValidationError) -> None:
        """Add the refusal's words."""
        for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
            self.add_error(name if name in self.fields else None, lines)


class ReportForm(forms.Form):
    """A block as a phone sends it."""

    key = forms.CharField(max_length=40)
    at = forms.DateTimeField(required=False)
    lon = forms.FloatField(label=_("经度"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), min_value=-90, max_value=90)
    reason = forms.ChoiceField(label=_("原因"), choices=Closure.Reason)
    name = forms.CharField(label=_("路段和位置"), max_length=120)
    text = forms.CharField(max_length=500, required=False)
    lanes = forms.IntegerField(label=_("单向车道数"), min_value=1, max_value=8, required=False)
    blocked_lanes = forms.IntegerField(label=_("占用车道数"), min_value=1, max_value=8, required=False)
    photo = forms.FileField(required=False)


class ProgressForm(_Shown):
    """How far the repair is."""

    text = forms.CharField(label=_("进展"), max_length=500)
    photo = forms.FileField(label=_("照片"), required=False, widget=forms.FileInput({"accept": "image/*"}))


class ReopenForm(_Shown):
    """When the road was open again, and how one knows."""

    reopened_at = forms.DateTimeField(
        label=_("恢复时间"), required=False, widget=DateTimeInput, help_text=_("不填为现在。")
    )
    words = forms.CharField(label=_("谁在现场确认"), max_length=200, required=False)
    proof = forms.FileField(label=_("恢复通行的照片"), required=False, widget=forms.FileInput({"accept": "image/*"}))


class PlantForm(_Shown):
    """A team or plant for the repair."""

    incident = forms.ModelChoiceField(Incident.objects.none(), label=_("突发事件"), required=False)
    kind = forms.ChoiceField(label=_("资源类型"))
    what = forms.CharField(label=_("需求说明"), max_length=200, help_text=_("例如：挖掘机、抽水车、抢通队。"))
    quantity = forms.IntegerField(label=_("数量"), min_value=1, max_value=1000, initial=1)
    needed_by = forms.DateTimeField(label=_("需到位时间"), required=False, widget=DateTimeInput)

    def __init__(self, *args: Any, user: User, closure: Closure, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = open_incidents(user)
        if closure.incident_id:
            del self.fields["incident"]
        self.fields["kind"].choices = sorted(resource_kinds().items(), key=lambda pair: str(pair[1]))


class QueueForm(_Shown):
    """What the queue is estimated from, with the source of what nobody can look up."""

    from_start = forms.TypedChoiceField(label=_("来车方向"), coerce=lambda value: value == "True")
    flow_veh_h = forms.FloatField(label=_("来车流量（辆/小时，单向）"), min_value=0, max_value=20000)
    flow_source = forms.CharField(
        label=_("流量来源"), max_length=100, help_text=_("例如：卡口 10 分钟实测、收费站流量。")
    )
    lanes = forms.IntegerField(label=_("单向车道数"), min_value=1, max_value=8)
    blocked_lanes = forms.IntegerField(label=_("占用车道数"), min_value=0, max_value=8)
    capacity_veh_h_lane = forms.FloatField(label=_("一条车道通行能力（辆/小时）"), min_value=500, max_value=3000)
    free_speed_kmh = forms.FloatField(label=_("畅通车速（公里/小时）"), min_value=30, max_value=130)
    blocked_min = forms.FloatField(label=_("预计阻断（分钟）"), min_value=0, max_value=1440)

    def __init__(self, *args: Any, sides: list[tuple[bool, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["from_start"].choices = sides
