"""Reporting duties, reports, and to whom each report went."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from anlan.areas.command.reports.rules import PHONE, SYSTEM, WRITTEN, level_of, unit_title
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident, TimelineEntry

#: Characters of Chinese numbering, for 续报一, 续报二.
NUMERALS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number below a hundred as Chinese writes it.

    >>> chinese_number(1), chinese_number(10), chinese_number(12), chinese_number(21)
    ('一', '十', '十二', '二十一')
    """
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十") + (NUMERALS[ones] if ones else "")


class Channel(models.TextChoices):
    """How a report goes."""

    PHONE = PHONE, _("电话")
    WRITTEN = WRITTEN, _("书面")
    SYSTEM = SYSTEM, _("系统")


class Report(models.Model):
    """One information report on an incident (信息报告); once it is sent it never changes."""

    class Kind(models.TextChoices):
        FIRST = "first", _("初报")
        FOLLOW_UP = "followup", _("续报")
        FINAL = "final", _("终报")

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        APPROVED = "approved", _("已签发")
        SENT = "sent", _("已报出")
        DISCARDED = "discarded", _("已作废")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports", verbose_name=_("突发事件"))
    kind = models.CharField(_("报告类别"), max_length=8, choices=Kind)
    #: 1 for 初报 and 终报, and the count of 续报.
    sequence = models.PositiveSmallIntegerField(_("次数"), default=1)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("更正")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    title = models.CharField(_("标题"), max_length=200)
    addressee = models.CharField(_("主送"), max_length=300, blank=True)
    copy_to = models.CharField(_("抄送"), max_length=300, blank=True)
    urgency = models.CharField(
        _("紧急程度"), max_length=4, blank=True, choices=[("特急", _("特急")), ("加急", _("加急"))]
    )
    #: [{"key", "heading", "text"}], in the order of the document.
    sections = models.JSONField(_("正文"), default=list)
    #: [{"name", "title", "value", "before", "source", "at"}]; a value of null is unknown.
    figures = models.JSONField(_("数字"), default=list)
    #: The last entry of the timeline that it tells of; the next report begins after it.
    based_on = models.ForeignKey(
        TimelineEntry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("截至的时间线记录")
    )
    told_until = models.DateTimeField(_("情况截至"), default=timezone.now)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("发文机关"))
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    serial = models.PositiveIntegerField(null=True, blank=True)
    #: Counts the changes, so that nobody overwrites or approves what was not seen.
    revision = models.PositiveIntegerField(default=1)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("拟稿人"))
    drafted_at = models.DateTimeField(_("拟稿时间"), default=timezone.now)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签发人")
    )
    approved_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    sent_at = models.DateTimeField(_("报出时间"), null=True, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("信息报告")
        verbose_name_plural = _("信息报告")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["department", "year", "serial"], name="report_number_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("drafted_by")),
                name="report_needs_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_title(self) -> str:
        """初报, 续报二, 终报."""
        words = self.Kind(self.kind).label
        return f"{words}{chinese_number(self.sequence)}" if self.kind == self.Kind.FOLLOW_UP else str(words)

    @property
    def number(self) -> str:
        """The document's number (文号), given when it is approved."""
        return f"值班信息〔{self.year}〕{self.serial}号" if self.serial else ""

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_valid(self) -> bool:
        return self.status in (self.Status.APPROVED, self.Status.SENT)


class ReportDuty(models.Model):
    """That one unit must tell another about an incident within a limit (报告义务)."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="report_duties")
    from_role = models.CharField(_("报告单位"), max_length=40)
    to_role = models.CharField(_("接收单位"), max_length=40)
    channel = models.CharField(_("方式"), max_length=8)
    minutes = models.PositiveIntegerField(_("时限（分钟）"))
    rule = models.CharField(_("规则"), max_length=100)
    citation = models.CharField(_("依据"), max_length=300)
    is_checked = models.BooleanField(_("已核对"), default=False)
    #: The looser rules for the same report: [{"rule", "citation", "minutes"}].
    overlapped = models.JSONField(default=list)
    #: From which area the reporting unit is.
    area_code = models.CharField(max_length=12, db_index=True)
    started_at = models.DateTimeField(_("起算"))
    due_at = models.DateTimeField(_("截止"), db_index=True)
    met_at = models.DateTimeField(_("完成"), null=True)
    cancelled_at = models.DateTimeField(_("取消"), null=True)
    #: Comes back after each report until the incident is over.
    is_periodic = models.BooleanField(_("定期"), default=False)

    class Meta:
        verbose_name = _("报告义务")
        verbose_name_plural = _("报告义务")
        ordering = ["due_at", "-is_checked", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "from_role", "to_role", "channel", "is_periodic"],
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True),
                name="report_duty_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{unit_title(self.from_role)} → {unit_title(self.to_role)}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.cancelled_at is None

    @property
    def was_late(self) -> bool:
        return (self.met_at or timezone.now()) > self.due_at

    @property
    def sender(self) -> str:
        return unit_title(self.from_role)

    @property
    def receiver(self) -> str:
        return unit_title(self.to_role)

    @property
    def level(self) -> str:
        return level_of(self.from_role)

    @property
    def channel_title(self) -> str:
        """By what means: 电话, 书面, or either."""
        return str(Channel(self.channel).label) if self.channel in Channel.values else str(_("电话或书面"))


class ReportDelivery(models.Model):
    """That a report, or a first word by telephone, went to one addressee (报送记录)."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="report_deliveries")
    #: None for a telephone call before anything was written.
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="deliveries")
    addressee = models.CharField(_("报送对象"), max_length=100)
    to_role = models.CharField(max_length=40, blank=True)
    channel = models.CharField(_("方式"), max_length=8, choices=Channel)
    due_at = models.DateTimeField(_("截止"), null=True, blank=True)
    sent_at = models.DateTimeField(_("报出时间"), default=timezone.now)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("报送人"))
    text = models.TextField(_("报告内容"), blank=True)
    #: Who took it, or the number of the receipt.
    receipt = models.CharField(_("回执"), max_length=150, blank=True)
    receipt_at = models.DateTimeField(_("回执时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("报送记录")
        verbose_name_plural = _("报送记录")
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.addressee} {self.get_channel_display()}"

    @property
    def was_late(self) -> bool:
        return bool(self.due_at and self.sent_at > self.due_at)
