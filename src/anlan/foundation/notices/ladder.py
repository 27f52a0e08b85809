"""The ladder (叫应阶梯): who is called next, and by which channel, while nobody has confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from anlan.foundation.accounts.models import Department, Post, User
from anlan.foundation.accounts.roles import allows
from anlan.foundation.notices.channels import CHANNELS
from anlan.foundation.notices.models import Notice


@dataclass(frozen=True)
class Rung:
    """This person, for this post, by this channel."""

    post: Post
    user: User
    channel: str


def rungs(notice: Notice, params: dict[str, Any], now: datetime) -> Iterator[Rung]:
    """All rungs of a notice by the rule's parameters, from the addressee to the city's duty officer."""
    names = [name for name in params["channels"] if name in CHANNELS]
    if notice.is_exercise and not params["exercises_leave_the_house"]:
        names = [name for name in names if not CHANNELS[name].leaves_the_house]
    if "next_channel" not in params["rungs"]:
        names = names[:1]
    for post, people in _people(notice.post, params["rungs"], now):
        for user in people:
            for name in names:
                if CHANNELS[name].reaches(user):
                    yield Rung(post, user, name)


def next_rung(notice: Notice, params: dict[str, Any], now: datetime) -> Rung | None:
    """The first rung that was not tried; None at the ladder's end."""
    tried = set(notice.attempts.values_list("user_id", "channel"))
    return next((rung for rung in rungs(notice, params, now) if (rung.user.pk, rung.channel) not in tried), None)


def _people(post: Post, kinds: list[str], now: datetime) -> Iterator[tuple[Post, list[User]]]:
    holders = post.holders(now)
    if "next_person" not in kinds:
        yield post, holders[:1]
    else:
        yield post, holders
        for other in posts_of(post.department):
            if other != post:
                yield other, other.holders(now)
    if "level_above" in kinds:
        for above in _posts_above(post):
            yield above, above.holders(now)


def posts_of(department: Department) -> list[Post]:
    """The posts that take messages, the first to be called first."""
    return [p for p in department.posts.order_by("rank", "pk") if allows([p.role], "act:messages")]


def _posts_above(post: Post) -> Iterator[Post]:
    """One post of each higher unit, the duty officer's where it has one; then the city's duty officers."""
    above, seen = post.department.parent, {post.department_id}
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        posts = sorted(posts_of(above), key=lambda p: p.role != "duty_officer")
        yield from posts[:1]
        above = above.parent
    yield from Post.objects.filter(role="duty_officer", department__area_id=settings.ANLAN.city).order_by("rank", "pk")
