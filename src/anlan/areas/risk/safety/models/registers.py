"""Enterprises and major hazard sources."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Level(models.TextChoices):
    """Levels of major hazard sources by GB 18218, the gravest first."""

    I = "I", _("一级")  # noqa: E741
    II = "II", _("二级")
    III = "III", _("三级")
    IV = "IV", _("四级")


class Enterprise(Record, Located):
    """An enterprise under safety supervision (企业)."""

    class Sector(models.TextChoices):
        CHEMICAL = "chemical", _("危险化学品")
        MINE = "mine", _("非煤矿山")
        METAL = "metal", _("冶金")
        DUST = "dust", _("粉尘涉爆")
        AMMONIA = "ammonia", _("涉氨制冷")
        CONSTRUCTION = "construction", _("建筑施工")
        TRANSPORT = "transport", _("交通运输")
        OTHER = "other", _("其他工贸")

    code = models.CharField(_("统一社会信用代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    sector = models.CharField(_("行业"), max_length=20, choices=Sector)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("企业单位")
    )
    employees = models.PositiveIntegerField(_("从业人数"), null=True, blank=True)
    safety_officer = models.CharField(_("安全负责人"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    licence_expires = models.DateField(_("许可证有效期至"), null=True, blank=True)
    has_rescue_team = models.BooleanField(_("已建救援队伍"), default=False)

    class Meta:
        verbose_name = _("企业")
        verbose_name_plural = _("企业档案")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class HazardSource(Record, Located):
    """A major hazard source by GB 18218 (重大危险源)."""

    code = models.CharField(_("备案编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="hazard_sources", verbose_name=_("企业"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("企业单位")
    )
    substance = models.CharField(_("主要物质"), max_length=60)
    cas = models.CharField(_("CAS 号"), max_length=20, blank=True)
    quantity_t = models.FloatField(_("设计最大量（吨）"), null=True, blank=True)
    level = models.CharField(_("等级"), max_length=3, choices=Level, blank=True)
    r_value = models.FloatField(_("R 值"), null=True, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("重大危险源")
        verbose_name_plural = _("重大危险源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Level and R follow from the unit's sheet where there is one."""
        super().clean()
        unit = getattr(self, "unit", None) if self.pk else None
        if unit is None or unit.sheet is None:
            return
        sheet = unit.sheet
        if (self.level, self.r_value) != (sheet.level, float(sheet.r_value) if sheet.is_major else None):
            told = _("等级和 R 值由计算书 %(sheet)s 得出，不能直接修改；存量变化后请签署新的计算书。")
            raise ValidationError(told % {"sheet": sheet.code})
