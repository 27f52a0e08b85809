"""`anlan config`: the settings in force."""

import argparse
from dataclasses import fields

from anlan.project.config import Config, ConfigError

HELP = "print every setting with its value"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(options: argparse.Namespace) -> int:
    """Print `name = value` lines; a setting that cannot be used is named."""
    try:
        config = Config.load()
    except ConfigError as error:
        print(error)
        return 2
    for field in fields(config):
        print(f"{field.name} = {getattr(config, field.name)!r}")
    return 0
