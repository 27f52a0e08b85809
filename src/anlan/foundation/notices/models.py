"""Notices, and each attempt to reach a named person."""

from datetime import timedelta

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Post, User


class Notice(models.Model):
    """A message that a named person must confirm (叫应)."""

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("一般")
        URGENT = "urgent", _("紧急")
        CRITICAL = "critical", _("特急")

    class How(models.TextChoices):
        APP = "app", _("本人确认")
        PHONE = "phone", _("电话确认")
        ASSESSMENT = "assessment", _("确认研判")

    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=10, choices=Urgency, default=Urgency.URGENT)
    subject_type = models.ForeignKey(ContentType, models.CASCADE, null=True)
    subject_id = models.PositiveBigIntegerField(null=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    incident_id = models.PositiveBigIntegerField(null=True, db_index=True)
    area_code = models.CharField(max_length=12, db_index=True)
    link = models.CharField(max_length=200, blank=True)
    #: The post to be reached; from there the ladder climbs.
    post = models.ForeignKey(Post, models.PROTECT, verbose_name=_("收件岗位"))
    created_at = models.DateTimeField(_("发出时间"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人"))
    confirmed_how = models.CharField(_("确认方式"), max_length=20, choices=How, blank=True)
    #: Who wrote the confirmation down, when the confirming person spoke on the telephone.
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("代为登记"))
    exhausted_at = models.DateTimeField(_("叫应失败"), null=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def wait(self) -> timedelta:
        """How long it took until somebody confirmed; until now, while nobody has."""
        return (self.confirmed_at or timezone.now()) - self.created_at


class Attempt(models.Model):
    """One rung of the ladder: this person by this channel at this time (叫应记录)."""

    #: The outcome when the outlet took the message.
    SENT = "sent"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attempts")
    rung = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="attempts", verbose_name=_("收件人"))
    post_title = models.CharField(_("岗位"), max_length=150, blank=True)
    channel = models.CharField(_("渠道"), max_length=20)
    sent_at = models.DateTimeField(_("发送时间"), auto_now_add=True)
    next_at = models.DateTimeField(_("升级时间"), null=True, db_index=True)
    #: What the outlet said: empty while queued, "sent", or the error.
    outcome = models.CharField(_("结果"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("叫应记录")
        verbose_name_plural = _("叫应记录")
        ordering = ["notice", "rung"]
        constraints = [models.UniqueConstraint(fields=["notice", "rung", "user", "channel"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.channel}"

    @property
    def is_sent(self) -> bool:
        return self.outcome == self.SENT
