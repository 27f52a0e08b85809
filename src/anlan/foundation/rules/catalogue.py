"""The catalogue of rules that ships with the program: one TOML file a subject, one entry a version."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
JURISDICTION = re.compile(r"(\d{2}(\d{2}(\d{2})?)?)?")
CHECKED, TO_BE_CHECKED = "checked", "to_be_checked"


class CatalogueError(ValueError):
    """A rule's entry is not what it should be; the message names the file, the rule and the fault."""


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """A rule as its document words it: who issued it, where it holds, since when, and its numbers."""

    code: str
    version: int
    title: str
    title_en: str
    issuer: str
    document: str
    status: str
    #: Where the numbers were read.
    source: str
    params: dict[str, Any]
    clause: str = ""
    #: Area code prefix: empty for the whole country, 37 for Shandong, 3715 for Liaocheng.
    jurisdiction: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    note: str = ""

    @property
    def reference(self) -> str:
        """How a judgement names the rule: code and version."""
        return f"{self.code}@{self.version}"

    @property
    def citation(self) -> str:
        """Document and clause, as people quote it."""
        return f"{self.document} {self.clause}".strip()


@cache
def load_catalogue() -> tuple[RuleText, ...]:
    """Every rule of the catalogue, ordered by code and version.

    >>> [rule.citation for rule in load_catalogue() if rule.code == "grading.production_safety"]
    ['生产安全事故报告和调查处理条例（国务院令第493号） 第三条、第十二条第四项']
    """
    folder = files("anlan.foundation.rules") / "data"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}
    return tuple(read_catalogue(texts.items()))


def read_catalogue(texts: Iterable[tuple[str, str]]) -> list[RuleText]:
    """The rules in files given as name and text, ordered by code and version.

    >>> read_catalogue([("rain.toml", "[[rule]]\\ncode = 'rain'")])
    Traceback (most recent call last):
    anlan.foundation.rules.catalogue.CatalogueError: rain.toml: rain: version is missing
    """
    found: dict[tuple[str, int], RuleText] = {}
    for name, text in texts:
        for rule in _rules_of(name, text):
            if (rule.code, rule.version) in found:
                raise CatalogueError(f"{name}: {rule.reference} stands twice")
            found[rule.code, rule.version] = rule
    return [found[key] for key in sorted(found)]


def _rules_of(name: str, text: str) -> Iterator[RuleText]:
    try:
        rows = tomllib.loads(text)["rule"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CatalogueError(f"{name}: cannot be read as [[rule]] entries: {error}") from error
    known = {field.name: field.default is MISSING for field in fields(RuleText)}
    for row in rows:
        where = f"{name}: {row.get('code', 'a rule without code')}"
        if unknown := sorted(set(row) - set(known)):
            raise CatalogueError(f"{where}: unknown {', '.join(unknown)}")
        for field, is_required in known.items():
            if is_required and not row.get(field):
                raise CatalogueError(f"{where}: {field} is missing")
        rule = RuleText(**row)
        if fault := _fault_of(rule):
            raise CatalogueError(f"{where}: {fault}")
        yield rule


def _fault_of(rule: RuleText) -> str:
    if not CODE.fullmatch(rule.code):
        return "the code is not of the form subject.name"
    if rule.status not in (CHECKED, TO_BE_CHECKED):
        return f"status {rule.status!r} is neither {CHECKED} nor {TO_BE_CHECKED}"
    if rule.status == CHECKED and not rule.clause:
        return "a checked rule names its clause"
    if not JURISDICTION.fullmatch(rule.jurisdiction):
        return f"jurisdiction {rule.jurisdiction!r} is no area code prefix"
    if rule.effective_from and rule.effective_to and rule.effective_to <= rule.effective_from:
        return "effective_to is not after effective_from"
    try:
        json.dumps(rule.params)
    except TypeError as error:
        return f"params: {error}"
    return ""
