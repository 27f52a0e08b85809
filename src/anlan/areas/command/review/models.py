"""The review of an incident, its findings, and the improvements that follow."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.ledger.records import Record


class Review(models.Model):
    """What an ended incident taught (复盘评估)."""

    class Status(models.TextChoices):
        OPEN = "open", _("评估中")
        CLOSED = "closed", _("已结案")

    incident = models.OneToOneField(Incident, models.PROTECT, related_name="review", verbose_name=_("突发事件"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("牵头单位"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发起人"))
    opened_at = models.DateTimeField(_("发起时间"), default=timezone.now)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("结案人")
    )
    closed_at = models.DateTimeField(_("结案时间"), null=True, blank=True)
    conclusion = models.TextField(_("总体评价"), blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("复盘评估")
        verbose_name_plural = _("复盘评估")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return str(self.incident)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class Finding(models.Model):
    """One thing that went well, went wrong or should change, with the record that shows it (评估发现)."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", _("做得好")
        PROBLEM = "problem", _("问题")
        SUGGESTION = "suggestion", _("建议")

    review = models.ForeignKey(Review, models.CASCADE, related_name="findings")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    text = models.TextField(_("内容"))
    entry = models.ForeignKey(
        TimelineEntry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("时间线记录")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("涉及单位")
    )
    author = models.CharField(_("记录人"), max_length=150)
    created_at = models.DateTimeField(_("记录时间"), default=timezone.now)

    class Meta:
        verbose_name = _("评估发现")
        verbose_name_plural = _("评估发现")
        ordering = ["kind", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class Improvement(Record):
    """A task that a review leaves behind, with its owner and its day (改进措施)."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("进行中")
        OVERDUE = "overdue", _("逾期")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("不再执行")

    code = models.CharField(
        _("编号"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("只能用字母、数字、点、横线和下划线。"))],
    )
    review = models.ForeignKey(
        Review,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="improvements",
        verbose_name=_("复盘评估"),
    )
    finding = models.ForeignKey(
        Finding,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="improvements",
        verbose_name=_("评估发现"),
    )
    title = models.CharField(_("改进措施"), max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    due_on = models.DateField(_("完成期限"), db_index=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PLANNED)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    evidence = models.TextField(_("完成情况和证明"), blank=True)

    class Meta:
        verbose_name = _("改进措施")
        verbose_name_plural = _("改进措施")
        ordering = ["due_on", "code"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.PLANNED, self.Status.OVERDUE)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()
