"""Nodes of transport."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class TransportNode(Record, Located):
    """A place where people or goods change from one means of transport to another (交通节点)."""

    class Kind(models.TextChoices):
        RAILWAY_STATION = "railway", _("火车站")
        FREIGHT_YARD = "freight", _("铁路货场")
        BUS_HUB = "bus", _("汽车客运站")
        CITY_HUB = "city_bus", _("公交枢纽")
        LOGISTICS = "logistics", _("物流园区")
        PORT = "port", _("港口码头")
        AIRPORT = "airport", _("机场")
        HELIPAD = "helipad", _("直升机起降点")
        TOLL = "toll", _("高速公路出入口")
        BRIDGE = "bridge", _("桥梁、渡口等控制性节点")

    class Mode(models.TextChoices):
        ROAD = "road", _("公路")
        RAIL = "rail", _("铁路")
        AIR = "air", _("航空")
        WATER = "water", _("水路")

    class Status(models.TextChoices):
        OPEN = "open", _("正常")
        LIMITED = "limited", _("受限")
        CLOSED = "closed", _("停用")

    #: Kinds that are passed and not entered: they bring nobody nearer to transport.
    PASSED = (Kind.BRIDGE,)

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    mode = models.CharField(_("运输方式"), max_length=6, choices=Mode)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    contact = models.CharField(_("应急联系人"), max_length=40, blank=True)
    phone = models.CharField(_("24小时电话"), max_length=30, blank=True)
    people_an_hour = models.PositiveIntegerField(_("疏运能力（人/时）"), null=True, blank=True)
    tonnes_a_day = models.PositiveIntegerField(_("货运能力（吨/日）"), null=True, blank=True)
    capacity = models.CharField(_("设施说明"), max_length=100, blank=True)
    camera = models.CharField(_("视频监控点编码"), max_length=40, blank=True, help_text=_("视频监控点台账里的编码。"))

    class Meta:
        verbose_name = _("交通节点")
        verbose_name_plural = _("交通节点")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
