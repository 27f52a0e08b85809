"""Mail by the city's SMTP server."""

import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.notices.channels.channel import Channel, Undelivered, heading, wording
from anlan.foundation.notices.models import Attempt


class Email(Channel):
    """Mail (邮件)."""

    name = "email"
    title = _("邮件")

    def reaches(self, user: User | None) -> bool:
        return bool(settings.ANLAN.smtp and user and user.email)

    def deliver(self, attempt: Attempt) -> str:
        try:
            send_mail(heading(attempt), wording(attempt), settings.ANLAN.smtp_from, [attempt.user.email])
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error
        return Attempt.SENT
