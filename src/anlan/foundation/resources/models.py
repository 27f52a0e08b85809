"""Requests for resources and their assignment; the resource itself stays in its own ledger."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.registry import deployables, ledger
from anlan.foundation.places.geometry import Located


class ResourceRequest(Located):
    """What an incident needs, where and by when (资源需求)."""

    class Status(models.TextChoices):
        OPEN = "open", _("待调派")
        ASSIGNED = "assigned", _("已调派")
        FULFILLED = "fulfilled", _("已到位")
        CANCELLED = "cancelled", _("已取消")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="resource_requests", verbose_name=_("突发事件"))
    kind = models.CharField(_("资源类型"), max_length=40)
    what = models.CharField(_("需求说明"), max_length=200)
    quantity = models.PositiveIntegerField(_("数量"), default=1)
    place = models.CharField(_("送达地点"), max_length=120, blank=True)
    needed_by = models.DateTimeField(_("需到位时间"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.OPEN)
    requested_by = models.CharField(_("提出人"), max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("资源需求")
        verbose_name_plural = _("资源需求")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.what

    @property
    def is_exercise(self) -> bool:
        return self.incident.is_exercise

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.OPEN, self.Status.ASSIGNED)

    @property
    def is_late(self) -> bool:
        """Whether it is still missing although the time by which it is needed has passed."""
        return self.is_open and self.needed_by is not None and timezone.now() > self.needed_by

    @property
    def kind_title(self) -> str:
        """What people call the kind: the title of the register that offers it."""
        offers = deployables(self.kind)
        return str(offers[0].title) if offers else self.kind


class Assignment(models.Model):
    """One resource given to one request (调派)."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("已指派")
        UNDER_WAY = "under_way", _("出动")
        ON_SITE = "on_site", _("到达")
        DONE = "done", _("完成")
        RELEASED = "released", _("撤出")

    request = models.ForeignKey(ResourceRequest, models.PROTECT, related_name="assignments")
    ledger = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(_("资源"), max_length=120)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", verbose_name=_("所属单位"))
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.ASSIGNED)
    distance_km = models.FloatField(_("直线距离（千米）"), null=True)
    reason = models.CharField(_("选择理由"), max_length=300, blank=True)
    assigned_by = models.CharField(_("调派人"), max_length=150)
    assigned_at = models.DateTimeField(_("指派时间"))
    under_way_at = models.DateTimeField(_("出动时间"), null=True)
    on_site_at = models.DateTimeField(_("到达时间"), null=True)
    released_at = models.DateTimeField(_("撤出时间"), null=True)

    class Meta:
        verbose_name = _("资源调派")
        verbose_name_plural = _("资源调派")
        ordering = ["-assigned_at"]
        indexes = [models.Index(fields=["ledger", "object_id"])]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The page on which the called-out unit answers; empty where its register has none."""
        entry = ledger(self.ledger)
        return reverse(entry.assignment_url, args=[self.pk]) if entry.assignment_url else ""
