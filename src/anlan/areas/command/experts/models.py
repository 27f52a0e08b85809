"""Experts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Expert(Record, Located):
    """Somebody to ask (专家)."""

    class Field(models.TextChoices):
        FLOOD = "flood", _("防汛抗旱")
        CHEMISTRY = "chemistry", _("危险化学品")
        FIRE = "fire", _("消防")
        HEALTH = "health", _("公共卫生")
        CONSTRUCTION = "construction", _("建筑与基础设施")
        EARTHQUAKE = "earthquake", _("地震地质")
        ENVIRONMENT = "environment", _("生态环境")
        COMMUNICATION = "communication", _("通信与网络")
        OTHER = "other", _("其他")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    field = models.CharField(_("领域"), max_length=20, choices=Field)
    employer = models.CharField(_("工作单位"), max_length=100, blank=True)
    title = models.CharField(_("职称"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    is_chief = models.BooleanField(_("首席专家"), default=False)
    term_end = models.DateField(_("聘期至"), null=True, blank=True)

    class Meta:
        verbose_name = _("专家")
        verbose_name_plural = _("专家库")
        ordering = ["field", "code"]

    def __str__(self) -> str:
        return self.name
