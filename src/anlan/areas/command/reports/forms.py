"""Forms to write a report, to send it, and to note a telephone call."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.reports.models import Channel, Report
from anlan.areas.command.reports.services.reports import EDITABLE, Addressee, addressees_for


class ReportForm(forms.ModelForm):
    """The head of a report and one box for each section."""

    class Meta:
        model = Report
        fields = EDITABLE
        widgets = {name: forms.Textarea({"rows": 2}) for name in ("title", "addressee")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.boxes = []
        for section in self.instance.sections:
            name = f"section-{section['key']}"
            self.fields[name] = forms.CharField(
                label=section["heading"] or _("导语"),
                required=False,
                initial=section["text"],
                max_length=20000,
                widget=forms.Textarea({"rows": min(12, 2 + section["text"].count("\n") + len(section["text"]) // 45)}),
            )
            self.boxes.append((section, self[name]))
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    @property
    def head(self):
        """The fields above the sections."""
        return [self[name] for name in EDITABLE]

    @property
    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in EDITABLE}

    @property
    def texts(self) -> dict[str, str]:
        return {section["key"]: self.cleaned_data[bound.name] for section, bound in self.boxes}


class SendForm(forms.Form):
    """To whom, by which means, and when it went out."""

    others = forms.CharField(
        label=_("其他报送对象"), required=False, max_length=300, help_text=_("多个对象用顿号分开，按书面方式报送。")
    )
    at = forms.DateTimeField(
        label=_("报出时间"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
        help_text=_("不填即为现在。"),
    )

    def __init__(self, *args, report: Report, **kwargs):
        super().__init__(*args, **kwargs)
        served = {(one.to_role, one.channel) for one in report.deliveries.all()}
        self.known = {one.to_role: one for one in addressees_for(report.incident, report.department)}
        self.rows = []
        for role, one in self.known.items():
            done = (role, one.channel) in served
            self.fields[f"to-{role}"] = forms.BooleanField(label=one.title, required=False, initial=not done)
            self.fields[f"by-{role}"] = forms.ChoiceField(label=one.title, choices=Channel.choices, initial=one.channel)
            self.fields[f"to-{role}"].widget.attrs["class"] = "form-check-input"
            self.fields[f"by-{role}"].widget.attrs |= {"class": "form-select", "aria-label": one.title}
            self.rows.append((self[f"to-{role}"], self[f"by-{role}"], done))
        for name in ("others", "at"):
            self.fields[name].widget.attrs["class"] = "form-control"

    @property
    def addressees(self) -> list[Addressee]:
        """Everybody that was ticked or written."""
        chosen = [
            Addressee(one.title, self.cleaned_data[f"by-{role}"], role)
            for role, one in self.known.items()
            if self.cleaned_data[f"to-{role}"]
        ]
        others = self.cleaned_data["others"].replace("，", "、").split("、")
        return chosen + [Addressee(name.strip(), Channel.WRITTEN) for name in others if name.strip()]


class PhoneForm(forms.Form):
    """Who took a telephone report, what was said, when."""

    spoke_to = forms.CharField(label=_("接电话人"), max_length=100)
    text = forms.CharField(label=_("报告内容"), required=False, max_length=1000)
    at = forms.DateTimeField(label=_("通话时间"), required=False)
