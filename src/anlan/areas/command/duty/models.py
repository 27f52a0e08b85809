"""Shifts, swaps, handovers and the duty log."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, Post, User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.ledger.records import Record


class Shift(Record):
    """One person's duty from a time to a time (班次)."""

    class Kind(models.TextChoices):
        LEADER = "leader", _("带班领导")
        OFFICER = "officer", _("值班员")
        DEPARTMENT = "department", _("部门值班")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    department = models.ForeignKey(Department, models.PROTECT, related_name="shifts", verbose_name=_("单位"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts", verbose_name=_("岗位"))
    user = models.ForeignKey(User, models.PROTECT, related_name="shifts", verbose_name=_("值班人"))
    start = models.DateTimeField(_("开始"), db_index=True)
    end = models.DateTimeField(_("结束"))

    class Meta:
        verbose_name = _("班次")
        verbose_name_plural = _("值班表")
        ordering = ["start", "kind"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="shift_ends_after_start"),
            models.UniqueConstraint(fields=["post", "user", "start"], name="shift_once"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.start):%m-%d %H:%M} {self.user}"

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def is_now(self) -> bool:
        return self.covers(timezone.now())

    def clean(self) -> None:
        super().clean()
        if self.start and self.end and self.end <= self.start:
            raise ValidationError({"end": _("结束时间必须晚于开始时间。")})
        if self.user_id and self.start and self.end:
            others = Shift.objects.filter(user_id=self.user_id, start__lt=self.end, end__gt=self.start)
            if clash := others.exclude(pk=self.pk).first():
                raise ValidationError({"user": _("与已排的班次重叠：%(shift)s。") % {"shift": clash}})


class ShiftSwap(models.Model):
    """A shift that somebody asks another to take over (换班), perhaps for one of the other's in return."""

    class Status(models.TextChoices):
        ASKED = "asked", _("待对方同意")
        ACCEPTED = "accepted", _("待审批")
        APPROVED = "approved", _("已换班")
        REFUSED = "refused", _("未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="swaps", verbose_name=_("班次"))
    in_return = models.ForeignKey(
        Shift, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("交换班次")
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("接班人"))
    reason = models.CharField(_("事由"), max_length=200)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ASKED)

    class Meta:
        verbose_name = _("换班")
        verbose_name_plural = _("换班")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.shift} → {self.taken_by}"

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.ASKED, self.Status.ACCEPTED)


class Handover(models.Model):
    """What one shift leaves to the next (交接班); signed by both it never changes again."""

    giving = models.ForeignKey(Shift, models.PROTECT, related_name="given", verbose_name=_("交班班次"))
    taking = models.ForeignKey(Shift, models.PROTECT, related_name="taken", verbose_name=_("接班班次"))
    drafted_at = models.DateTimeField(_("拟稿时间"), default=timezone.now)
    #: What was open when it was drafted: [{"title", "rows": [{"text", "note", "link", "is_exercise"}]}].
    items = models.JSONField(_("交接事项"), default=list, blank=True)
    notes = models.TextField(_("交班说明"), blank=True)
    answer = models.TextField(_("接班意见"), blank=True)
    given_at = models.DateTimeField(_("交班人签名时间"), null=True, blank=True)
    taken_at = models.DateTimeField(_("接班人签名时间"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("交接班")
        verbose_name_plural = _("交接班")
        ordering = ["-drafted_at"]
        constraints = [models.UniqueConstraint(fields=["giving", "taking"], name="handover_once")]

    def __str__(self) -> str:
        return f"{self.giving} → {self.taking.user}"

    def save(self, *args, **kwargs) -> None:
        if self.pk and Handover.objects.filter(pk=self.pk, given_at__isnull=False, taken_at__isnull=False).exists():
            raise AppendOnly("a handover signed by both is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if self.given_at or self.taken_at:
            raise AppendOnly("a signed handover is never deleted")
        return super().delete(*args, **kwargs)

    @property
    def is_signed(self) -> bool:
        return self.given_at is not None and self.taken_at is not None


class DutyLog(models.Model):
    """One line of the duty log (值班日志); a mistake is corrected by another line."""

    class Kind(models.TextChoices):
        CALL = "call", _("来电")
        CHECK = "check", _("抽查点名")
        DOCUMENT = "document", _("收文")
        DEVICE = "device", _("设备")
        VISIT = "visit", _("来访检查")
        OTHER = "other", _("其他")

    at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.OTHER)
    text = models.TextField(_("内容"))
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="log", verbose_name=_("班次"))
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    actor = models.CharField(_("记录人"), max_length=150)
    actor_post = models.CharField(_("岗位"), max_length=150, blank=True)
    area_code = models.CharField(max_length=12, db_index=True)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("值班日志")
        verbose_name_plural = _("值班日志")
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("lines of the duty log are never changed; add a correction")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("lines of the duty log are never deleted")
