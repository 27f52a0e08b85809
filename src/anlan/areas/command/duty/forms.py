"""Forms to plan a roster, to ask for a swap, to write the log."""

from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.duty.models import DutyLog, Shift
from anlan.foundation.accounts.models import Appointment, Post, User
from anlan.foundation.places.codes import within

CHANGES = {"8": (time(8),), "8-20": (time(8), time(20)), "8-16-24": (time(0), time(8), time(16))}


class _Form(forms.Form):
    """Fields in the look of the product."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs |= {"class": "form-select" if is_choice else "form-control", "autocomplete": "off"}


def people_of(user: User, post: Post | None = None) -> Any:
    """The people of the user's areas who may stand duty: those of the post's department and role, or all."""
    held = Appointment.objects.filter(Appointment.valid_at(timezone.now()))
    if post is not None:
        held = held.filter(post__department=post.department, post__role=post.role)
    rows = User.objects.filter(within(user.scope.prefixes, "department__area_id"), is_active=True)
    return rows.filter(pk__in=held.values("user")).order_by("full_name")


class PlanForm(_Form):
    """Who takes turns on which post, from when, for how long."""

    post = forms.ModelChoiceField(Post.objects.none(), label=_("岗位"))
    kind = forms.ChoiceField(label=_("类别"), choices=Shift.Kind)
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("轮值人员"), widget=forms.SelectMultiple({"size": 8}),
        help_text=_("按住 Ctrl 多选；周末和班次平均分担。"),
    )  # fmt: skip
    first = forms.DateField(label=_("从"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    days = forms.IntegerField(label=_("天数"), min_value=1, max_value=92, initial=31)
    changes = forms.ChoiceField(
        label=_("交接时间"),
        choices=[
            ("8", _("每日8时（24小时一班）")),
            ("8-20", _("8时、20时（12小时一班）")),
            ("8-16-24", _("0时、8时、16时（8小时一班）")),
        ],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        posts = Post.objects.filter(within(user.scope.prefixes, "department__area_id"))
        self.fields["post"].queryset = posts.select_related("department").order_by("rank", "department")
        self.fields["people"].queryset = people_of(user)
        self.fields["first"].initial = timezone.localdate() + timedelta(days=1)

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"changes": CHANGES[self.cleaned_data["changes"]]}


class SwapForm(_Form):
    """Who is asked to take the shift over, why, and for which of theirs."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("请谁接班"))
    in_return = forms.ModelChoiceField(
        Shift.objects.none(), label=_("换对方哪一班"), required=False, empty_label=_("不交换，只请代班")
    )
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, user: User, shift: Shift, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = people_of(user, shift.post).exclude(pk=user.pk)
        self.fields["to"].queryset = people
        ahead = Shift.objects.filter(post=shift.post, start__gt=timezone.now(), user__in=people)
        self.fields["in_return"].queryset = ahead.select_related("user").order_by("start")


class LogForm(_Form):
    """One line of the duty log."""

    kind = forms.ChoiceField(label=_("类别"), choices=DutyLog.Kind)
    text = forms.CharField(label=_("内容"), max_length=2000, widget=forms.Textarea({"rows": 2}))
    at = forms.DateTimeField(
        label=_("时间"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
        help_text=_("不填即为现在。"),
    )
    is_exercise = forms.BooleanField(label=_("演练"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["is_exercise"].widget.attrs["class"] = "form-check-input"


class CancelForm(forms.Form):
    """Why a shift is taken out of the roster."""

    reason = forms.CharField(label=_("原因"), max_length=100)
