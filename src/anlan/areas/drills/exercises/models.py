"""Units that owe exercises, and exercises."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record


class ExerciseUnit(Record):
    """A unit that owes exercises by the rules of its category (演练单位)."""

    class Category(models.TextChoices):
        """As the rules of frequency name them."""

        GOVERNMENT = "government", _("政府")
        BUREAU = "bureau", _("部门")
        TOWNSHIP = "township", _("乡镇（街道）")
        INSTITUTION = "public_institution", _("公共安全相关事业单位")
        HIGH_RISK = "high_risk", _("高危行业企业")
        CROWDED_PLACE = "crowded_place", _("人员密集场所经营单位")
        PLANT_SITE = "plant_site", _("企业厂区")
        OTHER = "other_enterprise", _("其他企业")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    category = models.CharField(
        _("类别"), max_length=20, choices=Category,
        help_text=_("高危行业和人员密集场所的范围见规则“高危单位的范围”；一个企业的每个厂区另行登记。"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位账号")
    )
    since = models.DateField(
        _("起算日期"), default=timezone.localdate, help_text=_("还没有演练过的单位从这一天起算期限。")
    )
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("演练单位")
        verbose_name_plural = _("演练单位")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Exercise(Record):
    """An exercise, planned or held (演练)."""

    class Kind(models.TextChoices):
        TABLETOP = "tabletop", _("桌面推演")
        LIVE = "live", _("实战演练")
        ON_SITE = "on_site", _("现场处置演练")

    class Coverage(models.TextChoices):
        COMPREHENSIVE = "comprehensive", _("综合")
        SPECIAL = "special", _("专项")
        SINGLE = "single", _("单项")

    class Status(models.TextChoices):
        PLANNED = "planned", _("计划")
        HELD = "held", _("已举办")
        CANCELLED = "cancelled", _("取消")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    unit = models.ForeignKey(ExerciseUnit, models.PROTECT, related_name="exercises", verbose_name=_("组织单位"))
    kind = models.CharField(_("形式"), max_length=10, choices=Kind)
    coverage = models.CharField(_("演练内容"), max_length=14, choices=Coverage)
    plan = models.CharField(_("演练的预案"), max_length=120, blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    planned_on = models.DateField(_("计划日期"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PLANNED)
    held_on = models.DateField(_("举办日期"), null=True, blank=True)
    participants = models.PositiveIntegerField(_("参加人数"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(
        _("评估得分"), null=True, blank=True, validators=[MaxValueValidator(100)], help_text=_("满分 100。")
    )
    lessons = models.TextField(_("问题和改进"), blank=True)

    class Meta:
        verbose_name = _("演练")
        verbose_name_plural = _("演练台账")
        ordering = ["-planned_on", "code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.status == self.Status.HELD:
            if self.held_on is None:
                raise ValidationError({"held_on": _("已举办的演练要写明举办日期。")})
            if self.held_on > timezone.localdate():
                raise ValidationError({"held_on": _("举办日期不能晚于今天；还没有举办的请选“计划”。")})
            return
        if self.held_on is not None:
            raise ValidationError({"status": _("填了举办日期，状态应为“已举办”。")})
        for name in ("participants", "score"):
            if getattr(self, name) is not None:
                raise ValidationError({name: _("只有已举办的演练才有这一项。")})
