"""What a team's page asks for: who takes over, what was trained, in what state equipment is."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.teams.models import Equipment, Member, Team, Training
from anlan.foundation.ledger.rendering import DateInput


class TakeOverForm(forms.Form):
    """The people who are there, and what to know."""

    members = forms.ModelMultipleChoiceField(
        Member.objects.none(), label=_("在岗队员"), widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("交接事项"), max_length=300, required=False)

    def __init__(self, *args, team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = team.members.filter(is_active=True)
        self.fields["members"].error_messages["required"] = _("请勾选在岗队员；没有队员时先在队员台账登记。")


class HandOverForm(forms.Form):
    """What to know when nobody takes over yet."""

    note = forms.CharField(label=_("交接事项"), max_length=300, required=False)


class TrainingForm(forms.ModelForm):
    """A drill, training or inspection of this team."""

    class Meta:
        model = Training
        fields = ("kind", "title", "held_on", "people", "hours", "result")
        widgets = {"held_on": DateInput}  # noqa: RUF012  (Django reads it from here)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate


class EquipmentForm(forms.Form):
    """The state of a piece of equipment."""

    state = forms.ChoiceField(label=_("状态"), choices=Equipment.State.choices)
    inspected_until = forms.DateField(label=_("检验有效期至"), required=False, widget=DateInput)
