"""Closures of roads, what is done about them, and the queues behind them."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.resources.models import ResourceRequest


class Closure(Record, Located):
    """A road that cannot be passed, or only slowly (道路阻断)."""

    class Reason(models.TextChoices):
        FLOODED = "flooded", _("积水淹没")
        COLLAPSED = "collapsed", _("塌陷损毁")
        BLASTED = "blasted", _("爆炸损毁")
        OBSTRUCTED = "obstructed", _("障碍物、事故占道")
        CONTROLLED = "controlled", _("交通管制")
        CONGESTED = "congested", _("拥堵缓行")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("建议，待确认")
        CONFIRMED = "confirmed", _("已确认")
        DECLINED = "declined", _("未采纳")

    #: Reasons that block a road, so that it is to be reopened within the plan's 24 hours.
    BLOCKING = (Reason.FLOODED, Reason.COLLAPSED, Reason.BLASTED, Reason.OBSTRUCTED)

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("路段和位置"), max_length=120)
    reason = models.CharField(_("原因"), max_length=12, choices=Reason)
    radius_m = models.PositiveIntegerField(
        _("影响半径（米）"), default=60, validators=[MinValueValidator(1), MaxValueValidator(5000)],
        help_text=_("从这个位置起，半径以内经过的路段都算阻断。"),
    )  # fmt: skip
    factor = models.FloatField(
        _("耗时倍数"), default=3, validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("用于拥堵缓行和半幅通行：通过要用平时几倍的时间。"),
    )  # fmt: skip
    lanes = models.PositiveSmallIntegerField(
        _("单向车道数"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    blocked_lanes = models.PositiveSmallIntegerField(
        _("占用车道数"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text=_("少于车道数即为半幅通行；不填按全部阻断。"),
    )  # fmt: skip
    since = models.DateTimeField(_("开始时间"), default=timezone.now)
    until = models.DateTimeField(_("预计恢复时间"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("实际恢复时间"), null=True, blank=True)
    source = models.CharField(_("信息来源"), max_length=100)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("突发事件")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("抢通责任单位")
    )
    team = models.CharField(_("抢通队伍"), max_length=60, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)
    #: What a model proposes bears on no road until a named person confirms it; what a person enters is confirmed.
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.CONFIRMED, editable=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("确认人")
    )
    #: What the live stream was last told: "", "closed" or "open".
    told = models.CharField(max_length=6, default="", editable=False)
    #: Key of the phone's report that it began with, so that a report sent twice counts once.
    report_key = models.CharField(max_length=40, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("道路阻断")
        verbose_name_plural = _("道路阻断台账")
        ordering = ["-since", "code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.lon is None:
            raise ValidationError({"lon": _("请填写位置：没有位置就不知道哪些路段受影响。")})
        for field, text in (
            ("until", _("预计恢复时间应晚于开始时间。")),
            ("reopened_at", _("恢复时间不能早于开始时间。")),
        ):
            if getattr(self, field) and self.since and getattr(self, field) < self.since:
                raise ValidationError({field: text})
        if self.lanes and self.blocked_lanes and self.blocked_lanes > self.lanes:
            raise ValidationError({"blocked_lanes": _("占用的车道不能多于车道数。")})
        if self.reopened_at and self.reopened_at > timezone.now():
            raise ValidationError({"reopened_at": _("恢复时间不能晚于现在；还没有恢复的请留空。")})

    def get_absolute_url(self) -> str:
        return reverse("closures:closure", args=[self.pk])

    @property
    def is_partly_open(self) -> bool:
        """Whether lanes are left beside what blocks the others."""
        return bool(self.lanes and self.blocked_lanes and self.blocked_lanes < self.lanes)

    @property
    def is_passable(self) -> bool:
        """Whether vehicles get through, only more slowly."""
        return self.reason == self.Reason.CONGESTED or (self.is_blocking and self.is_partly_open)

    @property
    def state(self) -> str:
        """`open`, `closed`, `limited` (control, or lanes left), `slow`, or the status of what closes nothing (yet)."""
        if self.status != self.Status.CONFIRMED:
            return self.status
        if self.reopened_at is not None:
            return "open"
        if self.reason == self.Reason.CONGESTED:
            return "slow"
        return "limited" if self.reason == self.Reason.CONTROLLED or self.is_partly_open else "closed"

    @property
    def is_blocking(self) -> bool:
        return self.reason in self.BLOCKING

    @classmethod
    def standing(cls, at) -> Q:
        """A filter for closures in force at a moment; what is late to reopen stays in force until somebody reopens it."""
        return Q(status=cls.Status.CONFIRMED, since__lte=at) & (Q(reopened_at=None) | Q(reopened_at__gt=at))


class ClosureEntry(models.Model):
    """What was reported of a closure and done about it (抢通进展); entries are added, never changed."""

    class Kind(models.TextChoices):
        REPORT = "report", _("现场上报")
        PROGRESS = "progress", _("抢通进展")
        PLANT = "plant", _("队伍机械")
        QUEUE = "queue", _("排队预警")
        REOPENED = "reopened", _("恢复通行")

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="entries")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    text = models.CharField(_("内容"), max_length=500)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    request = models.ForeignKey(
        ResourceRequest, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("资源需求")
    )
    key = models.CharField(max_length=40, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("抢通进展")
        verbose_name_plural = _("抢通进展")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text


class QueueEstimate(models.Model):
    """The queue behind a blocked section, as somebody estimated it (排队预警); an estimate never changes."""

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="estimates")
    inputs = models.JSONField(_("输入"))
    #: Where each input comes from, in words.
    sources = models.JSONField(_("来源"))
    result = models.JSONField(_("结果"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("测算人"))
    made_at = models.DateTimeField(_("测算时间"), auto_now_add=True)
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("排队预警")
        verbose_name_plural = _("排队预警")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.closure} {self.made_at:%Y-%m-%d %H:%M}"
