"""What the command and the teams type."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.social.models import MOST, Application
from anlan.foundation.ledger.rendering import DateInput, DateTimeInput

BRIEFING = _(
    "1. 听从现场指挥部统一指挥，未经调派不单独行动。\n2. 进出现场到报到点登记，两人以上同行。\n3. 按任务穿戴防护装备，不带病、疲劳作业。\n"
    "4. 听到撤离信号立即沿指定路线撤离并清点人数。\n5. 不擅自发布现场信息和影像，保护群众隐私。"
)
PHONE = re.compile(r"[\d+\-\s]{5,30}")


class EntryForm(forms.Form):
    """The quota, where to report, and what everybody has to know."""

    quota_teams = forms.IntegerField(label=_("接受队伍上限"), min_value=0, max_value=MOST, initial=5)
    quota_people = forms.IntegerField(label=_("接受人数上限"), min_value=0, max_value=MOST, initial=60)
    place = forms.CharField(label=_("报到地点"), max_length=120)
    briefing = forms.CharField(
        label=_("安全须知"), max_length=3000, initial=BRIEFING, widget=forms.Textarea({"rows": 6}),
        help_text=_("队伍被接受后逐条阅读并签收，签收的文字会原样保存。"),
    )  # fmt: skip


class QuotaForm(forms.Form):
    """Another quota."""

    quota_teams = forms.IntegerField(label=_("接受队伍上限"), min_value=0, max_value=MOST)
    quota_people = forms.IntegerField(label=_("接受人数上限"), min_value=0, max_value=MOST)


class DecisionForm(forms.Form):
    """Accept, hold or refuse."""

    decision = forms.ChoiceField(choices=[(s, s) for s in ("accepted", "held", "refused")])
    reason = forms.CharField(label=_("意见"), required=False, max_length=200)


class PeopleForm(forms.Form):
    """Who goes in or out."""

    people = forms.ModelMultipleChoiceField(None)

    def __init__(self, *args, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = application.people.all()
        self.fields["people"].error_messages["required"] = _("请勾选人员。")


class ReleaseForm(forms.Form):
    """What was done."""

    note = forms.CharField(label=_("撤离记录"), required=False, max_length=300)


class SignForm(forms.Form):
    """Who signs for the team."""

    signed_by = forms.CharField(label=_("签收人姓名"), max_length=40)
    has_told_all = forms.BooleanField(label=_("已向全体队员传达，全体知悉并遵守"))


class ApplicationForm(forms.ModelForm):
    """A social team reports; every person on a line of their own."""

    people = forms.CharField(
        label=_("队员名单"), max_length=20000, widget=forms.Textarea({"rows": 6}),
        help_text=_("每行一人：姓名，电话，技能。例如：张三，13800000000，潜水"),
    )  # fmt: skip

    class Meta:
        model = Application
        fields = (
            "name", "registration", "leader", "phone", "skills", "equipment", "insurer", "insured_until",
            "expected_at", "remark",
        )  # fmt: skip
        widgets = {"insured_until": DateInput, "expected_at": DateTimeInput}  # noqa: RUF012  (Django reads it here)

    field_order = (
        "name", "registration", "leader", "phone", "people", "skills", "equipment", "insurer", "insured_until",
        "expected_at", "remark",
    )  # fmt: skip

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if not PHONE.fullmatch(phone):
            raise ValidationError(_("请填能打通的电话。"))
        return phone

    def clean_people(self) -> list[tuple[str, str, str]]:
        found = []
        for line in self.cleaned_data["people"].splitlines():
            if not line.strip():
                continue
            cells = [cell.strip() for cell in re.split(r"[，,\t;；]", line, maxsplit=2)]
            who, phone, can = (*cells, "", "")[:3]
            if not who or len(who) > 40 or len(phone) > 30:
                raise ValidationError(_("第 %(n)s 行看不懂：请按“姓名，电话，技能”填写。") % {"n": len(found) + 1})
            found.append((who, phone, can))
        return found

    def clean_expected_at(self):
        at = self.cleaned_data["expected_at"]
        if at and at < timezone.now() - timezone.timedelta(hours=1):
            raise ValidationError(_("预计到达时间已经过去。"))
        return at
