"""Versions of the road network, each packed into one row.

A row an edge was weighed and left: 200,000 edges are read whole or not at all, and are replaced whole by an import.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.places.models import Area


class RoadNetwork(models.Model):
    """A version of the road network (路网版本)."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    title = models.CharField(_("名称"), max_length=120)
    source = models.CharField(_("来源"), max_length=200)
    is_synthetic = models.BooleanField(_("合成数据"), default=False)
    is_current = models.BooleanField(_("在用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    packed = models.BinaryField(editable=False)
    digest = models.CharField(_("SM3 摘要"), max_length=64)
    nodes = models.PositiveIntegerField(_("节点数"))
    edges = models.PositiveIntegerField(_("路段数"))
    length_km = models.FloatField(_("里程（千米）"))
    notes = models.TextField(_("导入说明"), blank=True)
    imported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("导入人")
    )
    imported_at = models.DateTimeField(_("导入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("路网版本")
        verbose_name_plural = _("路网版本")
        ordering = ["-imported_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current")]

    def __str__(self) -> str:
        return self.title
