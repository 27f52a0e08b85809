"""Plans with their levels, groups and action cards; activations; orders and what was reported on them."""

from datetime import datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, Post, User
from anlan.foundation.accounts.roles import ROLES
from anlan.foundation.clocks.models import Clock
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.foundation.places.models import Area

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("只能用字母、数字、点、横线和下划线。"))


class Level(models.TextChoices):
    """Response level (响应级别), never to be confused with event grade or warning colour."""

    I = "I", _("Ⅰ级响应")  # noqa: E741
    II = "II", _("Ⅱ级响应")
    III = "III", _("Ⅲ级响应")
    IV = "IV", _("Ⅳ级响应")


class Plan(Record):
    """One version of an emergency plan, structured (应急预案)."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("总体预案")
        SPECIAL = "special", _("专项预案")
        DEPARTMENT = "department", _("部门预案")
        TOWNSHIP = "township", _("乡镇（街道）预案")
        ENTERPRISE = "enterprise", _("企业预案")

    class Status(models.TextChoices):
        DRAFT = "draft", _("草案")
        APPROVED = "approved", _("已批准")
        PUBLISHED = "published", _("已发布")
        RETIRED = "retired", _("已废止")

    code = models.CharField(_("预案编号"), max_length=40, validators=[CODE])
    version = models.PositiveIntegerField(_("版本"), default=1)
    title = models.CharField(_("预案名称"), max_length=120)
    title_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    kind = models.CharField(_("预案类别"), max_length=12, choices=Kind)
    #: Prefixes of the event codes that it is for.
    event_kinds = models.JSONField(_("适用事件类别"), default=list, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("牵头单位")
    )
    document = models.CharField(_("文号"), max_length=120, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    filed_at = models.DateField(_("备案日期"), null=True, blank=True)
    approved_by = models.CharField(_("批准人"), max_length=150, blank=True)
    #: The rule whose levels are activation criteria of this plan, besides those that its levels list.
    criteria_rule = models.CharField(_("启动条件规则"), max_length=80, blank=True)
    #: A text written as a sample, to be replaced by the city's own plan.
    is_sample = models.BooleanField(_("示例文本"), default=False)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("应急预案")
        verbose_name_plural = _("应急预案")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="plan_version_once")]

    def __str__(self) -> str:
        return self.title


class PlanLevel(models.Model):
    """A response level of a plan: when it may be activated and what it means."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="levels")
    level = models.CharField(_("响应级别"), max_length=3, choices=Level)
    text = models.TextField(_("启动条件和措施"), blank=True)
    #: Conditions, any of which suffices: {"fact", "operator", "value", "clause", "is_checked"}.
    criteria = models.JSONField(_("启动条件"), default=list, blank=True)
    expected_hours = models.PositiveIntegerField(_("预计期限（小时）"), default=24)

    class Meta:
        verbose_name = _("预案响应级别")
        verbose_name_plural = _("预案响应级别")
        ordering = ["plan", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "level"], name="plan_level_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_level_display()}"


class PlanGroup(models.Model):
    """A working group of the headquarters (工作组)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="groups")
    code = models.CharField(_("编号"), max_length=40, validators=[CODE])
    title = models.CharField(_("名称"), max_length=60)
    duty = models.TextField(_("职责"), blank=True)

    class Meta:
        verbose_name = _("工作组")
        verbose_name_plural = _("工作组")
        ordering = ["plan", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="plan_group_once")]

    def __str__(self) -> str:
        return self.title


class ActionCard(models.Model):
    """One thing that somebody must do when a level is activated (行动卡)."""

    class Phase(models.TextChoices):
        PREPARE = "prepare", _("准备")
        ACTIVATE = "activate", _("启动")
        RESPOND = "respond", _("处置")
        RECOVER = "recover", _("善后")

    class Addressee(models.TextChoices):
        DEPARTMENT = "department", _("指定单位")
        COUNTIES = "counties", _("受影响的县（市、区）、功能区")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="cards")
    code = models.CharField(_("编号"), max_length=40, validators=[CODE])
    group = models.ForeignKey(PlanGroup, models.PROTECT, related_name="cards", verbose_name=_("工作组"))
    phase = models.CharField(_("阶段"), max_length=10, choices=Phase)
    title = models.CharField(_("任务"), max_length=120)
    detail = models.TextField(_("要求"), blank=True)
    clause = models.CharField(_("预案条款"), max_length=120, blank=True)
    levels = models.JSONField(_("适用级别"), default=list)
    addressee = models.CharField(_("对象"), max_length=12, choices=Addressee, default=Addressee.DEPARTMENT)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    post_role = models.CharField(_("岗位角色"), max_length=30, choices=[(r.code, r.title) for r in ROLES.values()])
    #: Minutes after the activation is confirmed.
    start_offset = models.PositiveIntegerField(_("开始（分钟）"), default=0)
    due_offset = models.PositiveIntegerField(_("完成时限（分钟）"))
    is_continuous = models.BooleanField(_("持续任务"), default=False)
    clock_kind = models.CharField(_("时限性质"), max_length=12, choices=Clock.Kind, default=Clock.Kind.OPERATIONAL)
    documents = models.JSONField(_("应提交的成果"), default=list, blank=True)
    #: {"event_kinds": [code prefixes], "areas": [code prefixes]}; what is absent does not restrict.
    applicability = models.JSONField(_("适用条件"), default=dict, blank=True)
    #: [{"kind", "what", "quantity"}]
    resources = models.JSONField(_("所需资源"), default=list, blank=True)
    #: Code of the action plan's target that the time to completion measures.
    target = models.CharField(_("对应目标"), max_length=80, blank=True)
    is_checked = models.BooleanField(_("已核对"), default=False)

    class Meta:
        verbose_name = _("行动卡")
        verbose_name_plural = _("行动卡")
        ordering = ["plan", "start_offset", "due_offset", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="plan_card_once")]

    def __str__(self) -> str:
        return self.title


class Fact(models.Model):
    """What is known that plans ask for (启动条件事实): a warning's colour, a mean rainfall; the newest row counts."""

    name = models.CharField(_("名称"), max_length=40, db_index=True)
    area_code = models.CharField(max_length=12)
    #: A number or a colour; null when it no longer holds, such as a cancelled warning.
    value = models.JSONField(_("值"), null=True)
    source = models.CharField(_("来源"), max_length=200)
    observed_at = models.DateTimeField(_("观测时间"), db_index=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("启动条件事实")
        verbose_name_plural = _("启动条件事实")
        ordering = ["-observed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Activation(models.Model):
    """A plan's level proposed for an incident, confirmed by a second person, changed, ended (响应启动)."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        CONFIRMED = "confirmed", _("响应中")
        CHANGED = "changed", _("已调整级别")
        ENDED = "ended", _("已结束")
        REJECTED = "rejected", _("未启动")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="activations", verbose_name=_("突发事件"))
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="activations", verbose_name=_("预案"))
    level = models.CharField(_("响应级别"), max_length=3, choices=Level)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PROPOSED)
    #: What article 72 of the Emergency Response Law wants stated: matter, level, expected duration, measures.
    matter = models.CharField(_("响应事项"), max_length=200)
    expected_hours = models.PositiveIntegerField(_("预计期限（小时）"), default=24)
    #: Codes of the counties and zones concerned; empty is the plan's whole area.
    areas = models.JSONField(_("涉及区域"), default=list, blank=True)
    measures = models.TextField(_("处置措施"), blank=True)
    #: The conditions that were met: fact, value, source, time, threshold, clause.
    basis = models.JSONField(_("启动依据"), default=list, blank=True)
    reason = models.TextField(_("说明"), blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    proposed_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人"))
    decided_at = models.DateTimeField(_("确认时间"), null=True)
    #: The activation whose level this one changes.
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="following")
    ended_by = models.CharField(_("结束人"), max_length=150, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    end_conditions = models.TextField(_("结束条件"), blank=True)
    summary = models.TextField(_("处置小结"), blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("应急响应")
        verbose_name_plural = _("应急响应")
        ordering = ["-proposed_at"]

    def __str__(self) -> str:
        return f"{self.plan.title} {self.get_level_display()}"

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def expected_until(self) -> datetime | None:
        return self.decided_at + timezone.timedelta(hours=self.expected_hours) if self.decided_at else None


class Order(Located):
    """A task for a named addressee with a deadline (指令)."""

    class Status(models.TextChoices):
        SENT = "sent", _("待签收")
        ACKNOWLEDGED = "acknowledged", _("已签收")
        UNDER_WAY = "under_way", _("执行中")
        DONE = "done", _("已完成")
        CANCELLED = "cancelled", _("已取消")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="orders", verbose_name=_("突发事件"))
    activation = models.ForeignKey(
        Activation, models.PROTECT, null=True, related_name="orders", verbose_name=_("应急响应")
    )
    card = models.ForeignKey(ActionCard, models.PROTECT, null=True, related_name="orders", verbose_name=_("行动卡"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="suborders", verbose_name=_("上级指令"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="orders", verbose_name=_("责任单位"))
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("岗位"))
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="orders", verbose_name=_("责任人"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name=_("任务区域"))
    title = models.CharField(_("任务"), max_length=120)
    detail = models.TextField(_("要求"), blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    documents = models.JSONField(_("应提交的成果"), default=list)
    needs = models.JSONField(_("所需资源"), default=list)
    is_continuous = models.BooleanField(_("持续任务"), default=False)
    start_at = models.DateTimeField(_("开始时间"))
    due_at = models.DateTimeField(_("完成时限"), db_index=True)
    acknowledge_by = models.DateTimeField(_("签收时限"))
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.SENT)
    issued_by = models.CharField(_("下达人"), max_length=150)
    sent_at = models.DateTimeField(_("下达时间"))
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)
    acknowledged_by = models.CharField(_("签收人"), max_length=150, blank=True)
    set_out_at = models.DateTimeField(_("出动时间"), null=True)
    arrived_at = models.DateTimeField(_("到达时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    withdrawn_at = models.DateTimeField(_("撤出时间"), null=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    #: When the deadline passed with the task undone; kept although it was done later.
    overdue_at = models.DateTimeField(_("超时"), null=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("指令")
        verbose_name_plural = _("指令")
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["status", "due_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.SENT, self.Status.ACKNOWLEDGED, self.Status.UNDER_WAY)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and not self.is_running and timezone.now() > self.due_at

    @property
    def is_running(self) -> bool:
        """A continuous task of which the first report came in time; it has no further deadline."""
        return self.is_continuous and self.status == self.Status.UNDER_WAY

    @property
    def started_at(self) -> datetime:
        """From when its countdown runs."""
        return self.start_at

    def is_visible_to(self, user: User) -> bool:
        """Whether a person may read the order and its pictures: addressees, and who oversees either area."""
        if user.department_id == self.department_id or self.person_id == user.pk:
            return True
        if user.scope.owner is not None or not user.may("view:orders"):
            return False
        return user.scope.contains(self.incident.area_id) or user.scope.contains(self.department.area_id)


class OrderReport(Located):
    """What an addressee said or did on an order (反馈); a phone may send it later, or twice."""

    class Verb(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("签收")
        SET_OUT = "set_out", _("出动")
        ARRIVE = "arrive", _("到达")
        REPORT = "report", _("反馈")
        FINISH = "finish", _("完成")
        WITHDRAW = "withdraw", _("撤出")

    order = models.ForeignKey(Order, models.PROTECT, related_name="reports")
    verb = models.CharField(_("动作"), max_length=12, choices=Verb)
    text = models.TextField(_("内容"), blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("收到时间"), default=timezone.now)
    author = models.CharField(_("反馈人"), max_length=150)
    author_user = models.ForeignKey(User, models.PROTECT, related_name="+")
    #: Chosen by the phone; the same key is the same report.
    key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  (unique where given)

    class Meta:
        verbose_name = _("指令反馈")
        verbose_name_plural = _("指令反馈")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.text}"[:80]

    def is_visible_to(self, user: User) -> bool:
        return self.order.is_visible_to(user)
