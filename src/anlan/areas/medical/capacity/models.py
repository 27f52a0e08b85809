"""Hospitals and their beds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Hospital(Record, Located):
    """A hospital with its capacity as last reported (医院)."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("等级"), max_length=40, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("填报单位")
    )
    phone = models.CharField(_("急救电话"), max_length=30, blank=True)
    infectious_beds = models.PositiveIntegerField(_("传染病床位"), null=True, blank=True)
    free_beds = models.PositiveIntegerField(_("空床"), null=True, blank=True)
    ambulances = models.PositiveIntegerField(_("救护车"), null=True, blank=True)
    isolation_rooms = models.PositiveIntegerField(_("隔离房间"), null=True, blank=True)
    reported_at = models.DateTimeField(_("填报时间"), null=True, blank=True)
    note = models.CharField(_("数据说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("医院")
        verbose_name_plural = _("医院")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
