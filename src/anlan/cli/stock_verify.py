"""`anlan stock-verify`: check every stock balance against the journal of movements (账实核对)."""

import argparse

HELP = "check that every stock balance is the sum of its movements"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(options: argparse.Namespace) -> int:
    """Print each balance that the journal does not explain; exit status 1 when there is one."""
    import django

    django.setup()
    from anlan.areas.supplies.depots.models import Depot
    from anlan.areas.supplies.movements.models import Balance, Lot
    from anlan.areas.supplies.movements.queries import unexplained

    found = unexplained()
    depots = Depot.objects.in_bulk({depot for _, _, depot in found})
    lots = Lot.objects.select_related("item").in_bulk({lot for lot, _, _ in found})
    for (lot, place, depot), (balance, journal) in sorted(found.items()):
        print(f"{depots[depot]} {place} {lots[lot]}: the balance is {balance}, its movements sum to {journal}")
    print(f"{Balance.objects.count()} balances checked, {len(found)} problems")
    return 1 if found else 0
