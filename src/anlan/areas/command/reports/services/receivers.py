"""Reach the people inside this installation: leaders who sign a report, duty rooms that receive one."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.areas.command.reports.models import Channel, Report, ReportDelivery
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.accounts.roles import ROLES, allows
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.services import demand_incident
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notice


def _posts(capability: str, area_code: str) -> QuerySet[Post]:
    """The posts of an area's own departments whose role may do this, the first to be called first."""
    roles = [code for code in ROLES if allows([code], capability)]
    return Post.objects.filter(role__in=roles, department__area_id=area_code).order_by("rank", "pk")


def approver_for(report: Report) -> Post | None:
    """The post that signs for the report's organ: of its own area, else of the city."""
    area = report.department.area_id
    for code in dict.fromkeys((area, area[:4] + "00")):
        for post in _posts("act:reports.approve", code):
            if any(person.pk != report.drafted_by_id for person in post.holders()):
                return post
    return None


@transaction.atomic
def ask_for_approval(*, actor: User, report: Report) -> Notice:
    """Call the leader who signs (送签); the notice leads to the report, also on the phone."""
    demand_incident(actor, report.incident, "change:reports")
    if not report.is_draft:
        raise ValidationError(_("只有草稿需要送签。"))
    post = approver_for(report)
    if post is None:
        raise ValidationError(_("没有可以签发的岗位，请联系安全管理员设置。"))
    notice = send_notice(
        actor=actor,
        post=post,
        title=f"请签发：{report.title}",
        area_code=report.department.area_id,
        subject=report,
        incident_id=report.incident_id,
        link=reverse("reports:detail", args=[report.pk]),
        is_exercise=report.is_exercise,
    )
    audit.record(actor=actor, action="report.ask_approval", subject=report, details={"post": str(post)})
    return notice


def tell_duty_room(delivery: ReportDelivery) -> Notice | None:
    """A report sent by the system to a unit of this city reaches its duty officer, whose confirmation is the receipt."""
    if delivery.channel != Channel.SYSTEM or not delivery.to_role.startswith("city_"):
        return None
    report = delivery.report
    post = _posts("act:duty", report.incident.area_id[:4] + "00").filter(role="duty_officer").first()
    if post is None:
        return None
    return send_notice(
        actor=delivery.sent_by,
        post=post,
        title=f"收到信息报告：{report.title}",
        body=f"{report.department} {report.number}",
        area_code=post.department.area_id,
        subject=delivery,
        incident_id=delivery.incident_id,
        link=reverse("reports:detail", args=[report.pk]),
        is_exercise=report.is_exercise,
    )
