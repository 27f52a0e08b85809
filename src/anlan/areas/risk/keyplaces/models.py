"""Places whose people need help or time to get away."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class KeyPlace(Record, Located):
    """A sensitive place (敏感场所) with the people who are there by day and by night."""

    class Kind(models.TextChoices):
        KINDERGARTEN = "kindergarten", _("幼儿园")
        SCHOOL = "school", _("中小学")
        SPECIAL_SCHOOL = "special_school", _("特殊教育学校")
        COLLEGE = "college", _("高校、职业院校")
        CARE_HOME = "care_home", _("养老机构")
        WELFARE = "welfare", _("儿童福利和救助机构")
        OTHER = "other", _("其他人员密集或行动不便场所")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind)
    people_day = models.PositiveIntegerField(
        _("白天人数"), null=True, blank=True, help_text=_("师生、老人、职工合计；不知道就留空。")
    )
    people_night = models.PositiveIntegerField(
        _("夜间人数"), null=True, blank=True, help_text=_("住宿的人；确知没有人的填 0，不知道就留空。")
    )
    needing_help = models.PositiveIntegerField(_("行动不便人数"), null=True, blank=True)
    counted_on = models.DateField(_("人数统计日期"), null=True, blank=True)
    count_source = models.CharField(_("人数来源"), max_length=100, blank=True)
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    phone = models.CharField(_("值班电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("敏感场所")
        verbose_name_plural = _("敏感场所（学校、养老机构）")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        is_counted = self.people_day is not None or self.people_night is not None
        if is_counted and not (self.counted_on and self.count_source):
            raise ValidationError({"count_source": _("填写了人数的，要写明统计日期和来源。")})
        if self.counted_on and self.counted_on > timezone.localdate():
            raise ValidationError({"counted_on": _("统计日期不能晚于今天。")})
