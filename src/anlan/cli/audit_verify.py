"""`anlan audit-verify`: check the whole audit chain."""

import argparse

HELP = "check that no audit entry was changed or removed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(options: argparse.Namespace) -> int:
    """Print what was checked; exit status 1 when the chain is broken."""
    import django

    django.setup()
    from anlan.foundation.audit.services import verify

    count, problems = verify()
    for problem in problems:
        print(problem)
    print(f"{count} entries checked, {len(problems)} problems")
    return 1 if problems else 0
