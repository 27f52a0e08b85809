"""Assessments with their climbs, relayed warnings with their relays, and what was decided on each."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.warning import hazards
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.incidents.models import Incident
from anlan.foundation.notices.models import Notice
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area


class Colour(models.TextChoices):
    """Warning colour (预警颜色); never an event grade nor a response level."""

    BLUE = "blue", _("蓝色")
    YELLOW = "yellow", _("黄色")
    ORANGE = "orange", _("橙色")
    RED = "red", _("红色")


class Kept(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise AppendOnly("this record is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> None:
        raise AppendOnly("this record is never deleted")


class Assessment(Located):
    """What the alarms of one county and hazard mean together, for internal use (研判提示); never a public warning."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("生效")
        LOWERED = "lowered", _("回落")
        ENDED = "ended", _("结束")

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    hazard = models.CharField(_("灾种"), max_length=20, choices=hazards.CHOICES)
    colour = models.CharField(_("颜色"), max_length=6, choices=Colour)
    peak = models.CharField(_("最高颜色"), max_length=6, choices=Colour)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.ACTIVE)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"), blank=True)
    #: Version and clause of the rule of the worst alarm.
    rule = models.CharField(_("规则"), max_length=100, blank=True)
    citation = models.CharField(_("依据"), max_length=300, blank=True)
    #: One entry an alarm: alarm, station, quantity, value, unit, observed_at, level (empty: cleared), rule, citation.
    basis = models.JSONField(_("判据"), default=list, blank=True)
    raised_at = models.DateTimeField(_("提出时间"), db_index=True)
    changed_at = models.DateTimeField(_("变化时间"))
    #: Since when no alarm has been active.
    quiet_since = models.DateTimeField(_("全部解除时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("研判提示")
        verbose_name_plural = _("研判提示")
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "hazard", "is_exercise"], condition=Q(ended_at=None), name="one_open_assessment"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        """How an incident names what it was raised from."""
        return f"assessment:{self.pk}"

    @property
    def incident_kind(self) -> str:
        return hazards.incident_kind(self.hazard)


class AssessmentChange(Kept):
    """One step of an assessment: raised, climbed, lowered, confirmed, ended."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("提出")
        CLIMBED = "climbed", _("升级")
        LOWERED = "lowered", _("降级")
        CLEARED = "cleared", _("告警全部解除")
        RESUMED = "resumed", _("再次超限")
        CONFIRMED = "confirmed", _("确认")
        ENDED = "ended", _("结束")

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="changes")
    kind = models.CharField(_("变化"), max_length=10, choices=Kind)
    colour = models.CharField(_("颜色"), max_length=6, choices=Colour)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)
    text = models.CharField(_("说明"), max_length=300, blank=True)
    rule = models.CharField(_("规则"), max_length=100, blank=True)
    actor = models.CharField(_("操作人"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("研判变化")
        verbose_name_plural = _("研判变化")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.assessment} {self.get_kind_display()}"


class Warning(Located):  # noqa: A001  (the field's own word)
    """A warning as its issuer wrote it (预警), relayed and never made here."""

    class MessageType(models.TextChoices):
        ALERT = "Alert", _("首次发布")
        UPDATE = "Update", _("更新")
        CANCEL = "Cancel", _("解除")

    class Status(models.TextChoices):
        ACTUAL = "Actual", _("实际")
        EXERCISE = "Exercise", _("演练")
        TEST = "Test", _("测试")
        SYSTEM = "System", _("系统")
        DRAFT = "Draft", _("草稿")

    class Signature(models.TextChoices):
        VALID = "valid", _("签名有效")
        ABSENT = "absent", _("无签名")
        INVALID = "invalid", _("签名无效")

    identifier = models.CharField(_("标识"), max_length=200, unique=True)
    sender = models.CharField(_("发送者"), max_length=200)
    sender_name = models.CharField(_("发布单位"), max_length=200, blank=True)
    #: The sender was on the list of issuers when this arrived; others are kept and never shown as official.
    is_official = models.BooleanField(_("发布单位在名单内"), default=False)
    sent = models.DateTimeField(_("发布时间"), db_index=True)
    message_type = models.CharField(_("类型"), max_length=6, choices=MessageType)
    status = models.CharField(_("性质"), max_length=8, choices=Status)
    #: For whom the issuer means it: Public, Restricted or Private; empty where it was not kept.
    scope = models.CharField(_("发布范围"), max_length=10, blank=True)
    #: Empty where it was never checked; the note names the signer, or says why the signature is invalid.
    signature = models.CharField(_("签名"), max_length=8, choices=Signature, blank=True)
    signature_note = models.CharField(_("签名说明"), max_length=300, blank=True)
    colour = models.CharField(_("颜色"), max_length=6, choices=Colour, blank=True)
    #: National event code where the message has one, else the event's words.
    hazard = models.CharField(_("灾种"), max_length=60)
    event = models.CharField(_("事件"), max_length=100)
    headline = models.CharField(_("标题"), max_length=300)
    description = models.TextField(_("内容"), blank=True)
    instruction = models.TextField(_("防御指南"), blank=True)
    #: The smallest area that holds all named areas, and these themselves.
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    areas = models.ManyToManyField(Area, related_name="+", verbose_name=_("影响区域"))
    area_text = models.CharField(_("影响范围"), max_length=300, blank=True)
    #: GeoJSON MultiPolygon of the message's own polygons and circles; empty when it names codes only.
    polygons = models.JSONField(_("多边形"), null=True, blank=True)
    onset = models.DateTimeField(_("开始时间"), null=True, blank=True)
    expires = models.DateTimeField(_("失效时间"), null=True, blank=True, db_index=True)
    #: Identifiers that this message updates or cancels.
    references = models.JSONField(_("所针对的预警"), default=list, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced")
    cancelled_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    raw = models.BinaryField(_("原文"))
    digest = models.CharField(_("原文摘要（SHA-256）"), max_length=64)
    received_at = models.DateTimeField(_("接收时间"), default=timezone.now)
    received_from = models.CharField(_("接收自"), max_length=150)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("预警")
        verbose_name_plural = _("预警")
        ordering = ["-sent"]

    def __str__(self) -> str:
        return self.headline

    @property
    def ref(self) -> str:
        """How an incident names what it was raised from."""
        return f"warning:{self.pk}"

    @property
    def incident_kind(self) -> str:
        return hazards.incident_kind(self.hazard)

    @property
    def title(self) -> str:
        """What it warns of and where, in few words; the issuer's own headline stands on its page."""
        values = {
            "event": self.event,
            "colour": self.get_colour_display(),
            "area": self.area_text or self.area.name,
        }
        return gettext("%(event)s%(colour)s预警：%(area)s") % values

    @staticmethod
    def in_force(at: datetime) -> Q:
        """Those that no message has replaced or cancelled and that have not expired."""
        return (
            ~Q(message_type="Cancel") & Q(replaced_by=None, cancelled_at=None) & (Q(expires=None) | Q(expires__gt=at))
        )

    @property
    def state(self) -> str:
        """in_force, replaced, cancelled, lapsed or notice (the cancelling message itself)."""
        if self.message_type == "Cancel":
            return "notice"
        if self.cancelled_at:
            return "cancelled"
        if self.replaced_by_id:
            return "replaced"
        return "lapsed" if self.expires and self.expires <= timezone.now() else "in_force"


class EarlyCancellation(models.Model):
    """A cancellation that came before what it cancels and names no area itself; it waits (先到的解除)."""

    identifier = models.CharField(_("标识"), max_length=200, unique=True)
    sender = models.CharField(_("发送者"), max_length=200, db_index=True)
    references = models.JSONField(_("所针对的预警"), default=list)
    raw = models.BinaryField(_("原文"))
    received_at = models.DateTimeField(_("接收时间"), default=timezone.now)
    received_from = models.CharField(_("接收自"), max_length=150)
    taken_at = models.DateTimeField(_("生效时间"), null=True)

    class Meta:
        verbose_name = _("先到的解除")
        verbose_name_plural = _("先到的解除")
        ordering = ["received_at"]

    def __str__(self) -> str:
        return self.identifier


class WarningProblem(Kept):
    """A message that was refused (未能接收的预警), kept with the reasons."""

    received_at = models.DateTimeField(_("接收时间"), default=timezone.now)
    received_from = models.CharField(_("接收自"), max_length=150)
    problems = models.JSONField(_("问题"), default=list, blank=True)
    #: The beginning of the message; the size is that of the whole.
    raw = models.BinaryField(_("原文"))
    size = models.PositiveIntegerField(_("字节"))
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("未能接收的预警")
        verbose_name_plural = _("未能接收的预警")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return "；".join(self.problems)[:200]


class Relay(models.Model):
    """To whom a warning was passed on (转发), confirmed by its notice (叫应)."""

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="relays")
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="+", verbose_name=_("通知"))
    relayed_by = models.CharField(_("转发人"), max_length=150)
    relayed_at = models.DateTimeField(_("转发时间"), default=timezone.now)
    text = models.CharField(_("转发语"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("预警转发")
        verbose_name_plural = _("预警转发")
        ordering = ["relayed_at", "id"]

    def __str__(self) -> str:
        return f"{self.warning} → {self.notice.post}"


class Decision(Kept):
    """What was decided on an assessment or a warning, and why when nothing followed (响应决定)."""

    class Kind(models.TextChoices):
        RESPONSE = "response", _("已响应")
        NO_RESPONSE = "no_response", _("不启动响应")

    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, blank=True, related_name="decisions")
    warning = models.ForeignKey(Warning, models.PROTECT, null=True, blank=True, related_name="decisions")
    kind = models.CharField(_("决定"), max_length=12, choices=Kind)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("突发事件")
    )
    decided_by = models.CharField(_("决定人"), max_length=150)
    decided_at = models.DateTimeField(_("决定时间"), default=timezone.now)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("响应决定")
        verbose_name_plural = _("响应决定")
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(assessment=None) ^ Q(warning=None), name="decision_on_one_subject")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reason}"

    def clean(self) -> None:
        super().clean()
        if self.kind == self.Kind.NO_RESPONSE and not self.reason.strip():
            raise ValidationError({"reason": _("不启动响应必须写明理由。")})
