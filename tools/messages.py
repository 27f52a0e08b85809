"""Collect the texts of Python, templates and scripts into the catalogues of src/anlan/web/locale; list what lacks English.

The texts in the source are Chinese and are their own keys; `en` translates them. Run it after adding texts, translate
the empty entries of the .po files, and `make setup` compiles them.
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from anlan.science.hazards.chemicals import substances

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "anlan"
LOCALE = SOURCE / "web" / "locale"
#: A text of the models is meant for people when it has Chinese in it.
CHINESE = re.compile("[\u4e00-\u9fff]")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def _texts(method: str, content: bytes) -> Iterator[tuple[object, object]]:
    for _line, message, _comments, context in extract(method, io.BytesIO(content), KEYWORDS, (), {"encoding": "utf-8"}):
        if message and message != "":
            yield message, context


def collect(domain: str) -> Catalog:
    """All texts of a domain, `django` (Python and templates) or `djangojs` (scripts), without translations."""
    day = datetime(2026, 11, 23, tzinfo=UTC)
    catalog = Catalog(
        locale="en", domain=domain, project="anlan", version="1", fuzzy=False, creation_date=day, revision_date=day,
        header_comment="# English for the Chinese texts of Anlan.", last_translator="Anlan", language_team="Anlan",
    )  # fmt: skip
    if domain == "djangojs":
        sources = (("javascript", p.read_bytes()) for p in sorted((SOURCE / "web" / "static" / "js").rglob("*.js")))
    else:
        sources = _django_sources()
    for method, content in sources:
        for message, context in _texts(method, content):
            catalog.add(message, context=context)
    if domain == "django":
        for path in sorted((SOURCE / "science").rglob("*.py")):
            for text in science_texts(path.read_text("utf-8")):
                catalog.add(text)
        for one in substances().values():
            catalog.add(one.name, _small(one.english))
    return catalog


def _small(name: str) -> str:
    """A substance's name as it stands in a sentence; signs of structure stay large.

    >>> _small("Chlorine"), _small("o-Xylene"), _small("1,3-Butadiene"), _small("MTBE")
    ('chlorine', 'o-xylene', '1,3-butadiene', 'MTBE')
    """
    return name if name.isupper() else re.sub("[A-Z](?=[a-z])", lambda found: found[0].lower(), name)


#: Declarations whose source stands on a page: inputs, levels of harm, warnings, explosives.
SHOWN_SOURCES = ("given", "Level", "WarningRow", "Explosive")


def science_texts(source: str) -> Iterator[str]:
    """The Chinese texts of a model's source: labels, choices, advice; not composed sentences, nor documents cited but where pages show them."""
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            skipped.add(id(node.body[0].value))
        elif isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in ast.walk(node))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") not in SHOWN_SOURCES:
            cited = [word for word in node.keywords if word.arg == "source"]
            skipped.update(id(part) for word in cited for part in ast.walk(word.value))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
        if is_text and CHINESE.search(node.value) and "\n" not in node.value:  # not a table of data
            yield node.value


def _django_sources() -> Iterator[tuple[str, bytes]]:
    from django.utils.translation.template import templatize

    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield "python", path.read_bytes()
    for path in sorted(
        [*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.js"), *SOURCE.rglob("templates/**/*.txt")]
    ):
        # What templatize leaves is not Python; the scripts' extractor reads calls out of any text.
        yield "javascript", templatize(path.read_text("utf-8")).encode()


def merge(domain: str) -> tuple[Catalog, list[str]]:
    """The catalogue of a domain with the translations there are, and the texts without one."""
    found = collect(domain)
    path = LOCALE / "en" / "LC_MESSAGES" / f"{domain}.po"
    known = read_po(path.open("rb"), locale="en") if path.exists() else Catalog(locale="en")
    missing = []
    for message in found:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        if old is not None and old.string and (not isinstance(old.string, tuple) or all(old.string)):
            message.string = old.string
        else:
            if not message.string or not any(message.string):
                missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return found, missing


def main() -> int:
    """Write both catalogues and print what lacks a translation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.project.settings")
    import django

    django.setup()
    lacking = 0
    for domain in ("django", "djangojs"):
        catalog, missing = merge(domain)
        path = LOCALE / "en" / "LC_MESSAGES" / f"{domain}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, omit_header=False, sort_output=True, no_location=True, width=120)
        print(f"{domain}: {len(catalog)} texts, {len(missing)} without English")
        lacking += len(missing)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
