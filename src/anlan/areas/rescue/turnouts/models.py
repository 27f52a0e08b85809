"""A team's turn-out on top of its assignment, and the roll calls while it works."""

from datetime import datetime, timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.accounts.models import Post
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.incidents.models import Incident
from anlan.foundation.resources.models import Assignment


class Turnout(models.Model):
    """One call-out of a team (出动): the assignment keeps 接警, 出动, 到场 and 撤出; here stand the rest and the limits."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="turnout", verbose_name=_("资源调派"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="turnouts", verbose_name=_("队伍"))
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="turnouts", verbose_name=_("突发事件"))
    alarmed_at = models.DateTimeField(_("接警"))
    controlled_at = models.DateTimeField(_("控制"), null=True, blank=True)
    returned_at = models.DateTimeField(_("返回"), null=True, blank=True)
    #: Limits as they were when the team was called: by its own promise or by the rule, and that rule.
    turnout_limit_min = models.FloatField(_("出动时限（分钟）"))
    arrival_due_at = models.DateTimeField(_("到场时限"), null=True, blank=True)
    limit_basis = models.CharField(_("时限依据"), max_length=200, blank=True)
    people = models.PositiveIntegerField(_("出动人数"), null=True, blank=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("出动记录")
        verbose_name_plural = _("出动记录")
        ordering = ["-alarmed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.team} · {self.incident}"

    def get_absolute_url(self) -> str:
        return reverse("turnouts:turnout", args=[self.pk])

    @property
    def is_demo(self) -> bool:
        return self.team.is_demo

    @property
    def post(self) -> Post | None:
        """The post of the team's leader: who is reminded first of a missed roll call."""
        posts = self.team.leader.current_posts if self.team.leader else []
        return posts[0] if posts else None

    @property
    def is_over(self) -> bool:
        return self.assignment.status == Assignment.Status.RELEASED

    @property
    def is_working(self) -> bool:
        """On the scene, with people to be counted."""
        return self.assignment.status == Assignment.Status.ON_SITE

    @property
    def turnout_min(self) -> float | None:
        """Minutes from the alarm until it set out; None while it has not, or nobody said when."""
        return _minutes(self.alarmed_at, self.assignment.under_way_at)

    @property
    def arrival_min(self) -> float | None:
        return _minutes(self.alarmed_at, self.assignment.on_site_at)

    @property
    def is_turnout_late(self) -> bool | None:
        """Whether it set out late, or is late now; None while nothing can be said."""
        if self.turnout_min is not None:
            return self.turnout_min > self.turnout_limit_min
        waits = self.assignment.status == Assignment.Status.ASSIGNED
        is_late = timezone.now() > self.alarmed_at + timedelta(minutes=self.turnout_limit_min)
        return True if waits and is_late else None

    @property
    def is_arrival_late(self) -> bool | None:
        if self.arrival_due_at is None:
            return None
        if self.assignment.on_site_at is not None:
            return self.assignment.on_site_at > self.arrival_due_at
        waits = self.assignment.status in (Assignment.Status.ASSIGNED, Assignment.Status.UNDER_WAY)
        return True if waits and timezone.now() > self.arrival_due_at else None


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start).total_seconds() / 60, 1)


class RollCall(models.Model):
    """A team's people counted on the scene (人员清点); written once."""

    turnout = models.ForeignKey(Turnout, models.PROTECT, related_name="roll_calls", verbose_name=_("出动记录"))
    due_at = models.DateTimeField(_("应报时间"), null=True)
    counted_at = models.DateTimeField(_("清点时间"), default=timezone.now)
    expected = models.PositiveIntegerField(_("应到"))
    counted = models.PositiveIntegerField(_("实到"))
    missing = models.CharField(_("失联人员和情况"), max_length=200, blank=True)
    made_by = models.CharField(_("报告人"), max_length=150)

    class Meta:
        verbose_name = _("人员清点")
        verbose_name_plural = _("人员清点")
        ordering = ["-counted_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.turnout} {self.counted}/{self.expected}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("roll calls are never changed; count again")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("roll calls are never deleted")

    @property
    def is_complete(self) -> bool:
        return self.counted >= self.expected

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and self.counted_at > self.due_at
