"""The entry of an incident for social teams, their applications, and their people going in and out."""

import hashlib
import secrets

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident

#: The most that a quota or a team may have; more is a slip of the finger.
MOST = 10_000


def new_secret() -> str:
    """A secret for an address; only its digest is kept."""
    return secrets.token_urlsafe(24)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Entry(models.Model):
    """The QR code of one incident under which social teams report (现场报备入口), with the quota and the briefing."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="social_entries", verbose_name=_("突发事件"))
    #: SHA-256 of the secret in the address, which is shown once.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    quota_teams = models.PositiveIntegerField(_("接受队伍上限"), validators=[MaxValueValidator(MOST)])
    quota_people = models.PositiveIntegerField(_("接受人数上限"), validators=[MaxValueValidator(MOST)])
    place = models.CharField(_("报到地点"), max_length=120)
    briefing = models.TextField(_("安全须知"), max_length=3000)
    valid_until = models.DateTimeField(_("有效期至"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("开设人"))
    opened_at = models.DateTimeField(_("开设时间"), default=timezone.now)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    revoked_by = models.CharField(_("停用人"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("现场报备入口")
        verbose_name_plural = _("现场报备入口")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(revoked_at__isnull=True), name="one_entry_open")
        ]

    def __str__(self) -> str:
        return f"{self.incident} {self.place}"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and timezone.now() < self.valid_until and self.incident.is_open


class Application(models.Model):
    """A social team that reports to the command on the scene (社会救援力量报备)."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("待审核")
        HELD = "held", _("待命")
        ACCEPTED = "accepted", _("已接受")
        REFUSED = "refused", _("已谢绝")
        WITHDRAWN = "withdrawn", _("自行撤回")
        RELEASED = "released", _("已撤离")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="applications", verbose_name=_("报备入口"))
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="social_applications", verbose_name=_("突发事件")
    )
    code = models.CharField(_("报备编号"), max_length=40, unique=True)
    #: SHA-256 of the secret under which the team follows its application.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("队伍名称"), max_length=80)
    registration = models.CharField(_("社会组织登记证号"), max_length=40, blank=True)
    #: The registered team of that name, when there is one.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("台账中的队伍")
    )
    leader = models.CharField(_("带队人"), max_length=40)
    phone = models.CharField(_("带队人电话"), max_length=30)
    skills = models.CharField(_("救援能力"), max_length=200)
    equipment = models.CharField(_("携带装备和车辆"), max_length=300, blank=True)
    insurer = models.CharField(_("保险公司和保单号"), max_length=100, blank=True)
    insured_until = models.DateField(_("保险有效期至"), null=True, blank=True)
    expected_at = models.DateTimeField(_("预计到达"), null=True, blank=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SUBMITTED)
    submitted_at = models.DateTimeField(_("报备时间"), default=timezone.now, db_index=True)
    address = models.CharField(_("来源地址"), max_length=45, blank=True, editable=False)
    decided_by = models.CharField(_("审核人"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    reason = models.CharField(_("审核意见"), max_length=200, blank=True)
    #: The briefing as it was signed, by whom of the team and when.
    briefing = models.TextField(_("已签收的安全须知"), blank=True)
    signed_by = models.CharField(_("签收人"), max_length=40, blank=True)
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    released_by = models.CharField(_("撤离登记人"), max_length=150, blank=True)
    released_at = models.DateTimeField(_("撤离时间"), null=True, blank=True)
    release_note = models.CharField(_("撤离记录"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("社会救援力量报备")
        verbose_name_plural = _("社会救援力量报备")
        ordering = ["-submitted_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("social:application", args=[self.pk])

    @property
    def is_exercise(self) -> bool:
        return self.incident.is_exercise

    @property
    def is_available(self) -> bool:
        """Accepted and briefed: it may be tasked at its incident."""
        return self.status == self.Status.ACCEPTED and self.signed_at is not None

    @property
    def is_insured(self) -> bool | None:
        """Whether the insurance that it states runs; None when it states none."""
        return None if self.insured_until is None else self.insured_until >= timezone.localdate()

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.SUBMITTED, self.Status.HELD)


class Volunteer(models.Model):
    """One of the people of a social team, in and out of the scene (报备人员)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="people", verbose_name=_("报备"))
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    skills = models.CharField(_("技能"), max_length=100, blank=True)
    checked_in_at = models.DateTimeField(_("进场时间"), null=True, blank=True)
    checked_in_by = models.CharField(_("进场登记人"), max_length=150, blank=True)
    checked_out_at = models.DateTimeField(_("离场时间"), null=True, blank=True)
    checked_out_by = models.CharField(_("离场登记人"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("报备人员")
        verbose_name_plural = _("报备人员")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_inside(self) -> bool:
        return self.checked_in_at is not None and self.checked_out_at is None
