"""Tags that every page has: icons, level chips, exercise marks, times, countdowns, unknown values."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.foundation.notices.channels import CHANNELS
from anlan.foundation.notices.models import Attempt

register = template.Library()

#: Warning colours and levels: the colour class and what people say.
LEVELS = {
    "red": ("red", gettext_lazy("红色")),
    "orange": ("orange", gettext_lazy("橙色")),
    "yellow": ("yellow", gettext_lazy("黄色")),
    "blue": ("blue", gettext_lazy("蓝色")),
    "I": ("red", gettext_lazy("Ⅰ级")),
    "II": ("orange", gettext_lazy("Ⅱ级")),
    "III": ("yellow", gettext_lazy("Ⅲ级")),
    "IV": ("blue", gettext_lazy("Ⅳ级")),
}
_COMMENTS_AND_BREAKS = re.compile(r"<!--.*?-->|\s*\n\s*", re.DOTALL)


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    """The shapes of a Tabler icon; a dot when the icon was not copied."""
    path = finders.find(f"vendor/icons/{name}.svg")
    if not path:
        return '<circle cx="12" cy="12" r="3"/>'
    text = _COMMENTS_AND_BREAKS.sub(" ", Path(path).read_text("utf-8"))
    return text[text.index(">") + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An inline Tabler icon, hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        classes,
        mark_safe(_drawing(name)),  # noqa: S308  (read from our own static files)
    )


@register.simple_tag
def level_chip(level: str, label: Any = "") -> SafeString:
    """A chip in the colour of a warning (红橙黄蓝) or of a level I to IV; nothing when there is none."""
    if not level:
        return SafeString("")
    colour, words = LEVELS.get(str(level), ("none", level))
    return format_html('<span class="chip level-{}">{}</span>', colour, label or words)


@register.simple_tag
def exercise_badge(subject: Any) -> SafeString:
    """The mark of an exercise (演练), so that nobody takes it for the real thing."""
    is_exercise = subject.get("is_exercise") if isinstance(subject, dict) else getattr(subject, "is_exercise", False)
    return format_html('<span class="chip exercise">{}</span>', _("演练")) if is_exercise else SafeString("")


@register.simple_tag
def countdown(clock: Any) -> SafeString:
    """The time left of anything with `started_at` and `due_at`; the page counts on by itself."""
    return format_html(
        '<time class="countdown" datetime="{0}" data-start="{1}" data-due="{0}" title="{2}">{3}</time>',
        clock.due_at.isoformat(),
        clock.started_at.isoformat(),
        _("截止 %(time)s") % {"time": _local(clock.due_at, "Y-m-d H:i")},
        _local(clock.due_at, "H:i"),
    )


def _local(value: datetime, pattern: str) -> str:
    return date_format(timezone.localtime(value), pattern)


@register.filter
def when(value: datetime | None) -> str | SafeString:
    """A time as the reader wants it: the hour today, the day otherwise; the full time on hover."""
    if value is None:
        return _("未知")
    local, today = timezone.localtime(value), timezone.localdate()
    pattern = "H:i" if local.date() == today else "m-d H:i" if local.year == today.year else "Y-m-d H:i"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        _local(value, "Y-m-d H:i:s"),
        _local(value, pattern),
    )


@register.filter
def ago(value: datetime | None) -> str | SafeString:
    """How long ago something happened; the page counts on by itself."""
    if value is None:
        return _("未知")
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    if seconds < 60:
        words = _("刚刚")
    elif seconds < 3600:
        words = _("%(n)s 分钟前") % {"n": seconds // 60}
    elif seconds < 86400:
        words = _("%(n)s 小时前") % {"n": seconds // 3600}
    else:
        words = _("%(n)s 天前") % {"n": seconds // 86400}
    return format_html(
        '<time datetime="{0}" data-ago="{0}" title="{1}">{2}</time>',
        value.isoformat(),
        _local(value, "Y-m-d H:i:s"),
        words,
    )


@register.filter
def may(user: Any, capability: str) -> bool:
    """Whether a person may do something, so that links lead nobody to a page that refuses: `user|may:"view:map"`."""
    return user.may(capability)


@register.filter
def unknown(value: Any) -> Any:
    """What is not known is said, never shown as zero."""
    return _("未知") if value is None or value == "" else value


@register.filter
def channel_title(attempt: Attempt) -> Any:
    """What people call the way by which somebody was called."""
    return CHANNELS[attempt.channel].title if attempt.channel in CHANNELS else attempt.channel


@register.filter
def lasting(value: timedelta | None) -> str:
    """How long something took, in the units that matter."""
    if value is None:
        return _("未知")
    seconds = max(0, int(value.total_seconds()))
    if seconds < 60:
        return _("%(s)s 秒") % {"s": seconds}
    if seconds < 600:
        return _("%(m)s 分 %(s)s 秒") % {"m": seconds // 60, "s": seconds % 60}
    if seconds < 3600:
        return _("%(m)s 分钟") % {"m": seconds // 60}
    if seconds < 86400:
        return _("%(h)s 小时 %(m)s 分") % {"h": seconds // 3600, "m": seconds % 3600 // 60}
    return _("%(d)s 天 %(h)s 小时") % {"d": seconds // 86400, "h": seconds % 86400 // 3600}
