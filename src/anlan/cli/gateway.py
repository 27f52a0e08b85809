"""`anlan gateway`: device servers and live streams."""

import argparse

HELP = "listen for devices (SL 651, HJ 212) and serve the live stream"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments; ports are settings."""


def run(options: argparse.Namespace) -> int:
    """Run until stopped; what was read is kept and confirmed first."""
    import asyncio

    import django

    django.setup()
    from anlan.gateways.process import serve

    asyncio.run(serve())
    return 0
