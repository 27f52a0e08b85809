"""The `anlan` command: each subcommand is a module of this package."""

import argparse
import os
import sys
from importlib import import_module
from pkgutil import iter_modules


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.project.settings")
    parser = argparse.ArgumentParser(prog="anlan", description="安澜: run and look after a city's emergency support.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for info in iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = import_module(f"{__name__}.{info.name}")
        if not hasattr(module, "run"):
            continue
        name = info.name.replace("_", "-")
        modules[name] = module
        one = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
        if name in (arguments if arguments is not None else sys.argv[1:])[:1]:
            module.add_arguments(one)  # what other commands take may cost much to find out
    options = parser.parse_args(arguments)
    try:
        return modules[options.command].run(options) or 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
