"""Long work and its progress."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User


class Job(models.Model):
    """A piece of long work that somebody started (后台任务)."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("排队")
        RUNNING = "running", _("运行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    title = models.CharField(_("任务"), max_length=200)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(_("错误"), blank=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="jobs")
    created_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return 100 if self.status == self.Status.DONE else int(100 * self.done / self.total) if self.total else 0
