"""Service posts of villages and communities."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class ServicePost(Record, Located):
    """A village's or community's emergency service post (应急服务站)."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    keeper = models.CharField(_("负责人"), max_length=40)
    phone = models.CharField(_("电话"), max_length=30)
    reporters = models.PositiveIntegerField(_("信息报告员人数"), default=0)
    has_loudspeaker = models.BooleanField(_("有应急广播"), default=False)
    checked_on = models.DateField(_("最近达标检查"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("达标得分"), null=True, blank=True)

    class Meta:
        verbose_name = _("应急服务站")
        verbose_name_plural = _("应急服务站")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
