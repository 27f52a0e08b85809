"""Forms to read a plan in, to propose and end a response, and to work with orders."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.response.models import Activation, Level, Order, Plan
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.rendering import DateTimeInput
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area

MOST_PLAN_BYTES = 1024 * 1024


class PlanFileForm(forms.Form):
    """A plan's TOML file, to be checked or to be read in."""

    file = forms.FileField(label=_("预案文件（TOML）"), required=False)
    text = forms.CharField(label=_("预案文本"), required=False, widget=forms.Textarea(attrs={"rows": 14}))

    def clean(self) -> dict:
        values = super().clean()
        upload = values.get("file")
        if upload:
            if upload.size > MOST_PLAN_BYTES:
                raise ValidationError({"file": _("文件超过 1 MB，不像是一份结构化预案。")})
            try:
                values["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise ValidationError({"file": _("文件不是 UTF-8 编码的文本。")}) from None
        if not values.get("text", "").strip():
            raise ValidationError({"file": _("请选择文件，或粘贴预案文本。")})
        return values


class ApproveForm(forms.Form):
    """The number of the document that approves a plan."""

    document = forms.CharField(label=_("批准文号"), max_length=120, required=False)


class ProposalForm(forms.Form):
    """The level of a plan to propose, where, for how long, why."""

    plan = forms.ModelChoiceField(Plan.objects.none(), label=_("预案"), empty_label=None)
    level = forms.ChoiceField(label=_("响应级别"), choices=Level)
    areas = forms.MultipleChoiceField(
        label=_("涉及的县（市、区）、功能区"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选即为预案的全部区域。"),
    )  # fmt: skip
    expected_hours = forms.IntegerField(
        label=_("预计期限（小时）"), required=False, min_value=1, max_value=2400, help_text=_("不填按预案规定。")
    )
    measures = forms.CharField(
        label=_("处置措施"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不填按预案文本。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("没有满足任何启动条件时必须写明理由。"),
    )  # fmt: skip

    def __init__(self, *args, plans: list[Plan], counties: list[Area], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = Plan.objects.filter(pk__in=[plan.pk for plan in plans])
        self.fields["areas"].choices = [(area.pk, area.name) for area in counties]


class ReasonForm(forms.Form):
    """Why something is refused or taken back."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LevelForm(forms.Form):
    """Another level for a running response, and why."""

    level = forms.ChoiceField(label=_("调整为"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, activation: Activation, **kwargs):
        super().__init__(*args, **kwargs)
        levels = activation.plan.levels.exclude(level=activation.level)
        self.fields["level"].choices = [(row.level, row.get_level_display()) for row in levels]


class EndForm(forms.Form):
    """Which conditions for the end are met, and what was done."""

    conditions = forms.CharField(
        label=_("结束条件"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写明满足了哪些结束条件，例如雨停、水位退至警戒以下、险情排除。"),
    )  # fmt: skip
    summary = forms.CharField(label=_("处置小结"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class PicturesInput(forms.ClearableFileInput):
    """Several pictures at once."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """A list of uploaded pictures, perhaps empty."""

    widget = PicturesInput

    def clean(self, data, initial=None) -> list:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PicturesField, self).clean(one, initial) for one in files]


class ReportForm(forms.Form):
    """What an addressee says on an order: words, place, time, pictures."""

    text = forms.CharField(
        label=_("情况"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    place = forms.CharField(label=_("地点"), required=False, max_length=120)
    at = forms.DateTimeField(label=_("时间"), required=False, widget=DateTimeInput, help_text=_("不填即为现在。"))
    photos = PicturesField(label=_("照片、文件"), required=False)


class FieldReportForm(forms.Form):
    """What a phone sends: the same, with its position and a key of its own."""

    text = forms.CharField(required=False, max_length=2000)
    place = forms.CharField(required=False, max_length=120)
    at = forms.DateTimeField(required=False)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    key = forms.CharField(required=False, max_length=64)
    photo = forms.FileField(required=False)


class SubAssignForm(forms.Form):
    """To which townships or units a part of an order goes on, and by when."""

    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label=_("乡镇（街道）"), required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("本级单位"), required=False, widget=forms.CheckboxSelectMultiple
    )
    detail = forms.CharField(label=_("要求"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    due_at = forms.DateTimeField(
        label=_("完成时限"), required=False, widget=DateTimeInput, help_text=_("不填与本指令相同。")
    )

    def __init__(self, *args, order: Order, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        area = order.area or order.department.area
        self.fields["areas"].queryset = Area.objects.filter(
            within(user.scope.prefixes, "code"), within(area.prefixes, "code"), level=Area.Level.TOWNSHIP
        ).order_by("code")
        self.fields["departments"].queryset = (
            Department.objects.filter(within(user.scope.prefixes), area=order.department.area)
            .exclude(pk=order.department_id)
            .exclude(kind=Department.Kind.ENTERPRISE)
            .order_by("code")
        )


class OrderForm(forms.Form):
    """An order that no plan foresaw: to whom, what, where, by when."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("责任单位"))
    title = forms.CharField(label=_("任务"), max_length=120)
    detail = forms.CharField(label=_("要求"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    place = forms.CharField(label=_("地点"), required=False, max_length=120)
    due_at = forms.DateTimeField(label=_("完成时限"), widget=DateTimeInput)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(within(user.scope.prefixes)).order_by("code")
        self.fields["due_at"].initial = timezone.localtime() + timedelta(hours=2)
