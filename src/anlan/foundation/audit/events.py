"""Sign-ins, sign-outs and refused sign-ins go into the audit log."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from anlan.foundation.audit.services import record


@receiver(user_logged_in)
def _signed_in(sender, request, user, **kwargs):
    record(actor=user, action="sign-in", subject=user)


@receiver(user_logged_out)
def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        record(actor=user, action="sign-out", subject=user)


@receiver(user_login_failed)
def _refused(sender, credentials, request=None, **kwargs):
    name = str(credentials.get("username") or credentials.get("login") or "?")
    record(actor=name, action="sign-in", subject=name, succeeded=False)
