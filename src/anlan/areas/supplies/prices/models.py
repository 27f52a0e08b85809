"""What somebody saw an item cost, and the rises that were told."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Item
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.models import Area


class Price(Record):
    """One price seen on one day at one market (价格监测记录)."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="prices", verbose_name=_("物资"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("监测单位"),
        help_text=_("涨幅超过规则时提醒这个单位。"),
    )  # fmt: skip
    market = models.CharField(_("市场或供应商"), max_length=80)
    yuan = models.DecimalField(_("单价（元）"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0.01)])
    source = models.CharField(_("来源"), max_length=80, help_text=_("例如：现场采价、电话询价、招标公告。"))
    observed_on = models.DateField(_("采价日期"), db_index=True)

    class Meta:
        verbose_name = _("价格监测记录")
        verbose_name_plural = _("价格监测")
        ordering = ["-observed_on", "code"]

    def __str__(self) -> str:
        return f"{self.item} {self.market} {self.observed_on}"

    def clean(self) -> None:
        super().clean()
        if self.observed_on and self.observed_on > timezone.localdate():
            raise ValidationError({"observed_on": _("日期不能晚于今天。")})


class Rise(models.Model):
    """A price that rose by more than the rule allows (价格异常); told once, over when it is back."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("物资"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    percent = models.FloatField(_("涨幅（%）"))
    opened_at = models.DateTimeField(_("发现时间"), default=timezone.now)
    closed_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("价格异常")
        verbose_name_plural = _("价格异常")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["item", "area"], condition=Q(closed_at=None), name="price_rise_once")
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.item}"
