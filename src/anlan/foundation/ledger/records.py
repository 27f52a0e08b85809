"""What every registered record has: its area, its department, its history and whether it is a demo row."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from anlan.foundation.places.models import Area


class SecretField(models.CharField):
    """A password or key that can be set, but that no page, export or answer ever shows (密钥)."""


class Record(models.Model):
    """A row of a ledger."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True
