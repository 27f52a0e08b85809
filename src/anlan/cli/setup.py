"""`anlan setup`: bring the database up to date and load the city, the rules and, when asked, the demo."""

import argparse
import time
from importlib import import_module
from importlib.util import find_spec

HELP = "create or upgrade the database, load the city and the rules"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--demo adds sample records."""
    parser.add_argument("--demo", action="store_true", help="add demo people and records, all flagged as demo")


def run(options: argparse.Namespace) -> int:
    """Do what is missing; running it again changes nothing."""
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    from anlan.foundation.accounts.services import load_departments
    from anlan.foundation.incidents.services import load_event_kinds
    from anlan.foundation.places.loading import UnknownCity, load_city
    from anlan.foundation.rules.services import load_rules
    from anlan.gateways.lanes import compile_all, compiled

    call_command("migrate", verbosity=0, interactive=False)
    try:
        city = load_city(settings.ANLAN.city)
    except UnknownCity as error:
        print(error)
        return 2
    rules = load_rules()
    load_event_kinds()
    load_departments(city)
    print(f"{city.code} {city.name}: areas, departments and event kinds are loaded, {rules} new rules")
    compile_all()
    print(f"gateways: {', '.join(compiled())} are read by compiled lanes")
    if options.demo:
        for config in apps.get_app_configs():
            if config.name.startswith("anlan.") and find_spec(f"{config.name}.demo"):
                started = time.monotonic()
                import_module(f"{config.name}.demo").load(city)
                print(f"  demo {config.label}: {time.monotonic() - started:.1f} s")
    return 0
