"""Forms of a review: findings, improvements, the verdict."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.review.models import Finding, Review
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.places.codes import within


def departments(user: User):
    """The units that the person may name."""
    return Department.objects.filter(within(user.scope.prefixes)).order_by("code")


class EntryField(forms.ModelChoiceField):
    """Timeline entries by time and first words."""

    def label_from_instance(self, entry: TimelineEntry) -> str:
        return f"{timezone.localtime(entry.happened_at):%m-%d %H:%M} {entry.text[:40]}"


class FindingForm(forms.Form):
    """One finding."""

    kind = forms.ChoiceField(label=_("类别"), choices=Finding.Kind.choices)
    text = forms.CharField(label=_("内容"), widget=forms.Textarea(attrs={"rows": 3}))
    entry = EntryField(label=_("时间线记录"), queryset=TimelineEntry.objects.none(), required=False)
    department = forms.ModelChoiceField(label=_("涉及单位"), queryset=Department.objects.none(), required=False)

    def __init__(self, *args, user: User, incident: Incident, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = incident.timeline.order_by("happened_at", "id")
        self.fields["department"].queryset = departments(user)


class ImprovementForm(forms.Form):
    """One task with its owner and day."""

    title = forms.CharField(label=_("改进措施"), max_length=200)
    department = forms.ModelChoiceField(label=_("责任单位"), queryset=Department.objects.none())
    due_on = forms.DateField(label=_("完成期限"), widget=forms.DateInput(attrs={"type": "date"}))
    finding = forms.ModelChoiceField(label=_("评估发现"), queryset=Finding.objects.none(), required=False)

    def __init__(self, *args, user: User, review: Review, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments(user)
        self.fields["finding"].queryset = review.findings.all()


class ConclusionForm(forms.Form):
    """The verdict."""

    conclusion = forms.CharField(label=_("总体评价"), widget=forms.Textarea(attrs={"rows": 4}))
