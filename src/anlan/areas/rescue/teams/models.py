"""Rescue teams with their people, certificates, equipment, shifts, training and agreements; chemical parks."""

import math
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from anlan.areas.rescue.stations.models import FireStation
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Team(Record, Located):
    """A team that can be called out (救援队伍)."""

    class Kind(models.TextChoices):
        FIRE = "fire", _("综合性消防救援")
        FOREST = "forest", _("森林消防")
        FLOOD = "flood", _("防汛抗旱")
        EARTHQUAKE = "earthquake", _("防震减灾")
        GEOLOGY = "geology", _("地质灾害")
        ENGINEERING = "engineering", _("工程抢险")
        CHEMICAL = "chemical", _("危险化学品")
        MINE = "mine", _("矿山救援")
        ENVIRONMENT = "environment", _("环境应急")
        MEDICAL = "medical", _("紧急医学救援")
        EPIDEMIC = "epidemic", _("传染病防控")
        ROAD = "road", _("道路抢通")
        WATER = "water", _("水上搜救")
        AVIATION = "aviation", _("航空救援")
        UTILITY = "utility", _("公用事业抢修")
        COMMUNICATION = "communication", _("通信保障")
        SOCIAL = "social", _("社会救援力量")
        ENTERPRISE = "enterprise", _("企业专职队伍")
        GRASSROOTS = "grassroots", _("基层队伍")

    class Level(models.TextChoices):
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡镇（街道）")
        UNIT = "unit", _("单位")

    class ForestRole(models.TextChoices):
        FULL_TIME = "full_time", _("专职")
        PART_TIME = "part_time", _("兼职")
        RESERVE = "reserve", _("后备")

    class Standby(models.TextChoices):
        READY = "ready", _("待命")
        OUT = "out", _("出动")
        REST = "rest", _("休整")
        OFF = "off", _("不可用")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    level = models.CharField(_("层级"), max_length=10, choices=Level, blank=True)
    forest_role = models.CharField(
        _("森林消防编成"), max_length=10, choices=ForestRole, blank=True,
        help_text=_("只有森林消防队伍填写：林场扑火队伍为专职，乡镇专职消防员为兼职，企业救援队为后备。"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所属单位")
    )
    enterprise_code = models.CharField(
        _("所属企业代码"), max_length=30, blank=True, help_text=_("企业队伍填统一社会信用代码，与企业档案对应。")
    )
    station = models.ForeignKey(
        FireStation, models.PROTECT, null=True, blank=True, related_name="teams", verbose_name=_("驻勤消防站"),
        help_text=_("队伍出动后，这个站的辖区由谁覆盖会一并提示。"),
    )  # fmt: skip
    leader = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("队长"))
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    people = models.PositiveIntegerField(_("人数"))
    min_on_duty = models.PositiveIntegerField(
        _("最低在岗人数"), null=True, blank=True, help_text=_("不填按规则的比例计算。")
    )
    turnout_limit_min = models.FloatField(
        _("承诺出动时限（分钟）"), null=True, blank=True,
        validators=[MinValueValidator(0.5), MaxValueValidator(1440)], help_text=_("不填按类别的规则。"),
    )  # fmt: skip
    vehicles = models.PositiveIntegerField(_("车辆数"), default=0)
    boats = models.PositiveIntegerField(_("舟艇数"), default=0)
    pumps = models.PositiveIntegerField(_("排水泵数"), default=0)
    standby = models.CharField(_("备勤状态"), max_length=10, choices=Standby, default=Standby.READY)
    drilled_on = models.DateField(_("最近演练"), null=True, blank=True)
    inspected_on = models.DateField(_("最近装备检查"), null=True, blank=True)
    accepted_on = models.DateField(
        _("达标验收日期"), null=True, blank=True, help_text=_("主管部门按建设规范验收合格的日期；未验收不填。")
    )
    accepted_by = models.CharField(_("验收单位"), max_length=80, blank=True)
    #: Points that are proven, points of parts of which nothing is known, the parts with their figures, when computed.
    readiness = models.PositiveSmallIntegerField(_("战备分"), null=True, editable=False)
    readiness_unknown = models.PositiveSmallIntegerField(_("无记录分"), null=True, editable=False)
    readiness_parts = models.JSONField(default=list, editable=False)
    readiness_at = models.DateTimeField(_("战备分计算时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("救援队伍")
        verbose_name_plural = _("救援队伍")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.forest_role and self.kind != self.Kind.FOREST:
            raise ValidationError({"forest_role": _("只有森林消防队伍分专职、兼职、后备。")})
        if self.accepted_on and self.accepted_on > timezone.localdate():
            raise ValidationError({"accepted_on": _("验收日期不能晚于今天。")})

    def get_absolute_url(self) -> str:
        return reverse("teams:team", args=[self.pk])

    @property
    def is_available(self) -> bool:
        return self.standby == self.Standby.READY

    def least_on_duty(self, share: float) -> int:
        """How many people have to be there, by the team's own number or by a share of its strength."""
        return self.min_on_duty if self.min_on_duty is not None else math.ceil(self.people * share)


#: The six fields in which the plan wants teams of the city (task 12), and the kinds that count for each.
PLAN_FIELDS = {
    _("事故救援"): (Team.Kind.CHEMICAL, Team.Kind.MINE),
    _("防汛抗旱"): (Team.Kind.FLOOD,),
    _("地质灾害"): (Team.Kind.GEOLOGY,),
    _("道路抢险"): (Team.Kind.ROAD,),
    _("紧急医学救援"): (Team.Kind.MEDICAL,),
    _("传染病防控"): (Team.Kind.EPIDEMIC,),
}
#: Kinds that are no professional teams: fire brigades, volunteers, those of enterprises and of townships.
OTHER_KINDS = (Team.Kind.FIRE, Team.Kind.SOCIAL, Team.Kind.ENTERPRISE, Team.Kind.GRASSROOTS)
PROFESSIONAL = tuple(kind for kind in Team.Kind if kind not in OTHER_KINDS)


class TeamPart(models.Model):
    """What belongs to a team and has a history."""

    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True


class Member(TeamPart):
    """One of a team's people (队员)."""

    class Job(models.TextChoices):
        LEADER = "leader", _("指挥员")
        RESCUER = "rescuer", _("救援队员")
        DRIVER = "driver", _("驾驶员")
        SIGNALLER = "signaller", _("通信员")
        MEDIC = "medic", _("医护人员")
        SAFETY = "safety", _("安全员")

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name=_("队伍"))
    code = models.CharField(_("人员编号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    job = models.CharField(_("岗位"), max_length=10, choices=Job, default=Job.RESCUER)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    skills = models.CharField(_("技能"), max_length=200, blank=True, help_text=_("用顿号分开，例如：潜水、绳索救援。"))
    insurer = models.CharField(_("保险公司"), max_length=60, blank=True)
    insured_until = models.DateField(_("人身意外保险至"), null=True, blank=True)
    is_active = models.BooleanField(_("在队"), default=True)

    class Meta:
        verbose_name = _("队员")
        verbose_name_plural = _("队员")
        ordering = ["team", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_insured(self) -> bool | None:
        """Whether the insurance runs; None when none is recorded."""
        return None if self.insured_until is None else self.insured_until >= timezone.localdate()


class Certificate(TeamPart):
    """What a member is qualified for, and until when (资格证书)."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="certificates", verbose_name=_("队员"))
    number = models.CharField(_("证书编号"), max_length=40, unique=True)
    name = models.CharField(_("证书名称"), max_length=60)
    issued_on = models.DateField(_("发证日期"), null=True, blank=True)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("长期有效不填。"))

    class Meta:
        verbose_name = _("队员证书")
        verbose_name_plural = _("队员证书")
        ordering = ["expires_on", "number"]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    def is_valid(self, on: date | None = None) -> bool:
        return self.expires_on is None or self.expires_on >= (on or timezone.localdate())


class Equipment(TeamPart):
    """A vehicle or a set of equipment of a team (队伍装备)."""

    class Kind(models.TextChoices):
        VEHICLE = "vehicle", _("车辆")
        BOAT = "boat", _("舟艇")
        PUMP = "pump", _("排水泵")
        BREATHING = "breathing", _("空气呼吸器")
        DETECTION = "detection", _("侦检仪器")
        CUTTING = "cutting", _("破拆器材")
        PROTECTION = "protection", _("防护服装")
        ROPE = "rope", _("绳索和水域器材")
        COMMUNICATION = "communication", _("通信器材")
        MEDICAL = "medical", _("医疗器材")
        OTHER = "other", _("其他")

    class State(models.TextChoices):
        SERVICEABLE = "serviceable", _("完好")
        REPAIR = "repair", _("待修")
        RETIRED = "retired", _("停用")

    team = models.ForeignKey(Team, models.PROTECT, related_name="equipment", verbose_name=_("队伍"))
    code = models.CharField(_("装备编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=14, choices=Kind)
    count = models.PositiveIntegerField(_("数量"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.SERVICEABLE)
    inspected_until = models.DateField(_("检验有效期至"), null=True, blank=True, help_text=_("不需要定期检验的不填。"))

    class Meta:
        verbose_name = _("队伍装备")
        verbose_name_plural = _("队伍车辆和装备")
        ordering = ["team", "kind", "code"]

    def __str__(self) -> str:
        return self.name

    def is_usable(self, on: date | None = None) -> bool:
        """Whether it works and its inspection has not run out."""
        in_date = self.inspected_until is None or self.inspected_until >= (on or timezone.localdate())
        return self.state == self.State.SERVICEABLE and in_date


class Training(TeamPart):
    """A drill, a training or an inspection that a team held (训练和检查记录)."""

    class Kind(models.TextChoices):
        DRILL = "drill", _("演练")
        TRAINING = "training", _("训练")
        INSPECTION = "inspection", _("装备检查")

    team = models.ForeignKey(Team, models.PROTECT, related_name="trainings", verbose_name=_("队伍"))
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    title = models.CharField(_("内容"), max_length=120)
    held_on = models.DateField(_("日期"))
    people = models.PositiveIntegerField(_("参加人数"), null=True, blank=True)
    hours = models.FloatField(_("时长（小时）"), null=True, blank=True, validators=[MinValueValidator(0)])
    result = models.CharField(_("结果和问题"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("训练和检查记录")
        verbose_name_plural = _("训练和检查记录")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"

    def clean(self) -> None:
        super().clean()
        if self.held_on and self.held_on > timezone.localdate():
            raise ValidationError({"held_on": _("日期不能晚于今天：这里只记录已经举行的。")})


class ChemicalPark(Record, Located):
    """A chemical industry park (化工园区) that needs a rescue team up to standard."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    recognised_on = models.DateField(_("认定日期"), null=True, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理机构")
    )

    class Meta:
        verbose_name = _("化工园区")
        verbose_name_plural = _("化工园区")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Agreement(TeamPart):
    """What a team agreed with another team, a park or a unit (救援协作协议)."""

    class Kind(models.TextChoices):
        MUTUAL = "mutual", _("互助联动")
        PARK = "park", _("园区覆盖")
        SERVICE = "service", _("企业救援服务")

    team = models.ForeignKey(Team, models.PROTECT, related_name="agreements", verbose_name=_("队伍"))
    code = models.CharField(_("协议编号"), max_length=30, unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    partner = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="partner_agreements", verbose_name=_("协作队伍")
    )
    park = models.ForeignKey(
        ChemicalPark, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("化工园区")
    )
    enterprise_code = models.CharField(
        _("企业代码"), max_length=30, blank=True, help_text=_("企业救援服务填统一社会信用代码。")
    )
    party = models.CharField(_("其他协议单位"), max_length=100, blank=True)
    content = models.CharField(_("约定"), max_length=300, blank=True)
    signed_on = models.DateField(_("签订日期"))
    expires_on = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("长期有效不填。"))

    class Meta:
        verbose_name = _("救援协作协议")
        verbose_name_plural = _("救援协作协议")
        ordering = ["expires_on", "code"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"

    @property
    def other_side(self) -> str:
        """With whom."""
        return str(self.partner or self.park or self.party or self.enterprise_code or "—")

    def is_valid(self, on: date | None = None) -> bool:
        return self.expires_on is None or self.expires_on >= (on or timezone.localdate())

    @staticmethod
    def valid_on(on: date) -> Q:
        return Q(signed_on__lte=on) & (Q(expires_on__isnull=True) | Q(expires_on__gte=on))

    def clean(self) -> None:
        super().clean()
        if self.kind == self.Kind.PARK and not self.park_id:
            raise ValidationError({"park": _("园区覆盖协议要写明哪个园区。")})
        if self.kind == self.Kind.SERVICE and not (self.enterprise_code or self.party):
            raise ValidationError({"enterprise_code": _("企业救援服务协议要写明哪个企业。")})
        if self.kind == self.Kind.MUTUAL and not (self.partner_id or self.party):
            raise ValidationError({"partner": _("互助协议要写明协作队伍或单位。")})
        if self.partner_id and self.partner_id == self.team_id:
            raise ValidationError({"partner": _("队伍不能和自己签协议。")})
        if self.signed_on and self.expires_on and self.expires_on < self.signed_on:
            raise ValidationError({"expires_on": _("有效期不能早于签订日期。")})


class Shift(models.Model):
    """Who stands by for a team from when to when (备勤班次); the next taking over ends it."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="shifts", verbose_name=_("队伍"))
    members = models.ManyToManyField(Member, related_name="shifts", verbose_name=_("在岗队员"))
    started_at = models.DateTimeField(_("接班时间"), default=timezone.now)
    taken_by = models.CharField(_("接班人"), max_length=150)
    note = models.CharField(_("交接事项"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("交班时间"), null=True, blank=True)
    handed_by = models.CharField(_("交班人"), max_length=150, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("备勤班次")
        verbose_name_plural = _("备勤班次")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=Q(ended_at__isnull=True), name="one_shift_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.team} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"
