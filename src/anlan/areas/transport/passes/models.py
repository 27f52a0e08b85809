"""Passes of the green channel, who gets one without asking, where they are checked and what checks found."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.passes.rules import Outcome, tidy_plate
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area


class Category(models.TextChoices):
    """What the plan's green channel is for; the position is what a code carries."""

    EQUIPMENT = "equipment", _("应急装备")
    LIVING = "living", _("生活物资")
    PRODUCTION = "production", _("重点生产物资")
    STAFF = "staff", _("医护及救援人员")
    SERVICE = "service", _("电力、通信等抢修")


class VehicleKind(models.TextChoices):
    """Kinds of vehicles; the position is what a code carries."""

    TRUCK = "truck", _("货车")
    TRACTOR = "tractor", _("牵引车及挂车")
    BUS = "bus", _("客车")
    VAN = "van", _("小客车、面包车")
    SPECIAL = "special", _("工程、专项作业车")
    AMBULANCE = "ambulance", _("救护车")
    TANKER = "tanker", _("罐车")


class SigningKey(models.Model):
    """The public half of a key that signs passes (签发密钥); the private half lies in the data folder only."""

    kid = models.CharField(_("密钥编号"), max_length=8, primary_key=True)
    public = models.CharField(_("公钥"), max_length=64)
    created_at = models.DateTimeField(_("启用时间"), auto_now_add=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("签发密钥")
        verbose_name_plural = _("签发密钥")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.kid


class WhiteListEntry(Record):
    """Who gets a pass without anybody deciding (通行证白名单)."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    plate = models.CharField(_("车牌"), max_length=20, blank=True, help_text=_("不填则按单位认定。"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"),
        help_text=_("由这个单位提出的申请；不填则只看车牌。"),
    )  # fmt: skip
    category = models.CharField(_("运输类别"), max_length=12, choices=Category, blank=True)
    most_hours = models.PositiveSmallIntegerField(_("一次最长（小时）"), default=24)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("白名单")
        verbose_name_plural = _("通行证白名单")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.plate or str(self.department or self.code)

    def clean(self) -> None:
        super().clean()
        self.plate = tidy_plate(self.plate)
        if not self.plate and self.department is None:
            raise ValidationError({"plate": _("车牌和单位至少填一项。")})
        if self.most_hours == 0:
            raise ValidationError({"most_hours": _("应至少 1 小时。")})


class Checkpoint(Record, Located):
    """Where passes are checked (查验点)."""

    class Kind(models.TextChoices):
        TOLL = "toll", _("收费站")
        POLICE = "police", _("公安检查站")
        HEALTH = "health", _("防疫检疫点")
        CLOSURE = "closure", _("管制路口")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    road = models.CharField(_("所在道路"), max_length=80, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("查验点")
        verbose_name_plural = _("查验点")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Pass(Record):
    """One vehicle's pass for one window (应急运输通行证)."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("待审批")
        ISSUED = "issued", _("已签发")
        REFUSED = "refused", _("未批准")
        REVOKED = "revoked", _("已撤销")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    plate = models.CharField(_("车牌"), max_length=20)
    vehicle_kind = models.CharField(_("车型"), max_length=12, choices=VehicleKind)
    carrier = models.CharField(_("承运单位"), max_length=80)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("申请单位")
    )
    driver = models.CharField(_("驾驶员"), max_length=40)
    phone = models.CharField(_("驾驶员电话"), max_length=30)
    category = models.CharField(_("运输类别"), max_length=12, choices=Category)
    cargo = models.CharField(_("货物或人员、用途"), max_length=120)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("突发事件")
    )
    route = models.CharField(_("路线"), max_length=200)
    areas = models.JSONField(_("通行区域"))
    valid_from = models.DateTimeField(_("起"))
    valid_until = models.DateTimeField(_("止"))
    is_free = models.BooleanField(_("免费通行"), default=True)
    is_priority = models.BooleanField(_("优先通行"), default=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.APPLIED)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="extensions", verbose_name=_("续办自")
    )
    is_exercise = models.BooleanField(_("演练"), default=False)
    applied_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    applied_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    decided_by = models.CharField(_("审批人"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    reason = models.CharField(_("审批意见"), max_length=200, blank=True)
    entry = models.ForeignKey(
        WhiteListEntry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("白名单条目")
    )
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    key = models.ForeignKey(
        SigningKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签发密钥")
    )
    token = models.CharField(max_length=400, blank=True)
    short = models.CharField(_("查验码"), max_length=8, blank=True, db_index=True)

    class Meta:
        verbose_name = _("应急运输通行证")
        verbose_name_plural = _("应急运输通行证")
        ordering = ["-applied_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plate} {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("passes:pass", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise ValidationError({"valid_until": _("结束时间应晚于开始时间。")})

    @property
    def is_in_force(self) -> bool:
        return self.status == self.Status.ISSUED and self.valid_from <= timezone.now() < self.valid_until

    @property
    def is_over(self) -> bool:
        return self.status == self.Status.ISSUED and timezone.now() >= self.valid_until

    @property
    def state(self) -> str:
        """The state as people say it: an issued pass may be over, or not yet good."""
        if self.is_over:
            return str(_("已到期"))
        if self.status == self.Status.ISSUED and not self.is_in_force:
            return str(_("未到时间"))
        return str(_("有效") if self.is_in_force else self.get_status_display())


class Check(models.Model):
    """One check at a checkpoint (查验记录); never changed, counted once whenever it arrives."""

    class Method(models.TextChoices):
        CAMERA = "camera", _("摄像头扫码")
        PICTURE = "picture", _("识别照片")
        TYPED = "typed", _("输入查验码")
        SCANNER = "scanner", _("扫码枪")

    OUTCOMES = (
        (Outcome.VALID, _("有效")),
        (Outcome.EXPIRED, _("已到期")),
        (Outcome.EARLY, _("未到时间")),
        (Outcome.REVOKED, _("已撤销")),
        (Outcome.WRONG_PLATE, _("车牌不符")),
        (Outcome.OUTSIDE_AREA, _("不在通行区域")),
        (Outcome.FORGED, _("签名不符")),
        (Outcome.UNKNOWN_KEY, _("密钥未知")),
        (Outcome.KEY_REVOKED, _("密钥作废")),
        (Outcome.UNLISTED, _("清单中没有")),
        (Outcome.UNREADABLE, _("不是通行证")),
    )

    key = models.CharField(max_length=40, unique=True)
    checkpoint = models.ForeignKey(
        Checkpoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("查验点")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    checked_at = models.DateTimeField(_("查验时间"), db_index=True)
    received_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("查验人"))
    record = models.ForeignKey(
        Pass, models.PROTECT, null=True, blank=True, related_name="checks", verbose_name=_("通行证")
    )
    text = models.CharField(max_length=400)
    plate_seen = models.CharField(_("现场车牌"), max_length=20, blank=True)
    method = models.CharField(_("方式"), max_length=10, choices=Method)
    told = models.CharField(_("现场结果"), max_length=14, choices=OUTCOMES)
    judged = models.CharField(_("复核结果"), max_length=14, choices=OUTCOMES)
    was_let_through = models.BooleanField(_("放行"))
    list_at = models.DateTimeField(_("清单时间"), null=True, blank=True)
    seconds = models.FloatField(_("用时（秒）"), null=True, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("查验记录")
        verbose_name_plural = _("查验记录")
        ordering = ["-checked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plate_seen or self.record or self.text[:16]} {self.get_told_display()}"

    @property
    def differs(self) -> bool:
        """Whether the office, with all that is known now, finds something else than the checkpoint was told."""
        return self.told != self.judged
