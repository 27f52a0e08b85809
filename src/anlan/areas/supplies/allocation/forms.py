"""What people need and where, how a plan is made and changed, what was loaded and what was signed for."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.allocation.delivering import HOW
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill, WaybillLine
from anlan.areas.supplies.allocation.requesting import Wanted, by_kit
from anlan.areas.supplies.allocation.situation import Truck
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.forms import StyledForm
from anlan.areas.supplies.movements.models import MOST, Lot
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.rendering import DateTimeInput
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area

#: The ways of signing in the reader's language; records keep them in Chinese.
HOW_TITLES = (_("手机签收"), _("电话确认"), _("纸质签收单"))
#: Rows of places that the form offers; more are added on the request's page or come in a table.
ROWS = 6


def _count(label: Any, **kwargs: Any) -> forms.IntegerField:
    number = forms.NumberInput({"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=MOST, widget=number, **kwargs)


def areas_of(user: User, incident: Incident) -> Any:
    """Townships (and what lies alone) where the incident is and the person may speak for."""
    here = within((prefix(incident.area_id),), "code")
    rows = Area.objects.filter(here & within(user.scope.prefixes, "code"), level=Area.Level.TOWNSHIP).order_by("code")
    return rows if rows.exists() else Area.objects.filter(pk=incident.area_id)


class RequestForm(StyledForm):
    """What the request is called and by when it is to be met."""

    title = forms.CharField(label=_("名称"), max_length=120, required=False, help_text=_("不填则按区域命名。"))
    needed_by = forms.DateTimeField(
        label=_("需到位时间"), required=False, widget=DateTimeInput, help_text=_("不填则按 12 小时基本生活救助时限。")
    )


class PlaceForm(StyledForm):
    """A place: people, from whom the kit for each follows, and something more that it needs."""

    area = forms.ModelChoiceField(Area.objects.none(), label=_("乡镇（街道）"), required=False, empty_label="—")
    place = forms.CharField(label=_("送达地点"), max_length=80, required=False)
    people = _count(_("受灾人数"))
    item = forms.ModelChoiceField(Item.objects.all(), label=_("另需物资"), required=False, empty_label="—")
    quantity = _count(_("数量"))
    contact = forms.CharField(label=_("接收人"), max_length=40, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)

    def __init__(self, *args: Any, areas: Any, is_sure: bool = False, **kwargs: Any):
        self.is_sure, self.is_doubted = is_sure, False
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    @property
    def is_blank(self) -> bool:
        return not any(self.data.get(self.add_prefix(name)) for name in ("area", "people", "quantity", "place"))

    def clean(self) -> dict[str, Any]:
        """A row with anything in it names its township, and people or an item with its quantity."""
        data = super().clean() or {}
        if self.is_blank:
            return data
        if not data.get("area") and "area" not in self.errors:
            self.add_error("area", _("请选择乡镇（街道）。"))
        if bool(data.get("item")) != bool(data.get("quantity")) and "quantity" not in self.errors:
            self.add_error("quantity", _("物资和数量要一起填写。"))
        if not data.get("people") and not data.get("quantity") and "people" not in self.errors:
            self.add_error("people", _("请填写受灾人数，或填写物资和数量。"))
        area, people = data.get("area"), data.get("people")
        self.is_doubted = bool(area and people and area.population and people > area.population)
        if self.is_doubted and not self.is_sure:
            words = _("多于%(area)s的常住人口 %(n)s 人，请核对；确实这么多的，请在下面勾选“人数已核实”。")
            self.add_error("people", words % {"area": area, "n": area.population})
        return data

    def wanted(self) -> list[Wanted]:
        """The row's needs: the kit for its people, and what was asked beside it."""
        data = self.cleaned_data
        if self.is_blank:
            return []
        where = {
            "area": data["area"], "place": data["place"] or data["area"].name, "people": data["people"],
            "lon": data["area"].lon, "lat": data["area"].lat, "contact": data["contact"], "phone": data["phone"],
        }  # fmt: skip
        found = {item: (n, basis) for item, n, basis in (by_kit(data["people"]) if data["people"] else ())}
        if data["item"]:
            found[data["item"]] = (data["quantity"], "人工填报")
        return [Wanted(item=item, quantity=n, basis=basis, **where) for item, (n, basis) in found.items()]


class PlanForm(StyledForm):
    """How a plan is to be made."""

    limit_hours = forms.FloatField(
        label=_("送达时限（小时）"), required=False, min_value=0.5, max_value=72,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
    )  # fmt: skip
    rounds = forms.ChoiceField(
        label=_("配送方式"), required=False, choices=AllocationPlan.Rounds.choices, initial=AllocationPlan.Rounds.SOONER
    )  # fmt: skip
    with_agreements = forms.BooleanField(label=_("政府储备不足时动用协议储备"), required=False, initial=True)

    def clean_rounds(self) -> str:
        """Left out it is as the form offers it."""
        return self.cleaned_data["rounds"] or AllocationPlan.Rounds.SOONER


class WishForm(StyledForm):
    """What a person decides before the plan is computed anew."""

    kind = forms.ChoiceField(
        label=_("要求"),
        choices=[("forbid", _("禁止这个库发往")), ("fix", _("指定这个库发往")), ("move", _("先调拨到另一个库"))],
    )
    depot = forms.ModelChoiceField(Depot.objects.none(), label=_("发货库"))
    to_depot = forms.ModelChoiceField(
        Depot.objects.none(), label=_("调入库"), required=False, empty_label="—", help_text=_("先调拨时填写。")
    )
    place = forms.ChoiceField(label=_("送达地点"), required=False)
    item = forms.ModelChoiceField(Item.objects.none(), label=_("物资"), required=False, empty_label="—")
    quantity = _count(_("数量"))

    def __init__(self, *args: Any, depots: Sequence[Depot], places: Iterable[str], items: Iterable[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["depot"].queryset = Depot.objects.filter(pk__in=[one.pk for one in depots])
        self.fields["to_depot"].queryset = self.fields["depot"].queryset
        self.fields["place"].choices = [("", _("所有地点")), *((name, name) for name in places)]
        self.fields["item"].queryset = Item.objects.filter(pk__in=items)

    def clean(self) -> dict[str, Any]:
        """A fixed shipment names place, item and quantity."""
        data = super().clean() or {}
        if data.get("kind") == "fix" and not (data.get("place") and data.get("item") and data.get("quantity")):
            raise ValidationError(_("指定发货时，请写明地点、物资和数量。"))
        if data.get("kind") == "move" and not (data.get("to_depot") and data.get("item") and data.get("quantity")):
            raise ValidationError(_("先调拨时，请写明调入库、物资和数量。"))
        if data.get("kind") == "move" and data.get("to_depot") == data.get("depot"):
            raise ValidationError(_("请选择调入的另一个储备库。"))
        return data

    def wish(self, user: User) -> dict[str, Any]:
        """As the plan keeps it."""
        data = self.cleaned_data
        found = {"kind": data["kind"], "depot": data["depot"].pk, "place": data["place"], "by": str(user)}
        if data["kind"] == "move":
            found |= {"to_depot": data["to_depot"].pk}
        return found | ({"item": data["item"].pk, "quantity": data["quantity"]} if data["kind"] != "forbid" else {})


class ChangeForm(StyledForm):
    """Quantities of a proposed trip, and its truck."""

    truck = forms.ChoiceField(label=_("车辆"), required=False)

    def __init__(self, *args: Any, waybill: Waybill, trucks: Sequence[Truck], **kwargs: Any):
        self.waybill = waybill
        super().__init__(*args, **kwargs)
        own = f"{waybill.ledger}:{waybill.vehicle}"
        others = [(f"{one.ledger}:{one.pk}", f"{one.title}（{one.load_t:g} 吨）") for one in trucks]
        self.fields["truck"].choices = [(own, waybill.truck), *(pair for pair in others if pair[0] != own)]
        self.fields["truck"].initial = own
        for line in waybill.lines.all():
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                label=f"{line.item}（{line.item.unit}）", min_value=0, max_value=MOST, initial=line.quantity,
                widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
            )  # fmt: skip

    @property
    def quantities(self) -> dict[WaybillLine, int]:
        return {line: self.cleaned_data[f"line-{line.pk}"] for line in self.waybill.lines.all()}

    @property
    def chosen(self) -> tuple[str, int] | None:
        name, _sep, pk = self.cleaned_data["truck"].partition(":")
        return (name, int(pk)) if pk else None


class LoadForm(StyledForm):
    """What is on the truck, lot by lot; `lot-<pk>`."""

    reason = forms.CharField(label=_("少装原因"), max_length=200, required=False)

    def __init__(self, *args: Any, lots: dict[Lot, int], bins: dict[int, str], **kwargs: Any):
        self.lots, self.bins = lots, bins
        super().__init__(*args, **kwargs)
        for lot, n in lots.items():
            widget = forms.NumberInput({"inputmode": "numeric", "class": "form-control", "aria-label": str(lot)})
            self.fields[f"lot-{lot.pk}"] = forms.IntegerField(
                label=lot.code, min_value=0, max_value=n, initial=n, widget=widget,
                error_messages={"max_value": _("应装 %(n)s %(unit)s，不能装得更多。") % {"n": n, "unit": lot.item.unit}},
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Lot, int, str, forms.BoundField]]:
        """The pick list, bin by bin."""
        found = [(lot, n, self.bins.get(lot.pk, ""), self[f"lot-{lot.pk}"]) for lot, n in self.lots.items()]
        return sorted(found, key=lambda row: (row[2], row[0].code))

    @property
    def picked(self) -> dict[Lot, int]:
        return {lot: self.cleaned_data[f"lot-{lot.pk}"] for lot in self.lots}


class ReceiveForm(StyledForm):
    """What came, well and spoilt, line by line; who signs."""

    receiver = forms.CharField(label=_("签收人"), max_length=60)
    phone = forms.CharField(label=_("签收人电话"), max_length=30, required=False)
    how = forms.ChoiceField(label=_("签收方式"), choices=list(zip(HOW, HOW_TITLES, strict=True)))
    reason = forms.CharField(label=_("破损、短少原因"), max_length=200, required=False)

    def __init__(self, *args: Any, waybill: Waybill, **kwargs: Any):
        self.lines = list(waybill.lines.all())
        super().__init__(*args, **kwargs)
        number = {"inputmode": "numeric", "class": "form-control"}
        for line in self.lines:
            most = line.loaded or 0
            words = _("装车 %(n)s %(unit)s，不能签收得更多。") % {"n": most, "unit": line.item.unit}
            for name, label, initial in (("good", _("完好"), most), ("bad", _("破损"), 0)):
                widget = forms.NumberInput(number | {"aria-label": f"{line.item} {label}"})
                self.fields[f"{name}-{line.pk}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=most, initial=initial, required=False, widget=widget,
                    error_messages={"max_value": words},
                )  # fmt: skip

    @property
    def rows(self) -> list[tuple[WaybillLine, forms.BoundField, forms.BoundField]]:
        return [(line, self[f"good-{line.pk}"], self[f"bad-{line.pk}"]) for line in self.lines]

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields about the signature."""
        return [self[name] for name in ("receiver", "phone", "how", "reason")]

    @property
    def received(self) -> dict[WaybillLine, tuple[int, int]]:
        data = self.cleaned_data
        return {line: (data[f"good-{line.pk}"] or 0, data[f"bad-{line.pk}"] or 0) for line in self.lines}
