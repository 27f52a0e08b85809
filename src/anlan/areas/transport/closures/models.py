"""Closures of roads."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


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
        help_text=_("只用于拥堵缓行：通过要用平时几倍的时间。"),
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
        if self.reopened_at and self.reopened_at > timezone.now():
            raise ValidationError({"reopened_at": _("恢复时间不能晚于现在；还没有恢复的请留空。")})

    @property
    def is_blocking(self) -> bool:
        return self.reason in self.BLOCKING

    @classmethod
    def standing(cls, at) -> Q:
        """A filter for closures in force at a moment; what is late to reopen stays in force until somebody reopens it."""
        return Q(status=cls.Status.CONFIRMED, since__lte=at) & (Q(reopened_at=None) | Q(reopened_at__gt=at))
