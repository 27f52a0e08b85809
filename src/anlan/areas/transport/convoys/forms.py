"""Forms of convoy orders: a new one, and who drives what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.convoys.models import ConvoyOrder
from anlan.areas.transport.fleet.models import Convoy, Driver, Vehicle
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.ledger.rendering import DateTimeInput


class OrderForm(forms.Form):
    """Send a convoy without an incident."""

    convoy = forms.ModelChoiceField(Convoy.objects.none(), label=_("车队"))
    task = forms.CharField(label=_("任务"), max_length=200, help_text=_("例如：运送帐篷 200 顶；转移群众 120 人。"))
    place = forms.CharField(label=_("目的地"), max_length=120)
    lon = forms.FloatField(label=_("目的地经度"), min_value=73, max_value=136, help_text=_("可以在地图上点选。"))
    lat = forms.FloatField(label=_("目的地纬度"), min_value=3, max_value=54)
    needed_by = forms.DateTimeField(label=_("需到位时间"), required=False, widget=DateTimeInput)
    is_exercise = forms.BooleanField(label=_("演练"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["convoy"].queryset = ledger("convoys").rows(user).exclude(status=Convoy.Status.STOOD_DOWN)


class CancelForm(forms.Form):
    """Why an order is called off."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class CrewForm(forms.Form):
    """A box for each vehicle that may go, and its driver; fields `go-<pk>` and `driver-<pk>`."""

    def __init__(self, *args: Any, order: ConvoyOrder, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        chosen = {trip.vehicle_id: trip.driver_id for trip in order.trips.all()}
        if order.convoy is not None:
            self.vehicles = list(order.convoy.vehicles.all())
            drivers = order.convoy.drivers.filter(duty=Driver.Duty.DRIVER)
        else:
            self.vehicles = list(Vehicle.objects.filter(pk__in=chosen))
            drivers = Driver.objects.filter(
                pk__in=ledger("drivers").rows(user).values("pk"), duty=Driver.Duty.DRIVER,
                carrier__in=[one.carrier_id for one in self.vehicles if one.carrier_id],
            )  # fmt: skip
        for one in self.vehicles:
            self.fields[f"go-{one.pk}"] = forms.BooleanField(
                label=str(one), required=False, initial=one.pk in chosen,
                widget=forms.CheckboxInput({"class": "form-check-input"}),
            )  # fmt: skip
            select = forms.Select({"class": "form-select", "aria-label": _("驾驶员")})
            self.fields[f"driver-{one.pk}"] = forms.ModelChoiceField(
                drivers, required=False, initial=chosen.get(one.pk), empty_label=_("未定驾驶员"), widget=select
            )

    @property
    def rows(self) -> list[tuple[Vehicle, forms.BoundField, forms.BoundField]]:
        return [(one, self[f"go-{one.pk}"], self[f"driver-{one.pk}"]) for one in self.vehicles]

    @property
    def crew(self) -> dict[Vehicle, Driver | None]:
        data = self.cleaned_data
        return {one: data[f"driver-{one.pk}"] for one in self.vehicles if data.get(f"go-{one.pk}")}
