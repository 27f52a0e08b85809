"""Who is reminded of a running limit, and in which words (升级提醒)."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone

from anlan.foundation.accounts.models import Post
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.queries import link_of
from anlan.foundation.notices.ladder import posts_of
from anlan.foundation.notices.models import Notice

#: The words and the urgency by how much of the time is used; a reminder is an official record and so is Chinese.
WORDS = {
    50: ("时限过半", Notice.Urgency.ROUTINE),
    80: ("时限将到", Notice.Urgency.URGENT),
    100: ("已超时限", Notice.Urgency.CRITICAL),
}


def reminders(clock: Clock, tell: list[str]) -> Iterator[dict[str, Any]]:
    """One notice for each post that the rule wants told at the clock's step."""
    words, urgency = max((step, said) for step, said in WORDS.items() if step <= max(clock.escalated, 50))[1]
    due = timezone.localtime(clock.due_at)
    body = f"{clock.get_kind_display()}截止 {due:%Y年%m月%d日 %H:%M}"
    body += f"，责任单位：{clock.department}" if clock.department else ""
    body += f"，依据：{clock.citation}" if clock.citation else ""
    for post in dict.fromkeys(post for who in tell for post in posts_told(clock, who)):
        yield {
            "actor": "system",
            "post": post,
            "title": f"{words}：{clock.title}",
            "body": body,
            "urgency": urgency,
            "subject": clock,
            "incident_id": clock.incident_id,
            "area_code": clock.area_code,
            "link": link_of(clock),
            "is_exercise": clock.is_exercise,
        }


def posts_told(clock: Clock, who: str) -> list[Post]:
    """The posts behind a word of the rule: responsible, leader, or the role of a duty post."""
    if who not in ("responsible", "leader"):
        return _duty_posts(clock, who)
    posts = posts_of(clock.department) if clock.department else []
    addressed = getattr(clock.subject, "post", None)
    responsible = addressed if isinstance(addressed, Post) else next(iter(posts), None)
    if who == "responsible":
        return [responsible] if responsible else []
    others = [post for post in posts if post != responsible]
    if not others and clock.department and clock.department.parent:
        others = posts_of(clock.department.parent)
    return others[:1]


def _duty_posts(clock: Clock, role: str) -> list[Post]:
    """The county's own post of that role where there is one, else the city's."""
    near = [clock.area_code[:6], settings.ANLAN.city]
    posts = Post.objects.filter(role=role, department__area_id__in=near).order_by("rank", "pk")
    return sorted(posts, key=lambda post: near.index(post.department.area_id))[:1]
