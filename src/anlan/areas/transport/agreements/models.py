"""Agreements with carriers; requisitions with what was taken and the journal of their steps."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.agreements.rules import lacking
from anlan.areas.transport.fleet.models import Carrier, Vehicle
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.documents.signature import drawing
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.models import Area
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import NoRule, rule


class Agreement(Record):
    """What a carrier pledged for emergencies (应急运输保障协议)."""

    code = models.CharField(_("协议编号"), max_length=40, unique=True)
    name = models.CharField(_("协议名称"), max_length=100)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签约单位（甲方）")
    )
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("运输企业（乙方）")
    )
    requirements = models.TextField(_("管理要求"), blank=True, help_text=_("人员、车辆、值班、演练和信息报送要求。"))
    start_conditions = models.TextField(_("启动条件"), blank=True, help_text=_("谁、在什么情况下、怎样通知企业出动。"))
    vehicles = models.PositiveIntegerField(_("承诺车辆（辆）"), null=True, blank=True)
    people = models.PositiveIntegerField(_("承诺人员（人）"), null=True, blank=True)
    pledge = models.CharField(_("承诺运力说明"), max_length=200, blank=True)
    response_min = models.PositiveIntegerField(_("响应时间（分钟）"), null=True, blank=True)
    compensation = models.TextField(_("补偿标准"), blank=True)
    liability = models.TextField(_("违约责任"), blank=True)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    #: The days before its end at which its unit was last told; each limit is told once.
    told_days = models.SmallIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("应急运输保障协议")
        verbose_name_plural = _("应急运输保障协议")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.signed_on and self.valid_until and self.valid_until < self.signed_on:
            raise ValidationError({"valid_until": _("有效期不能早于签订日期。")})

    @property
    def elements(self) -> Rule | None:
        """The rule that says what an agreement has to say."""
        try:
            return rule("transport.agreement_elements")
        except NoRule:
            return None

    @property
    def missing(self) -> list[str]:
        """Names of the elements that the agreement lacks."""
        wanted = self.elements.params["elements"] if self.elements else []
        names = lacking({name: getattr(self, name) for name in wanted}, pledged=(self.vehicles, self.people))
        return [
            str(_("承诺的车辆或人员")) if n == "pledge" else str(self._meta.get_field(n).verbose_name) for n in names
        ]

    def is_in_force(self, on: date | None = None) -> bool:
        """Whether it is signed and not over; one without an end proves nothing."""
        on = on or timezone.localdate()
        return bool(self.signed_on and self.valid_until and self.signed_on <= on <= self.valid_until)


class AppendOnly(TypeError):
    """Somebody tried to change a journal."""


class Requisition(models.Model):
    """Private property taken for an emergency, against compensation (应急征用)."""

    class Status(models.TextChoices):
        DRAFTED = "drafted", _("拟稿")
        APPROVED = "approved", _("已批准")
        SERVED = "served", _("已送达")
        HANDED_OVER = "handed_over", _("已交接")
        RETURNED = "returned", _("已返还")
        CLAIMED = "claimed", _("补偿待批")
        SETTLED = "settled", _("补偿已批")
        PAID = "paid", _("已支付")
        CANCELLED = "cancelled", _("已撤销")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    number = models.CharField(_("文号"), max_length=40, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", verbose_name=_("突发事件"))
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="requisitions", verbose_name=_("依据协议")
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("征用单位"))
    owner_name = models.CharField(_("被征用单位或个人"), max_length=100)
    owner_address = models.CharField(_("地址"), max_length=150)
    owner_contact = models.CharField(_("联系人"), max_length=40)
    owner_phone = models.CharField(_("联系方式"), max_length=40)
    executor = models.CharField(_("执行人员"), max_length=60)
    purpose = models.CharField(_("用途"), max_length=200)
    since = models.DateTimeField(_("征用开始"))
    until = models.DateTimeField(_("征用结束"))
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.DRAFTED)
    made_at = models.DateTimeField(_("拟稿时间"), default=timezone.now)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("应急征用")
        verbose_name_plural = _("应急征用")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.number or self.code} {self.owner_name}"

    def get_absolute_url(self) -> str:
        return reverse("agreements:requisition", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": _("征用结束应晚于开始。")})

    def step(self, kind: str) -> "RequisitionStep | None":
        """The newest step of a kind."""
        return next((one for one in reversed(self._steps) if one.kind == kind), None)

    @cached_property
    def _steps(self) -> list["RequisitionStep"]:
        return list(self.steps.all())

    @property
    def amount(self) -> Decimal | None:
        """The compensation as last proposed; None while nobody proposed any."""
        claim = self.step(self.Status.CLAIMED)
        return claim.amount if claim else None

    @property
    def at(self) -> dict[str, datetime]:
        """When each step was last taken."""
        return {one.kind: one.at for one in self._steps}


class RequisitionItem(models.Model):
    """One thing that is taken (征用物资)."""

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="items")
    name = models.CharField(_("财产名称"), max_length=60)
    model = models.CharField(_("规格型号"), max_length=60, blank=True)
    plate = models.CharField(_("车牌或编号"), max_length=30, blank=True)
    quantity = models.PositiveIntegerField(_("数量"), default=1, validators=[MinValueValidator(1)])
    unit = models.CharField(_("单位"), max_length=10, default="辆")
    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("应急车辆")
    )

    class Meta:
        verbose_name = _("征用物资")
        verbose_name_plural = _("征用物资")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.quantity}{self.unit}"


class OwnerAnswer(models.Model):
    """The owner signed for a paper, or refused before two witnesses (被征用人签收、拒签); written once, never changed."""

    class Paper(models.TextChoices):
        NOTICE = "notice", _("征用通知书")
        RETURN = "return", _("返还登记")
        MONEY = "money", _("补偿登记")

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="answers")
    paper = models.CharField(_("文书"), max_length=8, choices=Paper)
    is_refused = models.BooleanField(_("拒签"), default=False)
    #: What the owner was shown.
    shown = models.TextField(_("所签内容"))
    signer = models.CharField(_("签收人"), max_length=60)
    phone = models.CharField(_("签收人电话"), max_length=30, blank=True)
    #: Drawn by hand, see `foundation.documents.signature`; empty where the typed name counts, or it was refused.
    strokes = models.JSONField(default=list, blank=True)
    reason = models.CharField(_("拒签理由"), max_length=300, blank=True)
    witnesses = models.JSONField(_("见证人"), default=list, blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    #: Whether it was on the owner's own telephone, by an address that the officer gave.
    is_own_phone = models.BooleanField(_("本人手机"), default=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    made_by = models.CharField(_("经办"), max_length=150)

    class Meta:
        verbose_name = _("被征用人签收")
        verbose_name_plural = _("被征用人签收")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["requisition", "paper"], name="owner_answers_once")]

    def __str__(self) -> str:
        return f"{self.requisition} {self.get_paper_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("answers are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("answers are never deleted")

    @property
    def drawing(self) -> str:
        """The signature as SVG; empty where none was drawn."""
        return drawing(self.strokes) if self.strokes else ""


class RequisitionStep(models.Model):
    """A step of a requisition: who, when, what was found, how much is owed (征用流程记录); written once, never changed."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="steps")
    kind = models.CharField(_("步骤"), max_length=12, choices=Requisition.Status)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人"))
    made_by = models.CharField(_("经办"), max_length=150)
    #: The other side: who took the notice, who handed over, who took back.
    party = models.CharField(_("对方签收人"), max_length=60, blank=True)
    note = models.TextField(_("说明"), blank=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("征用流程记录")
        verbose_name_plural = _("征用流程记录")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.requisition} {self.get_kind_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("steps are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("steps are never deleted")
