"""What comes in, what goes out and of which lots, what a count found."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.models import MOST, Balance, Lot, Slip
from anlan.foundation.resources.models import Assignment


class StyledForm(forms.Form):
    """Fields in the look of the product."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            look = "form-check-input" if isinstance(field.widget, forms.CheckboxInput) else look
            field.widget.attrs |= {"class": look, "autocomplete": "off"}

    def show(self, problem: ValidationError) -> None:
        """Put what a service refuses next to the field that it is about."""
        for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
            self.add_error(name if name in self.fields else None, lines)


def date_field(label: Any, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))


def quantity_field(**kwargs: Any) -> forms.IntegerField:
    number = forms.NumberInput({"inputmode": "numeric"})
    return forms.IntegerField(label=_("数量"), min_value=1, max_value=MOST, widget=number, **kwargs)


class OnceForm(StyledForm):
    """A form whose submission counts once, however often the button is pressed."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4().hex


class ReceiveForm(OnceForm):
    """A new lot comes in."""

    item = forms.ModelChoiceField(Item.objects.all(), label=_("物资"))
    quantity = quantity_field()
    supplier = forms.CharField(label=_("供应单位"), max_length=80, required=False)
    batch = forms.CharField(label=_("生产批号"), max_length=40, required=False)
    produced_on = date_field(_("生产日期"))
    expires_on = date_field(_("有效期至"))
    bin = forms.CharField(label=_("货位"), max_length=30, required=False)
    origin = forms.ModelChoiceField(
        Slip.objects.none(), label=_("轮换原单"), required=False, empty_label=_("不是轮换补库")
    )
    reason = forms.CharField(label=_("事由"), max_length=200, help_text=_("例如：年度采购到货、捐赠、轮换补库"))

    def __init__(self, *args: Any, depot: Depot, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rotated = Slip.objects.filter(depot=depot, kind=Slip.Kind.ROTATION)
        self.fields["origin"].queryset = rotated.exclude(answers__kind=Slip.Kind.REVERSAL)


class MoreForm(OnceForm):
    """More of a known lot comes in."""

    depot = forms.ModelChoiceField(Depot.objects.none(), label=_("储备库"), empty_label=None)
    quantity = quantity_field()
    bin = forms.CharField(label=_("货位"), max_length=30, required=False)
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, depots: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["depot"].queryset = depots


#: What a slip of each kind has to say beside its reason.
ASKED = {
    Slip.Kind.ISSUE: ("assignment", "approver", "party"),
    Slip.Kind.TRANSFER: ("to_depot",),
    Slip.Kind.LOAN: ("party",),
    Slip.Kind.ROTATION: ("party",),
    Slip.Kind.SCRAP: (),
}


class OutForm(OnceForm):
    """Where lots go, why, and who allowed it; each kind asks only for what it needs."""

    assignment = forms.ModelChoiceField(
        Assignment.objects.none(), label=_("资源调派"), required=False, empty_label=_("没有，口头批准")
    )
    approver = forms.CharField(
        label=_("口头批准人"),
        max_length=60,
        required=False,
        help_text=_("没有资源调派时填写，须在时限内由另一人补签。"),
    )
    to_depot = forms.ModelChoiceField(Depot.objects.none(), label=_("调入库"))
    party = forms.CharField(label=_("对方单位"), max_length=100, required=False)
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, kind: str, depot: Depot, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = ASKED[Slip.Kind(kind)]
        for name in ("assignment", "approver", "to_depot", "party"):
            if name not in asked:
                del self.fields[name]
        if "to_depot" in self.fields:
            self.fields["to_depot"].queryset = Depot.objects.exclude(pk=depot.pk)
        if "assignment" in self.fields:
            ours = Assignment.objects.filter(ledger="depots", object_id=depot.pk).select_related("request")
            ours = ours.exclude(status__in=(Assignment.Status.RELEASED, Assignment.Status.DONE))
            self.fields["assignment"].queryset = ours
            self.fields["assignment"].label_from_instance = lambda row: f"{row.request.incident}：{row.request}"
        if kind == Slip.Kind.LOAN:
            self.fields["party"].required = True


class QuantitiesForm(StyledForm):
    """A quantity for each of some lots, named `lot-<pk>`."""

    def __init__(self, *args: Any, balances: Iterable[Balance], **kwargs: Any):
        self.balances = list(balances)
        super().__init__(*args, **kwargs)
        for row in self.balances:
            widget = forms.NumberInput({"inputmode": "numeric", "class": "form-control", "aria-label": str(row.lot)})
            words = _("%(lot)s：最多只有 %(n)s %(unit)s，请改小这个数量。") % {
                "lot": row.lot.code, "n": row.quantity, "unit": row.lot.item.unit,
            }  # fmt: skip
            self.fields[f"lot-{row.lot_id}"] = forms.IntegerField(
                label=row.lot.code, min_value=0, max_value=row.quantity, required=False, widget=widget,
                error_messages={"max_value": words},
            )  # fmt: skip

    @property
    def wrong(self) -> list[str]:
        """What is wrong, lot by lot, for the end of a long page."""
        found = [(field.label, text) for _row, field in self.rows for text in field.errors]
        return [text if str(label) in text else f"{label}：{text}" for label, text in found]

    @property
    def rows(self) -> list[tuple[Balance, forms.BoundField]]:
        return [(row, self[f"lot-{row.lot_id}"]) for row in self.balances]

    @property
    def quantities(self) -> dict[Lot, int]:
        return {row.lot: n for row in self.balances if (n := self.cleaned_data.get(f"lot-{row.lot_id}"))}


class QuantityForm(StyledForm):
    """How much of the one lot that the page is about."""

    quantity = quantity_field()


class CountLineForm(StyledForm):
    """What was found of a lot, against the books that the counter has seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    counted = forms.IntegerField(
        label=_("实盘数量"), min_value=0, max_value=MOST, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    reason = forms.CharField(label=_("差异说明"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, books: int):
        super().__init__(data, initial={"seen": books})
        self.books = books

    def clean(self) -> dict[str, Any]:
        """Whoever counted before something came or went counts again: the difference would be nobody's."""
        data = super().clean() or {}
        seen = data.pop("seen", None)
        if seen is not None and seen != self.books:
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = str(self.books)
            raise ValidationError(
                _("打开本页后这一批有出入库，账面由 %(seen)s 变为 %(books)s。没有记入：请按现在的实物再数一次，再记。")
                % {"seen": seen, "books": self.books}
            )
        return data


class InspectForm(StyledForm):
    """What an inspection found."""

    fitness = forms.ChoiceField(label=_("检验"), choices=Lot.Fitness)
    inspected_on = forms.DateField(label=_("检验日期"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    inspection = forms.CharField(label=_("检验说明"), max_length=200, required=False)
