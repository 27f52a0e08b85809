"""Forest as cells with a centre, and water for fighting its fires."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.jobs.models import Job
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.roads.models import RoadNetwork

MONTHS = [MinValueValidator(1), MaxValueValidator(12)]


class ForestCell(Record, Located):
    """A compartment of a forest (林区单元、林班), known by its centre and its area."""

    class Kind(models.TextChoices):
        SHELTER = "shelter", _("防护林")
        SPECIAL = "special", _("特种用途林")
        TIMBER = "timber", _("用材林")
        ECONOMIC = "economic", _("经济林")
        ENERGY = "energy", _("能源林")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    farm = models.CharField(_("林场、林区"), max_length=80)
    kind = models.CharField(_("林种"), max_length=10, choices=Kind, help_text=_("《森林法》第八十三条的五个林种。"))
    hectares = models.FloatField(_("面积（公顷）"), validators=[MinValueValidator(0.01)])
    is_key = models.BooleanField(_("重点林区"), default=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    phone = models.CharField(_("护林值班电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("林区单元")
        verbose_name_plural = _("林区单元")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class WaterPoint(Record, Located):
    """Where water for forest fires is taken (森林防火水源地)."""

    class Kind(models.TextChoices):
        POND = "pond", _("塘坝、水库")
        RIVER = "river", _("河道、沟渠")
        TANK = "tank", _("蓄水池")
        WELL = "well", _("机井")
        HYDRANT = "hydrant", _("消火栓")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=8, choices=Kind)
    capacity_m3 = models.FloatField(
        _("可用水量（立方米）"), null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("不知道或不断补给的不填。"),
    )  # fmt: skip
    by_pump = models.BooleanField(_("可供水泵、消防车取水"), default=True)
    by_helicopter = models.BooleanField(_("可供直升机取水"), default=False)
    from_month = models.PositiveSmallIntegerField(
        _("可用起始月"), null=True, blank=True, validators=MONTHS, help_text=_("全年可用的起止月都不填。")
    )
    to_month = models.PositiveSmallIntegerField(_("可用截止月"), null=True, blank=True, validators=MONTHS)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    checked_on = models.DateField(_("最近检查"), null=True, blank=True)

    class Meta:
        verbose_name = _("森林防火水源地")
        verbose_name_plural = _("森林防火水源地")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if (self.from_month is None) != (self.to_month is None):
            name = "to_month" if self.to_month is None else "from_month"
            raise ValidationError({name: _("起始月和截止月要么都填，要么都不填。")})
        if not (self.by_pump or self.by_helicopter):
            raise ValidationError({"by_pump": _("水泵和直升机都不能取水的，不是水源地。")})

    def is_usable(self, on: date) -> bool:
        """Whether it has water in this month; a season may run past the turn of the year."""
        if self.from_month is None or self.to_month is None:
            return True
        if self.from_month <= self.to_month:
            return self.from_month <= on.month <= self.to_month
        return on.month >= self.from_month or on.month <= self.to_month


class Among(models.TextChoices):
    """Where a further team may stand, in the three ways in which the plan wants teams to be formed."""

    SEATS = "seats", _("乡镇驻地（新建专职队）")
    BRIGADES = "brigades", _("乡镇专职消防队（依托建兼职队）")
    ENTERPRISES = "enterprises", _("企业救援队（依托建后备队）")


class TeamStudy(models.Model):
    """Where so many further forest teams gain most (森林消防选点测算); it never changes, a new question is a new study."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("计算中")
        DONE = "done", _("完成")
        FAILED = "failed", _("出错")

    #: The areas whose forest and candidates it is about: those of who asked.
    prefixes = models.JSONField(_("区域"))
    network = models.ForeignKey(RoadNetwork, models.PROTECT, related_name="+", verbose_name=_("路网版本"))
    minutes = models.FloatField(_("时限（分钟）"))
    with_closures = models.BooleanField(_("计入道路阻断"))
    speeds = models.CharField(_("车速"), max_length=12)
    among = models.CharField(_("依托"), max_length=12, choices=Among)
    count = models.PositiveSmallIntegerField(_("增设队数"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    #: The hour and the source of the speeds, when computed.
    speeds_note = models.CharField(_("车速说明"), max_length=300, blank=True)
    #: Chosen places: name, lon, lat, hectares that each gains beyond those before it.
    sites = models.JSONField(default=list, editable=False)
    #: Of how many places; whether by key forest; whether anything is a gap now; how much more is possible at most.
    candidates = models.PositiveIntegerField(_("候选点"), null=True, blank=True)
    of_key = models.BooleanField(_("按重点林区"), null=True, blank=True)
    has_gaps = models.BooleanField(_("有缺口"), null=True, blank=True)
    gap = models.FloatField(_("与上限的差距"), null=True, blank=True)
    problem = models.CharField(_("问题"), max_length=200, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    asked_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("森林消防选点测算")
        verbose_name_plural = _("森林消防选点测算")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        words = {"among": self.get_among_display(), "count": self.count}
        return _("森林消防增设 %(count)s 队：%(among)s") % words
