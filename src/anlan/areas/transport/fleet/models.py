"""Vehicles."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Vehicle(Record, Located):
    """A vehicle or machine that can be called (应急车辆)."""

    class Kind(models.TextChoices):
        TRUCK = "truck", _("货车")
        BUS = "bus", _("客车")
        PUMP = "pump", _("排水车")
        CRANE = "crane", _("起重机械")
        EXCAVATOR = "excavator", _("挖掘机械")
        COMMAND = "command", _("应急指挥车")
        AMBULANCE = "ambulance", _("救护车")

    class Status(models.TextChoices):
        READY = "ready", _("待命")
        OUT = "out", _("执行任务")
        REPAIR = "repair", _("维修")

    code = models.CharField(_("车牌或编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所属单位")
    )
    convoy = models.CharField(_("所属车队"), max_length=60, blank=True)
    capacity = models.CharField(_("能力"), max_length=40, blank=True)
    driver = models.CharField(_("驾驶员"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.READY)
    terminal = models.CharField(
        _("定位终端号"),
        max_length=30,
        blank=True,
        help_text=_("JT/T 808 终端手机号，或 JT/T 809 车牌号；有定位时位置自动更新。"),
    )
    located_at = models.DateTimeField(_("定位时间"), null=True, blank=True, editable=False)
    inspected_until = models.DateField(_("年检有效期至"), null=True, blank=True)

    class Meta:
        verbose_name = _("应急车辆")
        verbose_name_plural = _("应急车辆")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    @property
    def is_available(self) -> bool:
        return self.status == self.Status.READY

    @property
    def readiness(self) -> int:
        return 100 if self.is_available else 0
