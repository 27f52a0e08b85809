"""Versions of the road network, each packed into one row; and how fast its roads are driven at which hour.

A row an edge was weighed and left: 200,000 edges are read whole or not at all, and are replaced whole by an import.
"""

import re
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.models import Area

#: Hours of a day.
HOURS = 24
#: More than this many times the free speed is a slip of the pen.
MOST_SHARE = 2.0


class RoadClass(models.TextChoices):
    """Classes of roads, the greatest first, as `science.geo.roads.graph.CLASSES` names them."""

    MOTORWAY = "motorway", _("高速公路")
    TRUNK = "trunk", _("国道、快速路")
    PRIMARY = "primary", _("省道、主干路")
    SECONDARY = "secondary", _("县道、次干路")
    TERTIARY = "tertiary", _("乡道、支路")
    RESIDENTIAL = "residential", _("村道、居住区道路")
    SERVICE = "service", _("内部道路")


class DayKind(models.TextChoices):
    """Kinds of days that traffic tells apart."""

    WORKDAY = "workday", _("工作日")
    REST = "rest", _("休息日")


class RoadNetwork(models.Model):
    """A version of the road network (路网版本)."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    title = models.CharField(_("名称"), max_length=120)
    source = models.CharField(_("来源"), max_length=200)
    is_synthetic = models.BooleanField(_("合成数据"), default=False)
    is_current = models.BooleanField(_("在用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    packed = models.BinaryField(editable=False)
    digest = models.CharField(_("SM3 摘要"), max_length=64)
    nodes = models.PositiveIntegerField(_("节点数"))
    edges = models.PositiveIntegerField(_("路段数"))
    length_km = models.FloatField(_("里程（千米）"))
    notes = models.TextField(_("导入说明"), blank=True)
    imported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("导入人")
    )
    imported_at = models.DateTimeField(_("导入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("路网版本")
        verbose_name_plural = _("路网版本")
        ordering = ["-imported_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current")]

    def __str__(self) -> str:
        return self.title


def shares_in(text: str) -> list[float]:
    """The 24 shares of a day out of a text; ValidationError says which hour is wrong and what to do.

    >>> shares_in("1 " * 23 + "0.8")[22:]
    [1.0, 0.8]
    """
    parts = [part for part in re.split(r"[\s,，;；、]+", text.strip()) if part]
    if len(parts) != HOURS:
        words = gettext("要有 24 个数（0 时到 23 时），现在是 %(n)s 个；请补上缺的小时或删去多的。")
        raise ValidationError(words % {"n": len(parts)})
    found, wrong = [], []
    for hour, part in enumerate(parts):
        try:
            found.append(float(part))
        except ValueError:
            wrong.append(gettext("%(hour)s 时的“%(text)s”不是数字") % {"hour": hour, "text": part[:20]})
            continue
        if not found[-1] > 0:
            wrong.append(
                gettext("%(hour)s 时的 %(text)s 必须大于 0，不通车请登记道路阻断") % {"hour": hour, "text": part[:20]}
            )
        elif found[-1] > MOST_SHARE:
            words = gettext("%(hour)s 时的 %(text)s 超过 %(most)s 倍自由流车速，请核对单位")
            wrong.append(words % {"hour": hour, "text": part[:20], "most": f"{MOST_SHARE:g}"})
    if wrong:
        raise ValidationError("；".join(wrong) + "。")
    return found


class SpeedProfile(Record):
    """What share of the free speed a class of roads is driven at, hour by hour of one kind of day (分时段车速)."""

    class Status(models.TextChoices):
        TO_BE_CHECKED = "to_be_checked", _("待核对")
        CHECKED = "checked", _("已核对")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    road_name = models.CharField(
        _("道路名称"),
        max_length=80,
        blank=True,
        help_text=_("只用于路网中叫这个名称的路段；不填为区域内这一等级的所有道路。"),
    )
    day_kind = models.CharField(
        _("日类"), max_length=8, choices=DayKind, help_text=_("法定节假日为休息日，调休上班为工作日。")
    )
    road_class = models.CharField(_("道路等级"), max_length=12, choices=RoadClass)
    shares = models.CharField(
        _("各小时车速比"), max_length=300,
        help_text=_("24 个数，0 时到 23 时，用空格或逗号分开：实测平均车速除以自由流车速，例如 0.65。"),
    )  # fmt: skip
    source = models.CharField(_("来源"), max_length=200, help_text=_("谁用什么测的，例如：公安交管卡口、浮动车数据。"))
    measured_from = models.DateField(_("实测开始"), null=True, blank=True)
    measured_to = models.DateField(_("实测结束"), null=True, blank=True)
    status = models.CharField(_("核对状态"), max_length=14, choices=Status, default=Status.TO_BE_CHECKED)
    effective_from = models.DateField(_("启用日期"), default=timezone.localdate)
    effective_to = models.DateField(
        _("停用日期"), null=True, blank=True, help_text=_("当天起不再使用；不填为一直使用。")
    )

    class Meta:
        verbose_name = _("分时段车速")
        verbose_name_plural = _("分时段车速")
        ordering = ["code"]

    def __str__(self) -> str:
        where = f"{self.area} {self.road_name}".strip()
        return f"{where} · {self.get_road_class_display()} · {self.get_day_kind_display()}"

    @property
    def bars(self) -> list[tuple[int, float, tuple[float, float]]]:
        """Hour, share, and top and height of its bar in a picture 112 high, as `free_y` marks the free speed."""
        return [
            (hour, one, (round(112 - 56 * one, 1), round(56 * one, 1)))
            for hour, one in enumerate(shares_in(self.shares))
        ]

    #: Good rows before this one in the file that it comes in, which the register does not know yet; with `row_number`.
    beside: Sequence["SpeedProfile"] = ()
    row_number: int | None = None
    #: Where the free speed lies in the picture of `bars`.
    free_y = 56

    @staticmethod
    def in_use(on: date) -> Q:
        """Rows that count on a day."""
        return Q(effective_from__lte=on) & (Q(effective_to=None) | Q(effective_to__gt=on))

    def clean(self) -> None:
        super().clean()
        problems = {}
        try:
            self.shares = " ".join(f"{one:g}" for one in shares_in(self.shares or ""))
        except ValidationError as error:
            problems["shares"] = error.messages
        if self.status == self.Status.CHECKED and not (self.measured_from and self.measured_to):
            problems["status"] = [gettext("已核对的要写明实测开始和结束日期；没有实测的请选待核对。")]
        if self.measured_from and self.measured_to and self.measured_to < self.measured_from:
            problems["measured_to"] = [gettext("实测结束不能早于实测开始。")]
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            problems["effective_to"] = [gettext("停用日期要晚于启用日期。")]
        elif self.effective_from and (other := self._overlapping()):
            problems["effective_from"] = [self._words_for(other)]
        if problems:
            raise ValidationError(problems)

    def _overlapping(self) -> "SpeedProfile | None":
        """A row for the same roads and days whose time meets this one's: of the file, as it stands there, or kept."""
        same = SpeedProfile.objects.exclude(pk__in=[self.pk, *(one.pk for one in self.beside)]).filter(
            Q(effective_to=None) | Q(effective_to__gt=self.effective_from), area_id=self.area_id,
            road_name=self.road_name, day_kind=self.day_kind, road_class=self.road_class,
        )  # fmt: skip
        kept = (same.filter(effective_from__lt=self.effective_to) if self.effective_to else same).first()
        return next((one for one in self.beside if self._meets(one)), kept)

    def _meets(self, other: "SpeedProfile") -> bool:
        alike = ("area_id", "road_name", "day_kind", "road_class")
        if any(getattr(self, name) != getattr(other, name) for name in alike):
            return False
        ends = (self.effective_to or date.max, other.effective_to or date.max)
        return self.effective_from < ends[1] and other.effective_from < ends[0]

    def _words_for(self, other: "SpeedProfile") -> str:
        words = {"code": other.code, "other": other, "since": other.effective_from, "row": other.row_number}
        if other.row_number:
            return (
                gettext(
                    "与本文件第 %(row)s 行“%(code)s %(other)s”重叠（%(since)s 起使用）：同一区域、道路、等级和日类同一时间"
                    "只能有一条，没有导入这一行；请核对哪一条对，改启用、停用日期或删去一行后再导入。"
                )
                % words
            )
        return (
            gettext("与“%(code)s %(other)s”重叠（%(since)s 起使用）；请先给那一条填停用日期，或改这一条的启用日期。")
            % words
        )
