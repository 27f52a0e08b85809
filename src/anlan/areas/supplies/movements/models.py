"""Lots, slips, the journal of movements with two sides each, balances, and stock-takes.

The journal is the truth: a movement is never changed, only answered by a counter-movement. A balance is what the
journal says of a lot at a place, written in the same transaction by `posting` and by nothing else.
"""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.incidents.models import Incident
from anlan.foundation.resources.models import Assignment

#: The most that one line moves; more is a slip of the finger.
MOST = 100_000_000


class Place(models.TextChoices):
    """Where supplies are, or where they came from or went to."""

    DEPOT = "depot", _("储备库")
    RESERVED = "reserved", _("待发")
    TRANSIT = "transit", _("在途")
    LOAN = "loan", _("借出")
    SUPPLIER = "supplier", _("供应单位")
    OPENING = "opening", _("期初")
    INCIDENT = "incident", _("使用")
    ROTATION = "rotation", _("轮换")
    SCRAP = "scrap", _("报废")
    DIFFERENCE = "difference", _("盈亏")


#: Places with a balance; each belongs to a depot: in transit to where it goes, or whose it is while a delivery is on the
#: road; set aside and on loan whose it is. Others are outside.
HELD = (Place.DEPOT, Place.RESERVED, Place.TRANSIT, Place.LOAN)


class Lot(models.Model):
    """Supplies that came together and age together (批次)."""

    class Fitness(models.TextChoices):
        UNCHECKED = "unchecked", _("待检")
        FIT = "fit", _("合格")
        UNFIT = "unfit", _("不合格")

    code = models.CharField(_("批次编号"), max_length=30, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="lots", verbose_name=_("物资"))
    batch = models.CharField(_("生产批号"), max_length=40, blank=True)
    supplier = models.CharField(_("供应单位"), max_length=80, blank=True)
    produced_on = models.DateField(_("生产日期"), null=True, blank=True)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True, db_index=True)
    fitness = models.CharField(_("检验"), max_length=10, choices=Fitness, default=Fitness.UNCHECKED)
    inspected_on = models.DateField(_("检验日期"), null=True, blank=True)
    inspection = models.CharField(_("检验说明"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("批次")
        verbose_name_plural = _("批次")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.item}"

    @property
    def days_left(self) -> int | None:
        """Days until it expires, negative when it has; None when it does not."""
        return None if self.expires_on is None else (self.expires_on - timezone.localdate()).days

    def is_expired(self, on: date | None = None) -> bool:
        return self.expires_on is not None and self.expires_on < (on or timezone.localdate())


class Slip(models.Model):
    """What was done, by whom and why (出入库单); its movements say how much of which lot."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("期初入库")
        RECEIPT = "receipt", _("入库")
        ISSUE = "issue", _("出库")
        TRANSFER = "transfer", _("调拨")
        LOAN = "loan", _("借出")
        RETURN = "return", _("归还")
        ROTATION = "rotation", _("轮换出库")
        SCRAP = "scrap", _("报废")
        COUNT = "count", _("盘点调整")
        REVERSAL = "reversal", _("冲销")

    code = models.CharField(_("单号"), max_length=30, unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="slips", verbose_name=_("储备库"))
    to_depot = models.ForeignKey(
        Depot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("调入库")
    )
    party = models.CharField(_("对方单位"), max_length=100, blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("突发事件")
    )
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("资源调派")
    )
    #: The slip that this one answers: what is returned, reversed or replaced.
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("原单")
    )
    reason = models.CharField(_("事由"), max_length=200)
    #: Who allowed an issue by word of mouth; somebody signs it afterwards.
    approver = models.CharField(_("口头批准人"), max_length=60, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("补签人")
    )
    signed_at = models.DateTimeField(_("补签时间"), null=True, blank=True)
    #: An issue, or a transfer, that a way-bill's truck takes to its place: set aside first, on the way when it leaves, used
    #: when somebody signs, or in the other depot's stock when that takes it in.
    is_delivery = models.BooleanField(_("送达签收"), default=False)
    left_at = models.DateTimeField(_("发车时间"), null=True, blank=True)
    arrived_by = models.CharField(_("接收人"), max_length=150, blank=True)
    arrived_at = models.DateTimeField(_("到达时间"), null=True, blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人"))
    made_by = models.CharField(_("经办"), max_length=150)
    made_at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)
    #: Names one submission of a form; sent twice it counts once.
    key = models.CharField(max_length=40, null=True, blank=True, unique=True, editable=False)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("出入库单")
        verbose_name_plural = _("出入库单")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("movements:slip", args=[self.pk])

    @property
    def waits_for_signature(self) -> bool:
        """Whether it was allowed by word of mouth and nobody has signed it yet."""
        return bool(self.approver) and self.signed_at is None

    @property
    def is_to_load(self) -> bool:
        """Whether it is set aside for a truck that has not left."""
        return self.is_delivery and self.left_at is None

    @property
    def is_under_way(self) -> bool:
        return self.kind == self.Kind.TRANSFER and self.arrived_at is None and not self.is_to_load


def _belongs(place: str, depot: str) -> Q:
    """A held place names its depot, one outside names none."""
    return Q(**{f"{place}__in": HELD, f"{depot}__isnull": False}) | (
        ~Q(**{f"{place}__in": HELD}) & Q(**{f"{depot}__isnull": True})
    )


class Movement(models.Model):
    """So much of a lot went from one place to another (出入库流水); written once, never changed."""

    slip = models.ForeignKey(Slip, models.PROTECT, related_name="movements", verbose_name=_("出入库单"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements", verbose_name=_("批次"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("物资"))
    quantity = models.PositiveIntegerField(_("数量"), validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    source = models.CharField(_("自"), max_length=10, choices=Place)
    source_depot = models.ForeignKey(
        Depot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("自储备库")
    )
    target = models.CharField(_("至"), max_length=10, choices=Place)
    target_depot = models.ForeignKey(
        Depot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("至储备库")
    )
    reason = models.CharField(_("事由"), max_length=200)
    made_by = models.CharField(_("经办"), max_length=150)
    made_at = models.DateTimeField(_("时间"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("出入库流水")
        verbose_name_plural = _("出入库流水")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_moves_something"),
            models.CheckConstraint(condition=_belongs("source", "source_depot"), name="movement_source_depot"),
            models.CheckConstraint(condition=_belongs("target", "target_depot"), name="movement_target_depot"),
        ]

    def __str__(self) -> str:
        return f"{self.slip} {self.lot} {self.quantity}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("movements are never changed; reverse the slip")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("movements are never deleted; reverse the slip")


class Balance(models.Model):
    """How much of a lot is at a place, as the journal says (库存); `posting` alone writes it."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="balances", verbose_name=_("批次"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("物资"))
    place = models.CharField(_("状态"), max_length=10, choices=[(p.value, p.label) for p in HELD])
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="balances", verbose_name=_("储备库"))
    quantity = models.BigIntegerField(_("数量"), default=0)
    #: Where in the depot it lies, as last said.
    bin = models.CharField(_("货位"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("库存")
        verbose_name_plural = _("库存")
        ordering = ["depot", "item", "lot"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "place", "depot"], name="balance_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="balance_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.depot} {self.lot}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise AppendOnly("a balance follows from movements; post one")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("balances are never deleted")


class Count(models.Model):
    """One stock-take of a depot (盘点): one person counts, another approves the difference."""

    class Status(models.TextChoices):
        OPEN = "open", _("盘点中")
        SUBMITTED = "submitted", _("待审批")
        APPROVED = "approved", _("已审批")
        REJECTED = "rejected", _("退回重盘")

    depot = models.ForeignKey(Depot, models.PROTECT, related_name="counts", verbose_name=_("储备库"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    counted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("盘点人"))
    opened_at = models.DateTimeField(_("开始时间"), default=timezone.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    remark = models.CharField(_("说明"), max_length=200, blank=True)
    slip = models.OneToOneField(
        Slip, models.PROTECT, null=True, blank=True, related_name="count", verbose_name=_("调整单")
    )

    class Meta:
        verbose_name = _("盘点")
        verbose_name_plural = _("盘点")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.depot} {timezone.localtime(self.opened_at):%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("movements:count", args=[self.pk])


class CountLine(models.Model):
    """What the books said of a lot and what was found, at the moment when it was counted."""

    count = models.ForeignKey(Count, models.CASCADE, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name=_("批次"))
    expected = models.BigIntegerField(_("账面数量"))
    counted = models.PositiveIntegerField(_("实盘数量"), validators=[MaxValueValidator(MOST)])
    reason = models.CharField(_("差异说明"), max_length=200, blank=True)
    counted_at = models.DateTimeField(_("盘点时间"), default=timezone.now)

    class Meta:
        verbose_name = _("盘点明细")
        verbose_name_plural = _("盘点明细")
        ordering = ["lot"]
        constraints = [models.UniqueConstraint(fields=["count", "lot"], name="count_line_once")]

    def __str__(self) -> str:
        return f"{self.lot} {self.counted}"

    @property
    def variance(self) -> int:
        return self.counted - self.expected
