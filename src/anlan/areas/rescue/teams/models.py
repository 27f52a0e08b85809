"""Rescue teams and their people."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Team(Record, Located):
    """A team that can be called out (救援队伍)."""

    class Kind(models.TextChoices):
        FIRE = "fire", _("综合性消防救援")
        FOREST = "forest", _("森林灭火")
        FLOOD = "flood", _("防汛抗旱")
        ENGINEERING = "engineering", _("工程抢险")
        CHEMICAL = "chemical", _("危险化学品")
        MEDICAL = "medical", _("紧急医学救援")
        ROAD = "road", _("道路抢通")
        COMMUNICATION = "communication", _("通信保障")
        SOCIAL = "social", _("社会救援力量")
        ENTERPRISE = "enterprise", _("企业专职队伍")
        GRASSROOTS = "grassroots", _("基层队伍")

    class Standby(models.TextChoices):
        READY = "ready", _("待命")
        OUT = "out", _("出动")
        REST = "rest", _("休整")
        OFF = "off", _("不可用")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所属单位")
    )
    leader = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("队长"))
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    people = models.PositiveIntegerField(_("人数"))
    vehicles = models.PositiveIntegerField(_("车辆数"), default=0)
    boats = models.PositiveIntegerField(_("舟艇数"), default=0)
    pumps = models.PositiveIntegerField(_("排水泵数"), default=0)
    standby = models.CharField(_("备勤状态"), max_length=10, choices=Standby, default=Standby.READY)
    drilled_on = models.DateField(_("最近演练"), null=True, blank=True)
    inspected_on = models.DateField(_("最近装备检查"), null=True, blank=True)

    class Meta:
        verbose_name = _("救援队伍")
        verbose_name_plural = _("救援队伍")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_available(self) -> bool:
        return self.standby == self.Standby.READY

    @property
    def readiness(self) -> int:
        """0 to 100: half for standing by, the rest for a drill and an inspection within the last half year."""
        today = timezone.localdate()
        recent = [d is not None and (today - d).days <= 183 for d in (self.drilled_on, self.inspected_on)]
        return 50 * self.is_available + 25 * sum(recent)
