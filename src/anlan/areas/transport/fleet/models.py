"""Carriers, convoys, drivers, vehicles and what a convoy carries along."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.fleet.rules import Piece, Proof, prove, standard_on
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.rules.models import Rule


class Carrier(Record):
    """An enterprise that carries people or goods by road (运输企业)."""

    class Business(models.TextChoices):
        PASSENGERS = "passengers", _("道路旅客运输")
        GOODS = "goods", _("道路货物运输")
        HAZARDOUS = "hazardous", _("道路危险货物运输")
        CITY = "city", _("城市客运")
        MIXED = "mixed", _("客货兼营")

    code = models.CharField(_("统一社会信用代码"), max_length=30, unique=True)
    name = models.CharField(_("企业名称"), max_length=100)
    business = models.CharField(_("经营类别"), max_length=12, choices=Business)
    is_backbone = models.BooleanField(_("骨干道路运输企业"), default=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("系统内单位"),
        help_text=_("企业在本系统有登录岗位时填写。"),
    )  # fmt: skip
    permit = models.CharField(_("道路运输经营许可证号"), max_length=40, blank=True)
    permit_until = models.DateField(_("许可有效期至"), null=True, blank=True)
    contact = models.CharField(_("应急联系人"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("运输企业")
        verbose_name_plural = _("运输企业")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Convoy(Record, Located):
    """Vehicles and drivers that carry emergency loads together (应急保障车队)."""

    class Status(models.TextChoices):
        READY = "ready", _("待命")
        OUT = "out", _("执行任务")
        STOOD_DOWN = "stood_down", _("停用")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("车队名称"), max_length=60)
    is_comprehensive = models.BooleanField(
        _("综合性应急保障车队"), default=True, help_text=_("计入计划任务 27；专业车队不计。")
    )
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="convoys", verbose_name=_("依托企业")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位"),
        help_text=_("这个单位的岗位收到调令，并在手机上接受、出发、到达。"),
    )  # fmt: skip
    leader = models.CharField(_("车队长"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.READY)
    established_on = models.DateField(_("组建日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("应急保障车队")
        verbose_name_plural = _("应急保障车队")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_available(self) -> bool:
        return self.status == self.Status.READY

    def proof_on(self, day: date) -> Proof:
        """What it has against the standard of a day, from what is registered now; no line where no standard is in force."""
        standard = standard_on(day)
        if standard is None:
            return Proof(lines=())
        return prove(
            standard.params, people=[one.piece for one in self.drivers.all()],
            vehicles=[one.piece for one in self.vehicles.all()], gear=[one.piece for one in self.gear.all()],
            titles={str(value): str(label) for value, label in (*Vehicle.Kind.choices, *Gear.Kind.choices)}, today=day,
        )  # fmt: skip

    @cached_property
    def proof(self) -> Proof:
        return self.proof_on(timezone.localdate())

    @property
    def standard(self) -> Rule | None:
        """The standard that the proof is held against, for its source and check status."""
        return standard_on(timezone.localdate())

    @property
    def readiness(self) -> int | None:
        """How much of the standard is ready now, per cent; None while no standard is in force."""
        return self.proof.readiness


class Driver(Record):
    """A driver or somebody else who rides along (驾驶员和随车人员)."""

    class Duty(models.TextChoices):
        DRIVER = "driver", _("驾驶员")
        LEADER = "leader", _("带队")
        ESCORT = "escort", _("押运员")
        MECHANIC = "mechanic", _("修理工")
        MEDIC = "medic", _("医护")

    class Licence(models.TextChoices):
        A1 = "A1", _("A1 大型客车")
        A2 = "A2", _("A2 重型牵引挂车")
        A3 = "A3", _("A3 城市公交车")
        B1 = "B1", _("B1 中型客车")
        B2 = "B2", _("B2 大型货车")
        C1 = "C1", _("C1 小型汽车")

    class Qualification(models.TextChoices):
        PASSENGERS = "passengers", _("旅客运输")
        GOODS = "goods", _("货物运输")
        HAZARDOUS = "hazardous", _("危险货物运输")
        ESCORT = "escort", _("危险货物押运")

    class Status(models.TextChoices):
        READY = "ready", _("在岗")
        AWAY = "away", _("休假、离岗")

    code = models.CharField(_("人员编号"), max_length=30, unique=True, help_text=_("企业工号或从业资格证号。"))
    name = models.CharField(_("姓名"), max_length=40)
    duty = models.CharField(_("岗位"), max_length=10, choices=Duty, default=Duty.DRIVER)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="drivers", verbose_name=_("运输企业")
    )
    convoy = models.ForeignKey(
        Convoy, models.PROTECT, null=True, blank=True, related_name="drivers", verbose_name=_("所属车队")
    )
    licence = models.CharField(_("准驾车型"), max_length=2, choices=Licence, blank=True)
    licence_until = models.DateField(_("驾驶证有效期至"), null=True, blank=True)
    qualification = models.CharField(_("从业资格类别"), max_length=12, choices=Qualification, blank=True)
    qualification_until = models.DateField(_("从业资格有效期至"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.READY)

    class Meta:
        verbose_name = _("驾驶员")
        verbose_name_plural = _("驾驶员和随车人员")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def piece(self) -> Piece:
        """This person as the standard sees it; a driver needs both papers, others what they have."""
        papers = [(gettext("驾驶证"), self.licence_until)] if self.duty == self.Duty.DRIVER else []
        if self.duty == self.Duty.DRIVER or self.qualification:
            papers.append((gettext("从业资格"), self.qualification_until))
        away = "" if self.status == self.Status.READY else str(self.get_status_display())
        return Piece(title=f"{self.name} {self.code}", kind=self.duty, papers=tuple(papers), away=away)


class Vehicle(Record, Located):
    """A vehicle or machine that can be called (应急车辆)."""

    class Kind(models.TextChoices):
        TRUCK = "truck", _("货车")
        BUS = "bus", _("客车")
        PUMP = "pump", _("排水车")
        CRANE = "crane", _("起重机械")
        EXCAVATOR = "excavator", _("挖掘机械")
        COMMAND = "command", _("应急指挥车")
        AMBULANCE = "ambulance", _("救护车")
        TOW = "tow", _("清障车")
        TANKER = "tanker", _("油料、危货罐车")
        GENERATOR = "generator", _("发电、照明车")
        LOADER = "loader", _("装载机械")
        WATER = "water", _("供水车")
        COLD = "cold", _("冷藏车")

    #: All other kinds are special vehicles (特种车辆).
    ORDINARY = (Kind.TRUCK, Kind.BUS, Kind.COMMAND)

    class Hazard(models.TextChoices):
        EXPLOSIVE = "1", _("第1类 爆炸品")
        GAS = "2", _("第2类 气体")
        LIQUID = "3", _("第3类 易燃液体")
        SOLID = "4", _("第4类 易燃固体等")
        OXIDISER = "5", _("第5类 氧化性物质")
        TOXIC = "6", _("第6类 毒性、感染性物质")
        RADIOACTIVE = "7", _("第7类 放射性物质")
        CORROSIVE = "8", _("第8类 腐蚀性物质")
        OTHER = "9", _("第9类 杂项")

    class Status(models.TextChoices):
        READY = "ready", _("待命")
        OUT = "out", _("执行任务")
        REPAIR = "repair", _("维修")

    code = models.CharField(_("车牌或编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所属单位")
    )
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="vehicles", verbose_name=_("运输企业")
    )
    convoy = models.ForeignKey(
        Convoy, models.PROTECT, null=True, blank=True, related_name="vehicles", verbose_name=_("所属车队")
    )
    load_t = models.FloatField(_("载重（吨）"), null=True, blank=True)
    seats = models.PositiveSmallIntegerField(_("座位数"), null=True, blank=True)
    capacity = models.CharField(_("其他能力"), max_length=40, blank=True, help_text=_("载重和座位之外的，如排水量。"))
    hazard_class = models.CharField(
        _("可运危险货物"), max_length=1, choices=Hazard, blank=True, help_text=_("GB 6944 类别；空为不运危险货物。")
    )
    height_m = models.FloatField(_("车高（米）"), null=True, blank=True, help_text=_("算路时避开限高；不填不约束。"))
    weight_t = models.FloatField(_("总质量（吨）"), null=True, blank=True, help_text=_("算路时避开限重；不填不约束。"))
    driver = models.CharField(_("驾驶员"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.READY)
    terminal = models.CharField(
        _("定位终端号"),
        max_length=30,
        blank=True,
        help_text=_("JT/T 808 终端手机号，或 JT/T 809 车牌号；有定位时位置自动更新。"),
    )
    located_at = models.DateTimeField(_("定位时间"), null=True, blank=True, editable=False)
    inspected_until = models.DateField(_("年检有效期至"), null=True, blank=True)

    class Meta:
        verbose_name = _("应急车辆")
        verbose_name_plural = _("应急车辆")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    @property
    def is_available(self) -> bool:
        return self.status == self.Status.READY

    @property
    def readiness(self) -> int:
        return 100 if self.is_available else 0

    @property
    def piece(self) -> Piece:
        """This vehicle as the standard sees it."""
        away = "" if self.is_available else str(self.get_status_display())
        return Piece(title=str(self), kind=self.kind, papers=((gettext("年检"), self.inspected_until),), away=away)


class Gear(Record):
    """What a convoy carries along (车队装备物资)."""

    class Kind(models.TextChoices):
        RADIO = "radio", _("对讲机")
        EXTINGUISHER = "extinguisher", _("灭火器")
        FIRST_AID = "first_aid", _("急救箱")
        TRIANGLE = "triangle", _("警示标志")
        VEST = "vest", _("反光背心")
        TOW_ROPE = "tow_rope", _("拖车绳")
        LIGHT = "light", _("应急照明")
        REPAIR_KIT = "repair_kit", _("维修工具")
        RATION = "ration", _("食品饮水（人日）")
        TARPAULIN = "tarpaulin", _("篷布绳索")
        OTHER = "other", _("其他")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    convoy = models.ForeignKey(Convoy, models.PROTECT, related_name="gear", verbose_name=_("所属车队"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    name = models.CharField(_("名称规格"), max_length=60, blank=True)
    quantity = models.PositiveIntegerField(_("数量"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("没有期限的不填。"))

    class Meta:
        verbose_name = _("车队装备物资")
        verbose_name_plural = _("车队装备物资")
        ordering = ["convoy", "kind", "code"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity}"

    @property
    def piece(self) -> Piece:
        """This gear as the standard sees it; what has no end needs no paper."""
        papers = ((gettext("有效期"), self.valid_until),) if self.valid_until else ()
        title = f"{self.get_kind_display()} {self.code}"
        return Piece(title=title, kind=self.kind, quantity=self.quantity, papers=papers)
