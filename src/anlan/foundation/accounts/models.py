"""Departments, posts, users and who holds which post when."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from anlan.foundation.accounts.roles import ROLES, allows
from anlan.foundation.places.codes import Scope
from anlan.foundation.places.models import Area


class Department(models.Model):
    """A unit with duties: bureau, government, enterprise, hospital, team (单位)."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("政府部门")
        PARTY = "party", _("党委部门")
        JUDICIAL = "judicial", _("司法机关")
        INSTITUTION = "institution", _("事业单位")
        VERTICAL = "vertical", _("中央、省驻聊单位")
        ENTERPRISE = "enterprise", _("企业")
        ORGANISATION = "organisation", _("社会组织")

    code = models.CharField(_("单位代码"), max_length=40, unique=True)
    name = models.CharField(_("单位名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    kind = models.CharField(_("性质"), max_length=20, choices=Kind, default=Kind.GOVERNMENT)
    area = models.ForeignKey(Area, models.PROTECT, related_name="departments", verbose_name=_("所在区域"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    phone = models.CharField(_("值班电话"), max_length=40, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def organ(self) -> str:
        """The name with its city in front, as a document's heading has it: 聊城市应急局."""
        city = self.area.name
        return f"{city}{self.name[1:]}" if self.name.startswith("市") and city.endswith("市") else self.name


class User(AbstractUser):
    """A person who signs in (用户)."""

    first_name = last_name = None
    full_name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="users", verbose_name=_("单位"))
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    @cached_property
    def current_posts(self) -> list["Post"]:
        """The posts held now."""
        return [
            a.post
            for a in self.appointments.filter(Appointment.valid_at(timezone.now())).select_related(
                "post__department__area"
            )
        ]

    @property
    def post_title(self) -> str:
        """The first post's title, for signatures and the audit log."""
        return str(self.current_posts[0]) if self.is_active and self.current_posts else ""

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Codes of the roles that the posts held now give."""
        return tuple(dict.fromkeys(post.role for post in self.current_posts)) if self.is_active else ()

    def may(self, capability: str) -> bool:
        """Whether the roles grant `verb:subject`."""
        return allows(self.roles, capability)

    @cached_property
    def scope(self) -> Scope:
        """The areas that the posts held now cover."""
        prefixes: list[str] = []
        for post in self.current_posts:
            prefixes += post.department.area.prefixes
        own_only = bool(self.roles) and all(ROLES[role].is_own_only for role in self.roles)
        return Scope(tuple(dict.fromkeys(prefixes)), self.department_id if own_only else None)

    @property
    def needs_second_factor(self) -> bool:
        return any(ROLES[role].is_privileged for role in self.roles)


class Post(models.Model):
    """A seat in a department with a role (岗位)."""

    title = models.CharField(_("岗位名称"), max_length=60)
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=30, choices=[(role.code, role.title) for role in ROLES.values()])
    rank = models.PositiveSmallIntegerField(_("次序"), default=10, help_text=_("通知时数字小的先叫应。"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        ordering = ["department", "rank"]
        constraints = [models.UniqueConstraint(fields=["department", "title"], name="post_once_a_department")]

    def __str__(self) -> str:
        return f"{self.department.short_name or self.department.name}{self.title}"

    #: Functions that name who stands duty on a post at a time; the roster adds its own when it is installed.
    rosters: ClassVar[list[Callable[["Post", datetime], Iterable[User]]]] = []

    def holders(self, at: datetime | None = None) -> list[User]:
        """The people who hold this post at a time: whoever is on duty first, then the main one, then substitutes."""
        at = at or timezone.now()
        rows = self.appointments.filter(Appointment.valid_at(at), user__is_active=True)
        holders = [row.user for row in rows.order_by("is_substitute", "id").select_related("user")]
        on_duty = [user for roster in self.rosters for user in roster(self, at)]
        return list(dict.fromkeys([*on_duty, *holders]))


class Appointment(models.Model):
    """Who holds a post from when to when (任职)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments", verbose_name=_("用户"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name=_("岗位"))
    is_substitute = models.BooleanField(_("替补（AB 角）"), default=False)
    valid_from = models.DateTimeField(_("起"), default=timezone.now)
    valid_to = models.DateTimeField(_("止"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.user} {self.post}"

    @staticmethod
    def valid_at(at: datetime) -> Q:
        return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))

    def clean(self) -> None:
        super().clean()
        if self.valid_to and self.valid_to <= self.valid_from:
            raise ValidationError({"valid_to": _("结束时间必须晚于开始时间。")})
        if self.user_id and self.post_id:
            roles = {self.post.role, *self._other_roles()}
            if len(roles) > 1 and any(ROLES[role].is_administrator for role in roles):
                raise ValidationError(
                    {"post": _("系统、安全、审计管理员三员分立：同一人不能兼任，也不能兼任业务岗位。")}
                )

    def _other_roles(self) -> set[str]:
        """Roles that the person has at any time of this appointment."""
        others = self.user.appointments.exclude(pk=self.pk)
        others = others.filter(Q(valid_to=None) | Q(valid_to__gt=self.valid_from))
        if self.valid_to:
            others = others.filter(valid_from__lt=self.valid_to)
        return set(others.values_list("post__role", flat=True))


class ApiToken(models.Model):
    """A key with which a program acts as a user; only its digest is kept (接口令牌)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"))
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, *, user: User, name: str, expires_at: datetime) -> str:
        """Make a token and return it; it is shown once."""
        token = secrets.token_urlsafe(32)
        cls.objects.create(user=user, name=name, expires_at=expires_at, digest=cls.digest_of(token))
        return token

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
