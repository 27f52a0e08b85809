"""Pipes of gas networks and the points on them: valves, regulators, sources, users."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.gas import rules
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Lined, Located
from anlan.foundation.rules.queries import rule

UNBROKEN = RegexValidator(r"^\S+$", _("编号中不能有空格。"))


class Part(Record):
    """What pipes and points have in common: a code that is unique in the whole network, and whose they are."""

    code = models.CharField(_("编号"), max_length=40, unique=True, validators=[UNBROKEN])
    name = models.CharField(_("名称"), max_length=100)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("燃气企业")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What it is called in a scenario and on the way to it."""
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        super().clean()
        other = GasPoint if isinstance(self, GasPipe) else GasPipe
        if self.code and other.objects.filter(code=self.code).exists():
            raise ValidationError(
                {"code": _("这个编号已用于%(kind)s，请换一个。") % {"kind": other._meta.verbose_name}}
            )


class GasPipe(Part, Lined):
    """A pipe from node to node (燃气管段)."""

    class Medium(models.TextChoices):
        NATURAL_GAS = "natural_gas", _("天然气")
        LPG = "lpg", _("液化石油气（气态）")
        COAL_GAS = "coal_gas", _("人工煤气")

    class Grade(models.TextChoices):
        HIGH_A = "high_a", _("高压A")
        HIGH_B = "high_b", _("高压B")
        SUB_HIGH_A = "sub_high_a", _("次高压A")
        SUB_HIGH_B = "sub_high_b", _("次高压B")
        MEDIUM_A = "medium_a", _("中压A")
        MEDIUM_B = "medium_b", _("中压B")
        LOW = "low", _("低压")

    class Material(models.TextChoices):
        STEEL = "steel", _("钢")
        PE = "pe", _("聚乙烯（PE）")
        DUCTILE = "ductile", _("球墨铸铁")
        CAST = "cast", _("灰口铸铁")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        USED = "used", _("在用")
        STOPPED = "stopped", _("停用")
        ABANDONED = "abandoned", _("废弃")

    start_node = models.CharField(
        _("起点节点"), max_length=40, db_index=True, help_text=_("相接的管段、阀门和设施填同一个节点编号。")
    )
    end_node = models.CharField(_("终点节点"), max_length=40, db_index=True)
    medium = models.CharField(_("燃气种类"), max_length=12, choices=Medium, default=Medium.NATURAL_GAS)
    grade = models.CharField(_("压力级别"), max_length=12, choices=Grade, help_text=_("按设计压力分级。"))
    pressure_mpa = models.FloatField(
        _("运行压力（表压，MPa）"), validators=[MinValueValidator(0.001), MaxValueValidator(9.9)]
    )
    outer_mm = models.FloatField(_("外径（毫米）"), validators=[MinValueValidator(10), MaxValueValidator(1400)])
    wall_mm = models.FloatField(
        _("壁厚（毫米）"), null=True, blank=True, validators=[MinValueValidator(0.5), MaxValueValidator(100)],
        help_text=_("不知道就留空：内径暂按外径计，偏大。"),
    )  # fmt: skip
    material = models.CharField(_("材质"), max_length=10, choices=Material)
    depth_m = models.FloatField(
        _("埋深（米）"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(20)],
        help_text=_("管中心到地面；明管填 0。"),
    )  # fmt: skip
    laid_year = models.PositiveSmallIntegerField(
        _("敷设年份"), null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.USED)

    class Meta:
        verbose_name = _("燃气管段")
        verbose_name_plural = _("燃气管段")
        ordering = ["code"]

    def get_absolute_url(self) -> str:
        return reverse("ledger:detail", args=["gaspipes", self.pk])

    @property
    def is_used(self) -> bool:
        return self.status == self.Status.USED

    @property
    def inner_mm(self) -> float:
        """The inner diameter; the outer one where the wall is unknown."""
        return self.outer_mm - 2 * (self.wall_mm or 0.0)

    def clean(self) -> None:
        super().clean()
        if self.outer_mm and self.wall_mm and self.inner_mm < 10:
            raise ValidationError({"wall_mm": _("壁厚与外径不符：剩下的内径不到 10 毫米。")})
        if self.laid_year and self.laid_year > timezone.localdate().year:
            raise ValidationError({"laid_year": _("敷设年份不能晚于今年。")})
        if self.grade and self.pressure_mpa:
            bands = rule("gas.pressure_grades")
            most = rules.most_pressure(bands.params["upto"], self.grade)
            if self.pressure_mpa > most:
                told = _("运行压力超过%(grade)s的上限 %(most)s MPa（%(source)s）：请核对压力或压力级别。")
                values = {"grade": self.get_grade_display(), "most": f"{most:g}", "source": bands.citation}
                raise ValidationError({"pressure_mpa": told % values})


class GasPoint(Part, Located):
    """A valve, a regulator, a source or users at the network (燃气管点)."""

    class Kind(models.TextChoices):
        VALVE = "valve", _("阀门")
        REGULATOR = "regulator", _("调压站、调压箱")
        SOURCE = "source", _("门站、气源")
        USERS = "users", _("用户")

    class ValveState(models.TextChoices):
        OPEN = "open", _("开")
        CLOSED = "closed", _("关")
        STUCK = "stuck", _("开，关不上")

    class Control(models.TextChoices):
        MANUAL = "manual", _("手动")
        REMOTE = "remote", _("远程")

    class Users(models.TextChoices):
        HOMES = "homes", _("居民")
        HOSPITAL = "hospital", _("医院")
        SCHOOL = "school", _("学校")
        INDUSTRY = "industry", _("工业")
        COMMERCE = "commerce", _("商业")
        OTHER = "other", _("其他")

    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    node = models.CharField(
        _("节点"), max_length=40, db_index=True,
        help_text=_("门站和用户填所在节点；阀门填一侧的节点，调压设施填高压侧的节点。"),
    )  # fmt: skip
    far_node = models.CharField(
        _("另一侧节点"), max_length=40, blank=True, db_index=True,
        help_text=_("阀门填另一侧的节点，调压设施填低压侧的节点；门站和用户不填。"),
    )  # fmt: skip
    valve_state = models.CharField(
        _("阀门状态"), max_length=8, choices=ValveState, blank=True,
        help_text=_("锈死、被埋压、够不着而关不上的，填“开，关不上”。只有阀门填。"),
    )  # fmt: skip
    control = models.CharField(_("阀门操作方式"), max_length=8, choices=Control, blank=True)
    minutes = models.FloatField(
        _("到场并关闭所需分钟"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(600)],
        help_text=_("不知道就留空。"),
    )  # fmt: skip
    exercised_on = models.DateField(_("最近启闭日期"), null=True, blank=True)
    users = models.CharField(_("用户类别"), max_length=10, choices=Users, blank=True)
    customers = models.PositiveIntegerField(_("用户户数"), null=True, blank=True, help_text=_("不知道就留空。"))
    #: When and by whom the valve was last said to be open, closed or stuck.
    turned_at = models.DateTimeField(_("阀门状态时间"), null=True, editable=False)
    turned_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("阀门状态登记人")
    )

    class Meta:
        verbose_name = _("燃气管点")
        verbose_name_plural = _("燃气管点（阀门等）")
        ordering = ["code"]

    def get_absolute_url(self) -> str:
        return reverse("ledger:detail", args=["gaspoints", self.pk])

    @property
    def is_link(self) -> bool:
        """Whether it joins two nodes."""
        return self.kind in (self.Kind.VALVE, self.Kind.REGULATOR)

    @property
    def state(self) -> str:
        """Of a valve its state, otherwise its kind."""
        return self.valve_state if self.kind == self.Kind.VALVE else self.kind

    def clean(self) -> None:
        super().clean()
        if self.is_link and self.far_node in ("", self.node):
            raise ValidationError({"far_node": _("阀门和调压设施两侧各填一个节点，不能相同。")})
        if self.kind == self.Kind.VALVE and not self.valve_state:
            raise ValidationError({"valve_state": _("请填阀门是开、是关，还是关不上。")})
        if self.exercised_on and self.exercised_on > timezone.localdate():
            raise ValidationError({"exercised_on": _("启闭日期不能晚于今天。")})
