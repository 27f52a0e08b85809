"""Units with dangerous chemicals, what they hold at most, and the calculation sheets of GB 18218."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from anlan.areas.risk.safety.models.registers import Enterprise, HazardSource, Level
from anlan.areas.risk.safety.rules import classes_of, plain, row_for
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area
from anlan.science.major_hazard.critical_quantities import SUBSTANCES


class HazardUnit(Record, Located):
    """A production or storage unit that is judged as a whole (辨识单元)."""

    class Kind(models.TextChoices):
        STORAGE = "storage", _("储存单元")
        PRODUCTION = "production", _("生产单元")

    code = models.CharField(_("单元编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="hazard_units", verbose_name=_("企业"))
    kind = models.CharField(
        _("单元类型"), max_length=10, choices=Kind,
        help_text=_("生产单元以切断阀分界；储存单元以罐区防火堤或独立库房分界。"),
    )  # fmt: skip
    source = models.OneToOneField(
        HazardSource, models.PROTECT, null=True, blank=True, related_name="unit", verbose_name=_("重大危险源"),
        help_text=_("已备案的填备案编号；未备案的不填，备案时自动建立。"),
    )  # fmt: skip
    fence_m = models.FloatField(
        _("到厂区边界最远距离（米）"), null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10_000)],
        help_text=_("从本单元位置量起；不填则从单元位置起算500米，会少计人口。"),
    )  # fmt: skip
    chief = models.CharField(_("主要负责人"), max_length=40, blank=True)
    chief_phone = models.CharField(_("主要负责人电话"), max_length=30, blank=True)
    technical = models.CharField(_("技术负责人"), max_length=40, blank=True)
    technical_phone = models.CharField(_("技术负责人电话"), max_length=30, blank=True)
    operations = models.CharField(_("操作负责人"), max_length=40, blank=True)
    operations_phone = models.CharField(_("操作负责人电话"), max_length=30, blank=True)
    #: The sheet that the register follows; `services` alone sets it.
    sheet = models.ForeignKey(
        "HazardSheet", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("现行计算书")
    )

    class Meta:
        verbose_name = _("辨识单元")
        verbose_name_plural = _("辨识单元")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.source_id and self.enterprise_id and self.source.enterprise_id != self.enterprise_id:
            raise ValidationError({"source": _("这处重大危险源是另一家企业的。")})

    @property
    def persons(self) -> dict[str, dict[str, str]]:
        """The three persons responsible (包保责任人) by what each answers for."""
        return {
            role: {"name": getattr(self, role), "phone": getattr(self, f"{role}_phone")}
            for role in ("chief", "technical", "operations")
        }


class HazardStock(models.Model):
    """How much of one substance a unit is designed to hold at most (单元存量)."""

    code = models.CharField(_("存量编号"), max_length=50, unique=True)
    unit = models.ForeignKey(HazardUnit, models.PROTECT, related_name="stocks", verbose_name=_("辨识单元"))
    name = models.CharField(_("品名"), max_length=80)
    cas = models.CharField(_("CAS 号"), max_length=20, blank=True)
    number = models.PositiveSmallIntegerField(
        _("表1序号"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(max(SUBSTANCES))],
        help_text=_("GB 18218-2018 表1；表1没有的不填，改填类别。"),
    )  # fmt: skip
    classes = models.CharField(
        _("表2类别"), max_length=60, blank=True,
        help_text=_("危险性类别符号，多个用逗号分开，例如 W5.3,J5；表3没有β的也要填，以便按表4取β。"),
    )  # fmt: skip
    quantity_t = models.DecimalField(
        _("设计最大量（吨）"), max_digits=12, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    remark = models.CharField(_("说明"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("单元存量")
        verbose_name_plural = _("单元存量")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} {plain(Decimal(self.quantity_t))} t"

    def clean(self) -> None:
        """Find the row of table 1 by CAS number where that alone decides; otherwise somebody has to say which."""
        super().clean()
        self.classes = ",".join(classes_of(self.classes))
        if self.quantity_t is not None:
            self.quantity_t = self.quantity_t.quantize(Decimal("0.0001"))
        if self.number is None and not self.classes:
            self.number = row_for(self.cas)
        if self.number in SUBSTANCES and SUBSTANCES[self.number].beta is None and not self.classes:
            told = _("表1序号 %(number)s %(name)s 的β不在表3，请填写表2类别，以便按表4取β。")
            raise ValidationError({"classes": told % {"number": self.number, "name": SUBSTANCES[self.number].name}})


class HazardSheet(models.Model):
    """One identification and grading of a unit by GB 18218 (辨识分级计算书); what it computed never changes."""

    class Status(models.TextChoices):
        SIGNED = "signed", _("已签署待审核")
        ACCEPTED = "accepted", _("审核通过")
        RETURNED = "returned", _("退回")

    #: What may still be written once it is signed: what the bureau decides, and its filing.
    OPEN = frozenset(("status", "reviewed_by", "reviewed_at", "opinion", "filed_on", "filing_number", "filed_by"))

    code = models.CharField(_("计算书编号"), max_length=50, unique=True)
    unit = models.ForeignKey(HazardUnit, models.PROTECT, related_name="sheets", verbose_name=_("辨识单元"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name=_("基于")
    )
    #: Stored substances, residents and where their number came from, persons responsible, the unit as it was.
    inputs = models.JSONField(_("输入"))
    #: Each share with q, Q, beta and its basis, S, alpha, R; and by which rules and tables.
    result = models.JSONField(_("计算过程"))
    s_value = models.DecimalField(_("S 值"), max_digits=20, decimal_places=6)
    r_value = models.DecimalField(_("R 值"), max_digits=20, decimal_places=6)
    is_major = models.BooleanField(_("构成重大危险源"))
    level = models.CharField(_("等级"), max_length=3, choices=Level, blank=True)
    assessed_on = models.DateField(_("安全评估完成日期"), null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("签署人"))
    signed_at = models.DateTimeField(_("签署时间"), default=timezone.now, db_index=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SIGNED)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    opinion = models.CharField(_("审核意见"), max_length=200, blank=True)
    filing_number = models.CharField(_("备案编号"), max_length=40, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    filed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("备案经办人")
    )
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("辨识分级计算书")
        verbose_name_plural = _("辨识分级计算书")
        ordering = ["-signed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.unit}"

    def save(self, *args, update_fields=None, **kwargs) -> None:
        if self.pk and not (update_fields and set(update_fields) <= self.OPEN):
            raise AppendOnly("a signed sheet is never changed; sign a new one based on it")
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("sheets are never deleted")

    @property
    def grade_words(self) -> str:
        """The level, or that it is none."""
        return str(self.get_level_display()) if self.is_major else str(_("不构成重大危险源"))
