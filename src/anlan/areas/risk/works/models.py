"""Shelters and waterlogging spots."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Shelter(Record, Located):
    """A place to shelter (避难场所)."""

    class Status(models.TextChoices):
        CLOSED = "closed", _("未启用")
        OPEN = "open", _("已启用")
        FULL = "full", _("已满")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    places = models.PositiveIntegerField(_("可容纳人数"))
    sheltered = models.PositiveIntegerField(_("已安置人数"), default=0)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.CLOSED)
    contact = models.CharField(_("负责人"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    inspected_on = models.DateField(_("最近检查日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("避难场所")
        verbose_name_plural = _("避难场所")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class FloodSpot(Record, Located):
    """A spot that floods in heavy rain (易涝点)."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(
        _("类型"),
        max_length=12,
        choices=[
            ("underpass", _("下穿通道")),
            ("low_road", _("低洼路段")),
            ("estate", _("低洼小区")),
            ("village", _("低洼村庄")),
        ],
    )
    keeper = models.CharField(_("责任人"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    pump_m3_h = models.FloatField(_("抽排能力（立方米/时）"), null=True, blank=True)

    class Meta:
        verbose_name = _("易涝点")
        verbose_name_plural = _("易涝点")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
