"""Subscriptions: secret addresses, each for one person and one calendar."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User


class Subscription(models.Model):
    """A secret address under which a calendar program reads one calendar of a person (日历订阅)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="subscriptions", verbose_name=_("用户"))
    calendar = models.CharField(_("日历"), max_length=40)
    unit = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    #: SHA-256 of the secret, which is shown once.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近读取"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("日历订阅")
        verbose_name_plural = _("日历订阅")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.calendar} {self.unit or ''}".strip()

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()
