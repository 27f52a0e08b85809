"""What every channel can say and do."""

from typing import ClassVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import User
from anlan.foundation.notices.models import Attempt

#: Seconds that another party's server may take to answer.
TIMEOUT = 5


class Undelivered(Exception):
    """The outlet did not take the message; the text says why and is kept with the attempt."""


class Channel:
    """A way to a person."""

    name: ClassVar[str]
    title: ClassVar[str | Promise]
    #: The message goes to another party's system; an exercise may use it only where the rule says so.
    leaves_the_house: ClassVar[bool] = True

    def reaches(self, user: User | None) -> bool:
        """Whether the installation has the outlet and the person an address in it."""
        raise NotImplementedError

    def deliver(self, attempt: Attempt) -> str:
        """Hand the message over and return the outlet's answer, or raise Undelivered."""
        raise NotImplementedError


def heading(attempt: Attempt) -> str:
    """The title on one line as it leaves the house: an exercise says so before anything else."""
    notice = attempt.notice
    title = " ".join(notice.title.split())
    mark = "【演练】" if notice.is_exercise else ""
    return mark + title


def address(attempt: Attempt) -> str:
    """Where the reader confirms it."""
    return f"{settings.ANLAN.public_url.rstrip('/')}/notices/" if settings.ANLAN.public_url else ""


def wording(attempt: Attempt) -> str:
    """The body, whom it is for and how to confirm it."""
    notice = attempt.notice
    lines = [
        notice.body,
        _("收件人：%(post)s %(person)s") % {"post": attempt.post_title, "person": attempt.user},
        _("紧急程度：%(urgency)s") % {"urgency": notice.get_urgency_display()},
        _("收到后请登录系统确认；未确认的将继续叫应他人。"),
        address(attempt),
    ]
    return "\n".join(line for line in lines if line)
