"""Fire stations, and studies of where the next ones gain most."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.speeds import FREE


class FireStation(Record, Located):
    """A station from which crews set out (消防站)."""

    class Kind(models.TextChoices):
        SPECIAL = "special", _("特勤消防站")
        FIRST = "first", _("一级普通消防站")
        SECOND = "second", _("二级普通消防站")
        SMALL = "small", _("小型消防站")
        SUBURBAN = "suburban", _("近郊普通消防站")
        VOLUNTEER = "volunteer", _("志愿、乡镇专职消防队")

    class Status(models.TextChoices):
        ACTIVE = "active", _("执勤")
        PLANNED = "planned", _("规划、在建")
        CLOSED = "closed", _("停用")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(
        _("站级"), max_length=10, choices=Kind, help_text=_("《城市消防站建设标准》（建标 152-2017）的分级。")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所属单位")
    )
    phone = models.CharField(_("值班电话"), max_length=30, blank=True)
    people = models.PositiveIntegerField(_("执勤人数"))
    vehicles = models.PositiveIntegerField(_("消防车数"))
    area_km2 = models.FloatField(
        _("辖区面积（平方千米）"), null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("城市建成区内的责任区；不填为未知。"),
    )  # fmt: skip
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.ACTIVE)
    restructured_on = models.DateField(
        _("规模结构和编成调整完成日期"), null=True, blank=True, help_text=_("按支队批复登记；没有完成或不知道的不填。")
    )

    class Meta:
        verbose_name = _("消防站")
        verbose_name_plural = _("消防站")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class SiteStudy(models.Model):
    """Where so many further stations gain most people (选址测算); it never changes, a new question is a new study."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队")
        DONE = "done", _("完成")
        FAILED = "failed", _("出错")

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    network = models.ForeignKey(RoadNetwork, models.PROTECT, related_name="+", verbose_name=_("路网版本"))
    count = models.PositiveSmallIntegerField(_("增设站数"))
    minutes = models.FloatField(_("时限（分钟）"))
    with_closures = models.BooleanField(_("计入道路阻断"))
    speeds = models.CharField(_("车速"), max_length=12, default=FREE)
    #: The hour and the source of the speeds, when computed.
    speeds_note = models.CharField(_("车速说明"), max_length=300, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    #: Chosen sites: code, name, lon, lat, people that each gains beyond those before it.
    sites = models.JSONField(default=list, editable=False)
    #: People gained by all, and the most that any choice could gain.
    gain = models.PositiveIntegerField(_("新增覆盖人口"), null=True, blank=True)
    bound = models.PositiveIntegerField(_("理论上限"), null=True, blank=True)
    problem = models.CharField(_("问题"), max_length=200, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    asked_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("消防站选址测算")
        verbose_name_plural = _("消防站选址测算")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return _("%(area)s增设 %(count)s 站") % {"area": self.area, "count": self.count}

    @property
    def gap_percent(self) -> float | None:
        """How much more than the gain is possible at most, in per cent of the bound; 0 is proven best."""
        if self.gain is None or self.bound is None:
            return None
        return round(100 * (self.bound - self.gain) / self.bound, 2) if self.bound else 0.0
