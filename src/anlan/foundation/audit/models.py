"""The audit log: append-only rows, each sealed by the SM3 digest of itself and of the row before."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """An attempt to change or delete what must stay."""


class AuditEntry(models.Model):
    """Who did what to which record, when (审计记录). Names are copied as text: they outlive accounts."""

    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.CharField(_("操作人"), max_length=150, db_index=True)
    actor_post = models.CharField(_("岗位"), max_length=150, blank=True)
    address = models.CharField(_("来源地址"), max_length=45, blank=True)
    action = models.CharField(_("操作"), max_length=40, db_index=True)
    subject_kind = models.CharField(_("对象类型"), max_length=60, blank=True)
    subject_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    subject = models.CharField(_("对象"), max_length=200, blank=True)
    succeeded = models.BooleanField(_("成功"), default=True)
    details = models.JSONField(_("内容"), default=dict)
    previous_digest = models.CharField(max_length=64, editable=False)
    digest = models.CharField(_("摘要"), max_length=64, editable=False, unique=True)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计日志")
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.subject}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("audit entries are never deleted")


class AuditHead(models.Model):
    """The last digest of the chain; its row lock orders concurrent writers."""

    digest = models.CharField(max_length=64)
    count = models.PositiveBigIntegerField(default=0)
