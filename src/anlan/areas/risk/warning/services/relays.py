"""Pass warnings on to the posts that must know, each with a notice that a named person confirms (叫应)."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.areas.risk.warning.models import Relay, Warning
from anlan.areas.risk.warning.queries import county_of, duty_posts, warnings
from anlan.foundation.accounts.models import Department, Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notices
from anlan.foundation.places.models import Area


@transaction.atomic
def relay_warning(
    *,
    actor: User,
    warning: Warning,
    departments: Sequence[Department] = (),
    posts: Sequence[Post] = (),
    text: str = "",
) -> list[Relay]:
    """Pass an official warning on, in its issuer's words, to departments (their first post) and posts."""
    if not warnings(actor).filter(pk=warning.pk).exists():
        raise PermissionDenied(_("不在您的管辖范围内。"))
    if not warning.is_official:
        raise ValidationError(_("发布单位不在名单内，不能作为预警转发。"))
    firsts = [unit.posts.order_by("rank", "pk").first() for unit in departments]
    missing = [str(unit) for unit, post in zip(departments, firsts, strict=True) if post is None]
    if missing:
        raise ValidationError(_("没有岗位可以接收：%(names)s") % {"names": "、".join(missing)})
    wanted = list(dict.fromkeys([*firsts, *posts]))
    if not wanted:
        raise ValidationError(_("请选择转发对象。"))
    made = _relay(warning, wanted, actor, text, urgency=_urgency(warning))
    audit.record(
        actor=actor, action="warnings.relay", subject=warning, details={"posts": [str(post) for post in wanted]}
    )
    return made


def call_duty_posts(*, warning: Warning, is_grave: bool, is_routine: bool) -> list[Relay]:
    """Notify the duty posts of the affected areas at once; a warning for the city goes to all its counties."""
    places = [county_of(area.pk) or area for area in warning.areas.all()]
    codes = [place.pk for place in places]
    cities = [place.pk for place in places if place.level in (Area.Level.CITY, Area.Level.PROVINCE)]
    if cities:
        local = Area.objects.filter(level__in=(Area.Level.COUNTY, Area.Level.ZONE))
        codes += local.values_list("pk", flat=True)
        codes += Area.objects.filter(level=Area.Level.CITY).values_list("pk", flat=True)
    codes += [place.parent_id for place in places if place.parent_id and place.level != Area.Level.CITY]
    urgency = Notice.Urgency.ROUTINE if is_routine else Notice.Urgency.CRITICAL if is_grave else Notice.Urgency.URGENT
    return _relay(warning, duty_posts(codes), "system", "", urgency=urgency)


def _urgency(warning: Warning) -> str:
    return Notice.Urgency.CRITICAL if warning.colour in ("orange", "red") else Notice.Urgency.URGENT


def _relay(warning: Warning, posts: list[Post], actor: User | str, text: str, *, urgency: str) -> list[Relay]:
    said = (text, warning.headline, warning.description, warning.instruction, _source(warning))
    body = "\n".join(part for part in said if part)
    with override("zh-hans"):
        title = warning.title if warning.colour else warning.headline
        if warning.message_type == Warning.MessageType.CANCEL:
            title = f"解除：{warning.title}"
    had = set(warning.relays.values_list("notice__post_id", flat=True))
    notices = send_notices(
        [
            {
                "actor": actor,
                "post": post,
                "title": title,
                "body": body,
                "urgency": urgency,
                "subject": warning,
                "area_code": post.department.area_id,
                "link": f"/warnings/{warning.pk}/",
                "is_exercise": warning.is_exercise,
            }
            for post in posts
            if post.pk not in had
        ]
    )
    name = "system" if isinstance(actor, str) else f"{actor} {actor.post_title}".strip()
    return [
        Relay.objects.create(warning=warning, notice=notice, relayed_by=name[:150], text=text[:300])
        for notice in notices
    ]


def _source(warning: Warning) -> str:
    return f"（转发，发布单位：{warning.sender_name}，标识：{warning.identifier}）"
