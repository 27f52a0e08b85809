"""Depots and what is in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Depot(Record, Located):
    """A store of emergency supplies (储备库)."""

    class Level(models.TextChoices):
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡镇级")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    keeper = models.CharField(_("管理员"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    area_m2 = models.PositiveIntegerField(_("面积（平方米）"), null=True, blank=True)
    is_open = models.BooleanField(_("可出库"), default=True)

    class Meta:
        verbose_name = _("储备库")
        verbose_name_plural = _("储备库")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_available(self) -> bool:
        return self.is_open

    @property
    def readiness(self) -> int | None:
        return 100 if self.is_open else 0


class Stock(Record):
    """How much of an item a depot holds (库存), as counted at a time; movements come with the supply chain."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="stock", verbose_name=_("储备库"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    item = models.CharField(_("物资"), max_length=80)
    unit = models.CharField(_("单位"), max_length=10)
    quantity = models.PositiveIntegerField(_("数量"))
    norm = models.PositiveIntegerField(_("储备标准"), null=True, blank=True)
    counted_at = models.DateTimeField(_("盘点时间"))
    expires_on = models.DateField(_("有效期至"), null=True, blank=True)

    class Meta:
        verbose_name = _("库存")
        verbose_name_plural = _("库存")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.depot} {self.item}"
