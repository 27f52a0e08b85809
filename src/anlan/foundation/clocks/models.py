"""A duty's clock: when it started, when it is due, how far it has escalated."""

from datetime import datetime, timedelta

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department


class Clock(models.Model):
    """One limit on one duty (时限): legal or operational."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("法定时限")
        OPERATIONAL = "operational", _("工作时限")

    subject_type = models.ForeignKey(ContentType, models.CASCADE)
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    title = models.CharField(_("事项"), max_length=200)
    #: Rule `code@version` that sets the limit, and how people cite it.
    rule = models.CharField(_("规则"), max_length=100, blank=True)
    citation = models.CharField(_("依据"), max_length=200, blank=True)
    incident_id = models.PositiveBigIntegerField(null=True, db_index=True)
    area_code = models.CharField(max_length=12, db_index=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", verbose_name=_("责任单位"))
    started_at = models.DateTimeField(_("起算"))
    due_at = models.DateTimeField(_("截止"), db_index=True)
    met_at = models.DateTimeField(_("完成"), null=True)
    cancelled_at = models.DateTimeField(_("取消"), null=True)
    #: The highest step (50, 80, 100 per cent) that was escalated.
    escalated = models.PositiveSmallIntegerField(default=0)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("时限")
        verbose_name_plural = _("时限")
        ordering = ["due_at"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return self.title

    def percent(self, at: datetime | None = None) -> int:
        """How much of the time is used, in per cent."""
        end = self.met_at or at or timezone.now()
        return int(100 * (end - self.started_at) / max(self.due_at - self.started_at, timedelta(seconds=1)))

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.cancelled_at is None

    @property
    def was_late(self) -> bool:
        return bool(self.met_at and self.met_at > self.due_at)

    @property
    def lateness(self) -> timedelta | None:
        """By how much the limit was or is missed; None when it was kept or still runs."""
        end = self.met_at or timezone.now()
        return end - self.due_at if end > self.due_at else None
