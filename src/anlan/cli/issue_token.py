"""`anlan issue-token`: a key with which a program acts as a user."""

import argparse

HELP = "issue a token for the REST API or for handing in warnings; it is shown once"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose rights the token has, what it is for, and how long it lasts."""
    parser.add_argument("username", help="the user whose rights the program has")
    parser.add_argument("purpose", help="what the token is for")
    parser.add_argument("--days", type=int, default=365, help="days until it expires (365)")


def run(options: argparse.Namespace) -> int:
    """Print the token, or say that there is no such user."""
    import django

    django.setup()
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from anlan.foundation.accounts.models import ApiToken, User
    from anlan.foundation.audit.services import record

    user = User.objects.filter(username=options.username, is_active=True).first()
    if user is None:
        print(f"there is no active user {options.username!r}")
        return 2
    expires_at = timezone.now() + timedelta(days=options.days)
    with transaction.atomic():
        token = ApiToken.issue(user=user, name=options.purpose[:60], expires_at=expires_at)
        record(actor="issue-token", action="tokens.issue", subject=user, details={"purpose": options.purpose})
    print(token)
    return 0
