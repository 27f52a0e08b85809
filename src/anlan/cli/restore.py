"""`anlan restore`: an installation from a backup file."""

import argparse
import tarfile
from pathlib import Path

HELP = "restore a backup into an empty data folder and verify the audit chain"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file that `anlan backup` wrote."""
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    """Unpack, migrate, verify; refuses a data folder that already holds a database."""
    from anlan.cli.audit_verify import run as verify
    from anlan.project.config import Config

    folder = Config.load().data_dir
    if (folder / "anlan.sqlite3").exists():
        print(f"{folder} already holds a database; move it away first, nothing was changed")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(options.file) as archive:
        archive.extractall(folder, filter="data")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return verify(options)
