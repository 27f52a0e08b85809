"""`anlan backup`: a consistent copy of an installation in one file."""

import argparse
import sqlite3
import tarfile
import tempfile
from pathlib import Path

HELP = "write database (SQLite), attachments and secret key into one file; works while Anlan runs"
#: What of the data folder is kept beside the database.
KEPT = ("files", "secret_key", "pass_keys")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file to write."""
    parser.add_argument("file", type=Path, help="for example backup-2026-11-23.tar.gz")


def run(options: argparse.Namespace) -> int:
    """Copy the database with SQLite's online backup, then pack."""
    from anlan.project.config import Config

    config = Config.load()
    if options.file.exists():
        print(f"{options.file} exists; choose another name")
        return 2
    with tempfile.TemporaryDirectory(dir=config.data_dir) as folder, tarfile.open(options.file, "w:gz") as archive:
        if config.database_url:
            print("the database is PostgreSQL: take it with pg_dump; packing attachments and key")
        else:
            copy = Path(folder) / "anlan.sqlite3"
            with sqlite3.connect(config.data_dir / "anlan.sqlite3") as live, sqlite3.connect(copy) as target:
                live.backup(target)
            archive.add(copy, "anlan.sqlite3")
        for name in KEPT:
            if (config.data_dir / name).exists():
                archive.add(config.data_dir / name, name)
    options.file.chmod(0o600)
    print(f"{options.file}: {options.file.stat().st_size / 1e6:.1f} MB; it holds the secret key: keep it safe")
    return 0
