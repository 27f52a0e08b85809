"""What was exchanged with other bureaus' systems: documents as they came and went, and the messages in them."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.places.models import Area


class Exchange(models.Model):
    """One document received or provided (数据交换)."""

    class Direction(models.TextChoices):
        IN = "in", _("接收")
        OUT = "out", _("提供")

    class Result(models.TextChoices):
        ACCEPTED = "accepted", _("已接收")
        PARTLY = "partly", _("部分接收")
        REFUSED = "refused", _("未接收")
        PROVIDED = "provided", _("已提供")

    direction = models.CharField(_("方向"), max_length=3, choices=Direction)
    at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("对方"))
    #: Name, unit and address of whoever sent or fetched it, as they were then.
    partner = models.CharField(_("对方"), max_length=200)
    #: The actor's own area; rows are shown to those who look after it.
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name=_("区域"))
    standard = models.CharField(_("标准"), max_length=20, blank=True)
    identifier = models.CharField(_("标识"), max_length=200, blank=True)
    sender = models.CharField(_("发送者"), max_length=200, blank=True)
    result = models.CharField(_("结果"), max_length=10, choices=Result)
    #: One line a problem, each naming the element and the fix.
    problems = models.JSONField(_("问题"), default=list)
    raw = models.BinaryField(_("原文"))
    size = models.PositiveIntegerField(_("字节数"))
    digest = models.CharField(_("原文摘要（SHA-256）"), max_length=64, db_index=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("数据交换")
        verbose_name_plural = _("数据交换")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.standard} {self.identifier}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise AppendOnly("what was exchanged is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> None:
        raise AppendOnly("what was exchanged is never deleted")


class ExchangedMessage(models.Model):
    """One message in a document, and what became of it (消息)."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted", _("已接收")
        KNOWN = "known", _("已收过")
        KEPT = "kept", _("只留存")
        REFUSED = "refused", _("未接收")
        PROVIDED = "provided", _("已提供")

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="messages")
    standard = models.CharField(_("标准"), max_length=20, blank=True)
    kind = models.CharField(_("类型"), max_length=60, blank=True)
    identifier = models.CharField(_("标识"), max_length=200, blank=True, db_index=True)
    title = models.CharField(_("内容"), max_length=200, blank=True)
    keywords = models.JSONField(_("关键词"), default=list)
    result = models.CharField(_("结果"), max_length=10, choices=Result)
    #: What was done with it, or what is wrong with it.
    detail = models.TextField(_("说明"), blank=True)
    link = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title or self.identifier
