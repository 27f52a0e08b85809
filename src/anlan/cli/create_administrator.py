"""`anlan create-administrator`: the first people of a real installation."""

import argparse
import getpass

HELP = "create one of the three administrators (system, security, audit)"
ROLES = ("system", "security", "audit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Role, user name and full name; the password is asked for."""
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("username")
    parser.add_argument("full_name")


def run(options: argparse.Namespace) -> int:
    """Create the person in the city's big-data bureau, or say what is wrong with the password."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.exceptions import ValidationError

    from anlan.foundation.accounts.models import Department, Post
    from anlan.foundation.accounts.roles import ROLES as KNOWN
    from anlan.foundation.accounts.services import make_user

    code = f"{options.role}_administrator"
    unit = (
        Department.objects.filter(name="市大数据局").first()
        or Department.objects.filter(area=settings.ANLAN.city).first()
    )
    if unit is None:
        print("no departments yet: run `anlan setup` first")
        return 2
    post, _ = Post.objects.get_or_create(department=unit, title=str(KNOWN[code].title), defaults={"role": code})
    try:
        make_user(
            username=options.username, full_name=options.full_name, password=getpass.getpass("Password: "),
            department=unit, posts=[post], actor="create-administrator",
        )  # fmt: skip
    except ValidationError as error:
        print("\n".join(error.messages))
        return 1
    print(f"{options.username} can sign in; a second factor is asked for at the first sign-in")
    return 0
