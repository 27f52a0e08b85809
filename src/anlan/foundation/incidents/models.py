"""The incident and its append-only timeline."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class EventKind(models.Model):
    """A class of emergencies by the national five-character code (突发事件分类)."""

    class Category(models.TextChoices):
        NATURAL = "natural", _("自然灾害")
        ACCIDENT = "accident", _("事故灾难")
        HEALTH = "health", _("公共卫生事件")
        SECURITY = "security", _("社会安全事件")

    code = models.CharField(_("分类代码"), max_length=5, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    category = models.CharField(_("大类"), max_length=10, choices=Category)
    is_checked = models.BooleanField(_("已核对"), default=False)

    class Meta:
        verbose_name = _("突发事件分类")
        verbose_name_plural = _("突发事件分类")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


#: What people call the figures of `Incident.other_figures`, by the names that the grading rules use.
OTHER_FIGURES = {
    "participants": _("参与人数"),
    "brawlers": _("械斗参与人数"),
    "trunk_blocked_h": _("干线交通阻断小时数"),
    "sick": _("发病人数"),
    "burnt_ha": _("受害森林面积（公顷）"),
    "toxic_evacuated": _("有毒介质泄漏转移人数"),
    "lift_trapped_h": _("电梯困人小时数"),
    "ropeway_stranded_h": _("索道滞留小时数"),
    "ride_stranded_h": _("游乐设施滞留小时数"),
    "busy_line_blocked_h": _("铁路繁忙干线中断小时数"),
    "other_line_blocked_h": _("铁路其他线路中断小时数"),
    "acute_dead": _("急性死亡人数"),
    "severe_radiation_sick": _("急性重度放射病人数"),
    "overexposed": _("超剂量受照人数"),
    "pneumonic_plague": _("肺鼠疫病例"),
    "bubonic_plague": _("腺鼠疫病例"),
    "cholera": _("霍乱病例"),
    "loss_share_of_province_gdp": _("损失占上年全省生产总值比例"),
}


class Grade(models.TextChoices):
    """Event grade (事件等级), never to be confused with warning colour or response level."""

    I = "I", _("特别重大")  # noqa: E741
    II = "II", _("重大")
    III = "III", _("较大")
    IV = "IV", _("一般")


class Incident(Record, Located):
    """An emergency that happened or is developing (突发事件)."""

    class Status(models.TextChoices):
        REPORTED = "reported", _("待核实")
        CONFIRMED = "confirmed", _("已核实")
        RESPONDING = "responding", _("处置中")
        ENDED = "ended", _("响应结束")
        CLOSED = "closed", _("已归档")
        MERGED = "merged", _("已并入")

    code = models.CharField(_("编号"), max_length=30, unique=True, editable=False)
    title = models.CharField(_("标题"), max_length=120)
    kind = models.ForeignKey(EventKind, models.PROTECT, verbose_name=_("事件类别"))
    place = models.CharField(_("地点"), max_length=120)
    occurred_at = models.DateTimeField(_("发生时间"), default=timezone.now)
    received_at = models.DateTimeField(_("接报时间"), default=timezone.now)
    source = models.CharField(_("信息来源"), max_length=120, blank=True)
    caller_phone = models.CharField(_("报告人电话"), max_length=30, blank=True)
    description = models.TextField(_("简要情况"), blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.REPORTED, editable=False)
    dead = models.PositiveIntegerField(_("死亡"), null=True, blank=True)
    missing = models.PositiveIntegerField(_("失联"), null=True, blank=True)
    serious_injured = models.PositiveIntegerField(_("重伤"), null=True, blank=True)
    injured = models.PositiveIntegerField(_("轻伤"), null=True, blank=True)
    trapped = models.PositiveIntegerField(_("被困"), null=True, blank=True)
    evacuated = models.PositiveIntegerField(_("转移"), null=True, blank=True)
    loss_yuan = models.DecimalField(_("直接经济损失（元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    #: Figures that only some grading rules ask for, such as people taking part or hectares burnt.
    other_figures = models.JSONField(_("其他指标"), default=dict, blank=True, editable=False)
    #: The grade in force, the rule version and the clause that proposed it, and who confirmed it.
    grade = models.CharField(_("事件等级"), max_length=3, choices=Grade, blank=True, editable=False)
    grade_rule = models.CharField(max_length=100, blank=True, editable=False)
    grade_basis = models.CharField(_("定级依据"), max_length=300, blank=True, editable=False)
    grade_confirmed_by = models.CharField(_("定级人"), max_length=150, blank=True, editable=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主责单位")
    )
    warning_ref = models.CharField(max_length=60, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    #: The incident that brought this one about, as a named person says (次生、衍生事件).
    cause = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="secondary",
        verbose_name=_("由何引发"),
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, editable=False)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("突发事件")
        verbose_name_plural = _("突发事件")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.title

    #: The figures that grading looks at and that a casualty report may change.
    FIGURES = ("dead", "missing", "serious_injured", "injured", "trapped", "evacuated", "loss_yuan")

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.REPORTED, self.Status.CONFIRMED, self.Status.RESPONDING)

    @property
    def figures(self) -> dict:
        """The known figures that grading may look at; unknown ones are absent, never zero."""
        known = {name: value for name in self.FIGURES if (value := getattr(self, name)) is not None}
        return known | self.other_figures


class TimelineEntry(models.Model):
    """What became known or was done, when, and when it was recorded (时间线); never changed."""

    class Kind(models.TextChoices):
        INTAKE = "intake", _("接报")
        FIGURES = "figures", _("伤亡和损失")
        GRADE = "grade", _("定级")
        WARNING = "warning", _("预警")
        RESPONSE = "response", _("响应")
        ORDER = "order", _("指令")
        FEEDBACK = "feedback", _("反馈")
        RESOURCE = "resource", _("资源")
        REPORT = "report", _("信息报告")
        NOTE = "note", _("记事")
        CLOCK = "clock", _("时限")
        INSTRUCTION = "instruction", _("领导批示")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timeline")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    happened_at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, db_index=True)
    text = models.TextField(_("内容"))
    actor = models.CharField(_("记录人"), max_length=150)
    actor_post = models.CharField(_("岗位"), max_length=150, blank=True)
    source = models.CharField(_("来源"), max_length=120, blank=True)
    #: Values that changed, for replay: {"figures": {...}} {"grade": ...} {"status": ...} {"order": id, "status": ...}.
    data = models.JSONField(default=dict)
    area_code = models.CharField(max_length=12)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    #: Readers outside the incident's area who were told (user ids), for "as this person saw it".
    told = models.JSONField(default=list)

    class Meta:
        ordering = ["recorded_at", "id"]
        verbose_name = _("时间线")
        verbose_name_plural = _("时间线")

    def __str__(self) -> str:
        return self.text[:60]

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("timeline entries are never changed; add a correction")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("timeline entries are never deleted")

    #: What `data` may say of the incident; any other key says that the values are those of an order, a way-bill or the like.
    OWN = frozenset({"figures", "grade", "status", "rule", "proposal", "merged_into"})

    @property
    def own(self) -> dict:
        """What changed of the incident itself; empty when the entry tells of something else."""
        return self.data if self.data.keys() <= self.OWN else {}

    @property
    def is_late(self) -> bool:
        """Whether it was recorded noticeably after it happened."""
        return self.recorded_at - self.happened_at > timezone.timedelta(minutes=2)


def author(user: User | str) -> dict[str, str]:
    """Name and post of whoever acts, copied as text."""
    return {"actor": str(user)[:150], "actor_post": str(getattr(user, "post_title", "") or "")[:150]}
