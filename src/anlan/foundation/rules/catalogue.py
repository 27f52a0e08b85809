"""The catalogue of rules as shipped: read from data/*.toml and checked."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """One version of a rule as the catalogue states it."""

    code: str
    version: int
    title: str
    title_en: str = ""
    issuer: str = ""
    document: str = ""
    clause: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    jurisdiction: str = ""
    status: str = "to_be_checked"
    source: str = ""
    note: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def load_catalogue() -> tuple[RuleText, ...]:
    """All rules of the catalogue."""
    folder = files("anlan.foundation.rules") / "data"
    if not folder.is_dir():
        return ()
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(RuleText(**row) for name in names for row in tomllib.loads((folder / name).read_text("utf-8"))["rule"])
