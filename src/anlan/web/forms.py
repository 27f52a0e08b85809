"""Forms of the incident room: figures, notes, grade, state."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.foundation.incidents.models import Grade, Incident
from anlan.foundation.ledger.rendering import DateTimeInput

#: The figures that a caller is asked for, in the order of the five numbers (五数).
ASKED = ("dead", "missing", "serious_injured", "injured", "trapped", "evacuated")


class FiguresForm(forms.Form):
    """Small boxes for people; an empty box is unknown, never zero."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ASKED:
            title = Incident._meta.get_field(name).verbose_name
            box = forms.NumberInput(attrs={"min": 0, "placeholder": _("未知"), "inputmode": "numeric"})
            self.fields[name] = forms.IntegerField(
                label=title, min_value=0, max_value=9_999_999, required=False, widget=box
            )

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in ASKED]

    @property
    def figures(self) -> dict[str, int]:
        """The figures that are known."""
        return {name: value for name in ASKED if (value := self.cleaned_data.get(name)) is not None}


class FiguresUpdateForm(FiguresForm):
    """Newly known figures with their source and time."""

    loss = forms.DecimalField(
        label=_("直接经济损失（万元）"), min_value=0, max_digits=12, decimal_places=2, required=False,
        widget=forms.NumberInput(attrs={"min": 0, "step": "0.01", "placeholder": _("未知"), "inputmode": "decimal"}),
    )  # fmt: skip
    source = forms.CharField(label=_("来源"), max_length=120)
    at = forms.DateTimeField(label=_("统计时间"), required=False, widget=DateTimeInput)

    @property
    def figures(self) -> dict[str, Any]:
        """The figures that are known; the loss in yuan."""
        loss = self.cleaned_data.get("loss")
        return super().figures | ({} if loss is None else {"loss_yuan": loss * 10_000})


class NoteForm(forms.Form):
    """A line for the timeline: what became known, or what a leader instructed."""

    text = forms.CharField(label=_("内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    leader = forms.CharField(label=_("批示领导"), max_length=60, required=False, help_text=_("填写后记为领导批示。"))
    source = forms.CharField(label=_("来源"), max_length=120, required=False)


class GradeForm(forms.Form):
    """The grade to put into force; another than the rule's needs a reason."""

    grade = forms.ChoiceField(label=_("事件等级"), choices=[("", _("请选择")), *Grade.choices])
    reason = forms.CharField(label=_("理由"), max_length=300, required=False)


class StatusForm(forms.Form):
    """The next state of an incident, with a reason."""

    status = forms.ChoiceField(label=_("状态"), choices=Incident.Status)
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)
