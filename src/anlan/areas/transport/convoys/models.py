"""Convoy orders, who drives what, and the journal of their steps."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.fleet.models import Convoy, Driver, Vehicle
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area
from anlan.foundation.resources.models import Assignment


class AppendOnly(TypeError):
    """Somebody tried to change a journal."""


class ConvoyOrder(Located):
    """An order that sends a convoy or a vehicle (车队调令); its place is where it has to go."""

    class Status(models.TextChoices):
        ISSUED = "issued", _("待接受")
        ACCEPTED = "accepted", _("已接受")
        DEPARTED = "departed", _("行驶中")
        ARRIVED = "arrived", _("已到达")
        RETURNING = "returning", _("返程中")
        RETURNED = "returned", _("已归队")
        DECLINED = "declined", _("不能执行")
        CANCELLED = "cancelled", _("已撤销")

    #: States in which somebody still has to do something.
    RUNNING = (Status.ISSUED, Status.ACCEPTED, Status.DEPARTED, Status.ARRIVED, Status.RETURNING)

    code = models.CharField(_("调令编号"), max_length=30, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("突发事件")
    )
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("资源调派")
    )
    convoy = models.ForeignKey(
        Convoy, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("车队")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("执行单位")
    )
    title = models.CharField(_("执行力量"), max_length=120)
    task = models.CharField(_("任务"), max_length=200)
    place = models.CharField(_("目的地"), max_length=120, blank=True)
    start_lon = models.FloatField(_("出发地经度"), null=True, blank=True)
    start_lat = models.FloatField(_("出发地纬度"), null=True, blank=True)
    needed_by = models.DateTimeField(_("需到位时间"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ISSUED)
    #: The timetable as it was when the order was accepted; what was planned is never recomputed.
    plan = models.JSONField(default=dict, editable=False)
    issued_by = models.CharField(_("签发人"), max_length=150)
    issued_at = models.DateTimeField(_("签发时间"), default=timezone.now)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("车队调令")
        verbose_name_plural = _("车队调令")
        ordering = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("convoys:order", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def is_late(self) -> bool:
        """Whether it is not there although the time by which it is needed has passed."""
        waiting = self.status in (self.Status.ISSUED, self.Status.ACCEPTED, self.Status.DEPARTED)
        return waiting and self.needed_by is not None and timezone.now() > self.needed_by

    @property
    def expected_at(self) -> datetime | None:
        """When it should arrive by its plan, moved by when it really set out; None where no way was planned."""
        if not self.plan or self.status not in (self.Status.ACCEPTED, self.Status.DEPARTED):
            return None
        starts, arrives = (datetime.fromisoformat(self.plan[name]) for name in ("starts_at", "arrives_at"))
        return self.times.get(self.Status.DEPARTED, max(starts, timezone.now())) + (arrives - starts)

    @cached_property
    def times(self) -> dict[str, datetime]:
        """When each step was taken."""
        return {step.kind: step.at for step in self.steps.all()}


class Trip(models.Model):
    """One vehicle of an order and who drives it (出车)."""

    order = models.ForeignKey(ConvoyOrder, models.CASCADE, related_name="trips")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="+", verbose_name=_("车辆"))
    driver = models.ForeignKey(
        Driver, models.PROTECT, null=True, blank=True, related_name="trips", verbose_name=_("驾驶员")
    )

    class Meta:
        verbose_name = _("出车")
        verbose_name_plural = _("出车")
        ordering = ["vehicle__code"]
        constraints = [models.UniqueConstraint(fields=["order", "vehicle"], name="vehicle_once_an_order")]

    def __str__(self) -> str:
        return str(self.vehicle)


class OrderStep(Located):
    """A step of an order with its time (调令流程记录); written once, never changed."""

    order = models.ForeignKey(ConvoyOrder, models.PROTECT, related_name="steps")
    kind = models.CharField(_("步骤"), max_length=10, choices=ConvoyOrder.Status)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))
    made_by = models.CharField(_("记录人"), max_length=150)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    #: Names one press of a button on a phone; sent twice it counts once.
    key = models.CharField(max_length=40, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("调令流程记录")
        verbose_name_plural = _("调令流程记录")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order} {self.get_kind_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("steps are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("steps are never deleted")
