"""A run of a consequence model with all that it was made from, and what was measured against it."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.science.hazards.catalogue import Hazard, hazards

#: Most members of an ensemble.
MOST_MEMBERS = 1000


def hazard_choices() -> list[tuple[str, str]]:
    """The models that there are, by code."""
    return [(code, _(one.title)) for code, one in hazards().items()]


class Run(Record, Located):
    """One run of a model (推演). What it was computed from never changes; a change is a new run based on it."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("排队")
        RUNNING = "running", _("计算中")
        DONE = "done", _("完成")
        REFUSED = "refused", _("超出适用范围")
        FAILED = "failed", _("失败")

    title = models.CharField(_("标题"), max_length=120)
    hazard = models.CharField(_("模型"), max_length=20, choices=hazard_choices)
    model_version = models.CharField(_("模型版本"), max_length=20)
    inputs = models.JSONField(_("输入"))
    #: Where an input came from, by its path; what a person typed is not listed.
    sources = models.JSONField(_("输入来源"), default=dict)
    members = models.PositiveIntegerField(
        _("集合成员数"), default=0, validators=[MaxValueValidator(MOST_MEMBERS)], help_text=_("0 为单次计算。")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="predictions", verbose_name=_("突发事件")
    )
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="variants", verbose_name=_("基于")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.QUEUED)
    problem = models.TextField(_("问题"), blank=True)
    #: [{name, label, unit, value}], [{label, columns, rows}], [composed text] twice, a GeoJSON collection, who is there.
    figures = models.JSONField(default=list)
    tables = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    advice = models.JSONField(default=list)
    zones = models.JSONField(default=dict)
    people = models.JSONField(default=dict)
    seconds = models.FloatField(_("用时（秒）"), null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("计算人"))
    asked_at = models.DateTimeField(_("提出时间"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("采纳人"))
    accepted_at = models.DateTimeField(_("采纳时间"), null=True)
    acceptance = models.CharField(_("采纳意见"), max_length=200, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("推演")
        verbose_name_plural = _("推演")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def model(self) -> Hazard | None:
        """The model that it is a run of; None when the program no longer has it."""
        return hazards().get(self.hazard)

    @property
    def headline(self) -> Any:
        """What burnt, leaked or went off, as the model tells it; nothing where it does not or is not over."""
        return next((one["value"] for one in self.figures if one["name"] == "source"), "")

    @property
    def is_over(self) -> bool:
        return self.status not in (self.Status.QUEUED, self.Status.RUNNING)


class Measurement(models.Model):
    """What somebody measured where and when, to hold a run against (实测)."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="measurements")
    lon = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    at_s = models.FloatField(_("事件开始后的时间"), null=True, blank=True, help_text=_("秒"))
    value = models.FloatField(_("数值"))
    unit = models.CharField(_("单位"), max_length=12)
    source = models.CharField(_("来源"), max_length=120)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("录入人"))
    entered_at = models.DateTimeField(_("录入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("实测")
        verbose_name_plural = _("实测")
        ordering = ["at_s", "pk"]

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"
