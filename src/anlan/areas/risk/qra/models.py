"""A study of individual and societal risk with all that it was made from."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area


class RiskStudy(Located):
    """One computation of risk (定量风险评价). What it was made from never changes; another question is another study."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("排队")
        RUNNING = "running", _("计算中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    class Standing(models.TextChoices):
        ACCEPTABLE = "acceptable", _("可接受")
        ALARP = "alarp", _("尽可能降低")
        UNACCEPTABLE = "unacceptable", _("不可接受")

    title = models.CharField(_("标题"), max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    is_new = models.BooleanField(_("新建、改建、扩建"), help_text=_("决定用哪一列个人风险基准；否则为在役。"))
    #: Scenarios as chosen: hazard, inputs, place, frequency a year and where each comes from.
    scenarios = models.JSONField(_("情景"))
    #: Parameters of every rule used, by code, with `reference`, `citation` and `status`.
    rules = models.JSONField(_("规则"))
    #: What could not be derived, said at the start.
    left_out = models.JSONField(_("未纳入"), default=list)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.QUEUED)
    problem = models.TextField(_("问题"), blank=True)
    #: Contours as GeoJSON; curve, targets, levels, scenarios with their part, notes.
    contours = models.JSONField(default=dict)
    findings = models.JSONField(_("结果"), default=dict)
    standing = models.CharField(_("社会风险"), max_length=12, choices=Standing, blank=True)
    exceeded = models.PositiveIntegerField(_("超过基准的防护目标"), null=True)
    loss_of_life = models.FloatField(_("潜在生命损失（人/年）"), null=True)
    seconds = models.FloatField(_("用时（秒）"), null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("计算人"))
    asked_at = models.DateTimeField(_("提出时间"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("定量风险评价")
        verbose_name_plural = _("定量风险评价")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED)

    @property
    def unchecked(self) -> list[dict]:
        """The rules used that nobody has compared with their document."""
        return [one for one in self.rules.values() if one["status"] != "checked"]
