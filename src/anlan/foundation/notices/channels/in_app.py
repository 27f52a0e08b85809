"""The person's list of notices on the own pages: the row itself is the message."""

from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.notices.channels.channel import Channel
from anlan.foundation.notices.models import Attempt


class InApp(Channel):
    """The live list of notices (系统内)."""

    name = "in_app"
    title = _("系统内")
    leaves_the_house = False

    def reaches(self, user: User | None) -> bool:
        return True

    def deliver(self, attempt: Attempt) -> str:
        return Attempt.SENT
