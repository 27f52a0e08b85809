"""What is needed where, plans of who brings it, and way-bills with what became of each truck's load.

A plan that was computed keeps what it was made from; approved, it has way-bills that live on their own. Quantities of
stock are never kept here: a way-bill points at its slip, and the journal of movements says what left and what arrived.
"""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.models import MOST, Slip
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.resources.models import Assignment
from anlan.foundation.roads.models import RoadNetwork


class ReliefRequest(Record):
    """What the people of an area hit by an incident need (救灾物资需求单); its needs say where and how much."""

    class Status(models.TextChoices):
        OPEN = "open", _("需求中")
        CLOSED = "closed", _("已了结")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="relief_requests", verbose_name=_("突发事件"))
    title = models.CharField(_("名称"), max_length=120)
    needed_by = models.DateTimeField(_("需到位时间"))
    #: The rule behind the time, or that somebody set it.
    needed_by_basis = models.CharField(_("时限依据"), max_length=200, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    requested_at = models.DateTimeField(_("提出时间"), default=timezone.now, db_index=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("救灾物资需求单")
        verbose_name_plural = _("救灾物资需求单")
        ordering = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("allocation:request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class ReliefNeed(Record, Located):
    """So much of an item at a place (救灾物资需求); the places of a request are the rows with one name."""

    code = models.CharField(_("编号"), max_length=60, unique=True)
    request = models.ForeignKey(ReliefRequest, models.PROTECT, related_name="needs", verbose_name=_("需求单"))
    place = models.CharField(_("送达地点"), max_length=80)
    people = models.PositiveIntegerField(_("受灾人数"), null=True, blank=True, help_text=_("不知道请留空。"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("物资"))
    quantity = models.PositiveIntegerField(_("数量"), validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    contact = models.CharField(_("接收人"), max_length=40, blank=True)
    phone = models.CharField(_("接收人电话"), max_length=30, blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True, help_text=_("例如：乡镇报数、按定额测算。"))

    class Meta:
        verbose_name = _("救灾物资需求")
        verbose_name_plural = _("救灾物资需求")
        ordering = ["request", "place", "item"]

    def __str__(self) -> str:
        return f"{self.place} {self.item}"

    def clean(self) -> None:
        """Without a position of its own a place lies where its area's seat lies."""
        super().clean()
        if self.lon is None and self.area_id and self.area.lon is not None:
            self.lon, self.lat = self.area.lon, self.area.lat


class AllocationPlan(Record):
    """One version of who sends what where by which truck (物资调拨方案)."""

    class Status(models.TextChoices):
        COMPUTING = "computing", _("计算中")
        FAILED = "failed", _("未算出")
        DRAFT = "draft", _("草案")
        SUBMITTED = "submitted", _("待批准")
        APPROVED = "approved", _("执行中")
        REJECTED = "rejected", _("已退回")
        SUPERSEDED = "superseded", _("已被新版本代替")

    class Rounds(models.TextChoices):
        SOONER = "sooner", _("循环配送，尽快送齐")
        FEWER = "fewer", _("循环配送，时限内少用车")
        DIRECT = "direct", _("每车只送一处")

    #: Versions that may still be changed by hand.
    EDITABLE = (Status.DRAFT, Status.REJECTED)

    code = models.CharField(_("编号"), max_length=40, unique=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="allocation_plans", verbose_name=_("突发事件"))
    version = models.PositiveSmallIntegerField(_("版本"))
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="variants", verbose_name=_("基于")
    )
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.COMPUTING)
    with_agreements = models.BooleanField(_("政府储备不足时动用协议储备"), default=True)
    rounds = models.CharField(_("配送方式"), max_length=8, choices=Rounds, default=Rounds.SOONER)
    limit_hours = models.FloatField(_("送达时限（小时）"), validators=[MinValueValidator(0.5), MaxValueValidator(72)])
    limit_basis = models.CharField(_("时限依据"), max_length=200)
    #: What a person decided before computing: [{"kind": "forbid" | "fix", "depot", "place", "item", "quantity", "by"}].
    wishes = models.JSONField(_("人工要求"), default=list, blank=True)
    #: What it was computed from: places with needs, stock and trucks as they were, each with its source and time.
    basis = models.JSONField(_("依据"), default=dict, blank=True)
    #: What was found: unmet needs with their reason, arrival of each place, worth and bound, notes.
    outcome = models.JSONField(_("结果"), default=dict, blank=True)
    #: Changes by hand after computing: [{"at", "by", "what"}].
    changes = models.JSONField(_("人工调整"), default=list, blank=True)
    problem = models.CharField(_("问题"), max_length=300, blank=True)
    network = models.ForeignKey(
        RoadNetwork, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("路网版本")
    )
    starts_at = models.DateTimeField(_("计划起点时间"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("编制人"))
    made_at = models.DateTimeField(_("编制时间"), default=timezone.now, db_index=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    remark = models.CharField(_("审批意见"), max_length=200, blank=True)
    #: What a new closure does to its routes; empty when all is well.
    road_problem = models.CharField(_("道路变化"), max_length=300, blank=True)
    road_checked_at = models.DateTimeField(_("道路核对时间"), null=True, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("物资调拨方案")
        verbose_name_plural = _("物资调拨方案")
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["incident", "version"], name="allocation_version_once")]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("allocation:plan", args=[self.pk])

    @property
    def title(self) -> str:
        return _("%(incident)s物资调拨方案（第 %(n)s 版）") % {"incident": self.incident, "n": self.version}

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def due_at(self):
        """By when everything has to be there."""
        return self.starts_at + timedelta(hours=self.limit_hours)


class Waybill(models.Model):
    """One truck's load from a depot for one place (运单); those of a round (循环配送) are loaded and leave together."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("拟定")
        WAITING = "waiting", _("待到货")
        TO_LOAD = "to_load", _("待装车")
        LOADED = "loaded", _("已装车")
        UNDER_WAY = "under_way", _("在途")
        RECEIVED = "received", _("已签收")
        CANCELLED = "cancelled", _("已取消")

    #: Still to be driven, or being driven.
    OPEN = (Status.WAITING, Status.TO_LOAD, Status.LOADED, Status.UNDER_WAY)
    #: A new plan leaves these as they are.
    KEPT = (Status.LOADED, Status.UNDER_WAY)

    code = models.CharField(_("运单号"), max_length=40, unique=True)
    plan = models.ForeignKey(AllocationPlan, models.PROTECT, related_name="waybills", verbose_name=_("调拨方案"))
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="waybills", verbose_name=_("发货库"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PROPOSED)
    #: The round that it belongs to, one code for all its stops, and the order of the stops; empty where it goes alone.
    round_code = models.CharField(_("循环"), max_length=40, blank=True, db_index=True)
    stop = models.PositiveSmallIntegerField(_("站序"), default=1)
    #: The depot that it brings stock to (库间调拨); and of a trip with that stock, the transfer that it waits for.
    to_depot = models.ForeignKey(
        Depot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("调入库")
    )
    after = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="onward", verbose_name=_("待到货的调拨")
    )
    #: The truck, as its register knows it; positions and telephone are read there.
    ledger = models.CharField(max_length=40)
    vehicle = models.PositiveBigIntegerField()
    truck = models.CharField(_("车辆"), max_length=120)
    load_kg = models.PositiveIntegerField(_("核定载重（千克）"))
    driver = models.CharField(_("驾驶员"), max_length=40, blank=True)
    driver_phone = models.CharField(_("驾驶员电话"), max_length=30, blank=True)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("车辆调派")
    )
    slip = models.OneToOneField(
        Slip, models.PROTECT, null=True, blank=True, related_name="waybill", verbose_name=_("出库单")
    )
    place = models.CharField(_("送达地点"), max_length=80)
    area_code = models.CharField(_("送达区划"), max_length=12, db_index=True)
    lon = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    contact = models.CharField(_("接收人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("接收人电话"), max_length=30, blank=True)
    #: As planned: loading begins (of a whole round at once), the truck leaves the depot or the stop before, arrives, is
    #: unloaded, and is back, or drives on to the next stop.
    load_at = models.DateTimeField(_("计划装车"))
    leave_at = models.DateTimeField(_("计划发车"))
    arrive_at = models.DateTimeField(_("计划到达"))
    unloaded_at = models.DateTimeField(_("计划卸完"))
    back_at = models.DateTimeField(_("计划返回"))
    length_km = models.FloatField(_("里程（千米）"))
    #: Where it drives, from the depot or the stop before: [[lon, lat], ...].
    line = models.JSONField(_("路线"), default=list, blank=True)
    #: As it was.
    #: What was loaded of each lot: {lot: quantity}.
    picked = models.JSONField(default=dict, blank=True)
    loaded_by = models.CharField(_("装车核对人"), max_length=150, blank=True)
    loaded_at = models.DateTimeField(_("装车时间"), null=True, blank=True)
    left_by = models.CharField(_("发车登记人"), max_length=150, blank=True)
    left_at = models.DateTimeField(_("发车时间"), null=True, blank=True, db_index=True)
    received_by = models.CharField(_("签收人"), max_length=60, blank=True)
    received_phone = models.CharField(_("签收人电话"), max_length=30, blank=True)
    received_how = models.CharField(_("签收方式"), max_length=20, blank=True)
    recorded_by = models.CharField(_("签收登记人"), max_length=150, blank=True)
    received_at = models.DateTimeField(_("签收时间"), null=True, blank=True, db_index=True)
    remark = models.CharField(_("说明"), max_length=200, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("运单")
        verbose_name_plural = _("运单")
        ordering = ["load_at", "round_code", "stop", "pk"]
        indexes = [models.Index(fields=["ledger", "vehicle"])]

    def __str__(self) -> str:
        return f"{self.code} {self.depot} → {self.place}"

    def get_absolute_url(self) -> str:
        return reverse("allocation:waybill", args=[self.pk])

    @property
    def number(self) -> str:
        """Its number within the plan: 003, 003-2 for the second stop of a round, D01 for a transfer."""
        return self.code.removeprefix(f"{self.plan.code}-")

    @property
    def weight_kg(self) -> float:
        """What its lines weigh, by the catalogue."""
        return sum(line.quantity * (line.item.weight_kg or 0) for line in self.lines.all())

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def hours(self) -> float | None:
        """From the request to the signature; None until it is signed for."""
        asked = min((line.need.request.requested_at for line in self.lines.all() if line.need), default=None)
        if asked is None or self.received_at is None:
            return None
        return (self.received_at - asked) / timedelta(hours=1)


class WaybillLine(models.Model):
    """So much of an item on a trip, and what became of it (运单明细)."""

    waybill = models.ForeignKey(Waybill, models.CASCADE, related_name="lines", verbose_name=_("运单"))
    #: None where stock goes to another depot.
    need = models.ForeignKey(
        ReliefNeed, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("需求")
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("物资"))
    quantity = models.PositiveIntegerField(_("计划数量"), validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    loaded = models.PositiveIntegerField(_("装车数量"), null=True, blank=True)
    received = models.PositiveIntegerField(_("完好签收"), null=True, blank=True)
    damaged = models.PositiveIntegerField(_("破损"), null=True, blank=True)

    class Meta:
        verbose_name = _("运单明细")
        verbose_name_plural = _("运单明细")
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["waybill", "need"], name="waybill_line_once"),
            models.CheckConstraint(
                condition=Q(received=None) | Q(received__lte=models.F("loaded")), name="waybill_received_was_loaded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.waybill} {self.item} {self.quantity}"

    @property
    def missing(self) -> int | None:
        """What was loaded and neither arrived well nor spoilt; None until somebody signed."""
        if self.received is None or self.loaded is None:
            return None
        return self.loaded - self.received - (self.damaged or 0)
