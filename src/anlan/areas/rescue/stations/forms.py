"""What the page is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.stations.rules import MINUTES
from anlan.areas.rescue.stations.services import MOST_SITES
from anlan.foundation.ledger.forms import ReferenceField
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import HOURS, DayKind
from anlan.foundation.roads.speeds import FREE, NOW, WORST

#: Limits that the slider offers, in minutes.
LEAST, MOST = 1, 20


def _choices() -> list[tuple[str, Any]]:
    """The free road, the worst hour, now, and every hour of both kinds of days."""
    hours = [
        (
            day.label,
            [(f"{day}-{at:02d}", gettext("%(day)s %(hour)s 时") % {"day": day.label, "hour": f"{at:02d}"}) for at in range(HOURS)],
        )
        for day in DayKind
    ]  # fmt: skip
    return [(FREE, gettext("自由流")), (WORST, gettext("最不利时段")), (NOW, gettext("现在")), *hours]


class SpeedsField(forms.ChoiceField):
    """At which hour's speeds."""

    def __init__(self, **kwargs: Any):
        super().__init__(label=_("车速"), choices=_choices, widget=forms.Select({"class": "form-select"}), **kwargs)


class QuestionForm(forms.Form):
    """The limit, whether closures count, and where one more station would stand."""

    minutes = forms.IntegerField(label=_("时限（分钟）"), min_value=LEAST, max_value=MOST, required=False)
    closures = forms.BooleanField(label=_("计入道路阻断"), required=False)
    lon = forms.FloatField(label=_("经度"), min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label=_("纬度"), min_value=-89, max_value=89, required=False)
    speeds = SpeedsField()
    away = forms.IntegerField(label=_("力量已出动的站"), min_value=1, required=False)

    def question(self) -> dict[str, Any]:
        """The arguments of `coverage_for`; call it on a valid form."""
        data = self.cleaned_data
        is_placed = data["lon"] is not None and data["lat"] is not None
        return {
            "minutes": float(data["minutes"] or MINUTES[1]),
            "with_closures": data["closures"],
            "speeds": data["speeds"],
            "extra": (data["lon"], data["lat"]) if is_placed else None,
            "away": data["away"],
        }


class StudyForm(forms.Form):
    """For which area, how many stations, under which limit."""

    area = ReferenceField(Area.objects.none(), label=_("区域"))
    count = forms.IntegerField(label=_("增设站数"), min_value=1, max_value=MOST_SITES)
    minutes = forms.IntegerField(label=_("时限（分钟）"), min_value=LEAST, max_value=MOST)
    closures = forms.BooleanField(label=_("计入道路阻断"), required=False)
    speeds = SpeedsField()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        levels = (Area.Level.CITY, Area.Level.COUNTY)
        self.fields["area"].queryset = Area.objects.filter(within(user.scope.prefixes, "code"), level__in=levels)
