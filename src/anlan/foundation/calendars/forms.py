"""The form that asks which calendar to subscribe to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.calendars.registry import calendars


class SubscriptionForm(forms.Form):
    """A calendar, and the unit where it is one of a unit."""

    calendar = forms.ChoiceField(label=_("日历"))
    unit = forms.ModelChoiceField(
        Department.objects.none(), label=_("单位"), required=False, help_text=_("只有单位的日历需要选择。")
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        open_to_user = [one for one in calendars().values() if user.may(one.capability)]
        self.fields["calendar"].choices = [(one.code, one.title) for one in open_to_user]
        units = [one.units(user).values("pk") for one in open_to_user if one.units]
        if not units:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = Department.objects.filter(pk__in=units[0].union(*units[1:]))
