"""Observed values of indicators, so that a target's movement can be drawn."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Observation(models.Model):
    """An indicator's value as computed at a time (指标观测值)."""

    code = models.CharField(_("指标"), max_length=80, db_index=True)
    area_code = models.CharField(max_length=12)
    value = models.FloatField(_("数值"), null=True)
    samples = models.PositiveIntegerField(_("样本数"), default=0)
    basis = models.TextField(_("计算依据"), blank=True)
    as_of = models.DateTimeField(_("计算时间"), db_index=True)

    class Meta:
        verbose_name = _("指标观测值")
        verbose_name_plural = _("指标观测值")
        ordering = ["code", "-as_of"]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"
