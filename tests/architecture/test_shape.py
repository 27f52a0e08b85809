"""The house's shape: the ten areas, the same files everywhere, sizes, docstrings, the plan's claims."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from anlan.foundation.ledger.registry import ledgers
from anlan.oversight.plan import load

SOURCE = Path(settings.BASE_DIR)
ROOT = SOURCE.parent.parent
FILES = [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts and "node_modules" not in p.parts]
#: Files of an app; each optional, always with the same meaning.
APP_FILES = {
    "__init__",
    "apps",
    "models",
    "rules",
    "services",
    "queries",
    "ledgers",
    "events",
    "indicators",
    "calendars",
    "jobs",
    "views",
    "urls",
    "forms",
    "demo",
}
BANNED = {"utils", "helpers", "common", "misc", "manager", "managers"}


def test_the_ten_areas_are_the_plans():
    folders = sorted(p.name for p in (SOURCE / "areas").iterdir() if p.is_dir() and p.name != "__pycache__")
    assert folders == sorted(area.folder for area in load().areas)
    for area in load().areas:
        assert area.number in (SOURCE / "areas" / area.folder / "__init__.py").read_text("utf-8")


def test_every_app_of_an_area_is_claimed_by_a_task():
    claimed = {module for task in load().tasks for module in task.realised_by}
    installed = {config.name for config in apps.get_app_configs() if config.name.startswith("anlan.areas.")}
    assert installed <= claimed


def test_everything_that_realises_the_plan_exists():
    for entry in (*load().tasks, *load().projects):
        for module in entry.realised_by:
            assert find_spec(module), (entry.number, module)


def test_modules_are_named_after_things():
    assert not [p for p in FILES if p.stem in BANNED]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_say_what_they_are_and_stay_small(path):
    tree = ast.parse(path.read_text("utf-8"))
    if path.name not in ("apps.py",) and tree.body:
        assert ast.get_docstring(tree), "say in the first line what a reader finds here"
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 600, f"{lines} lines: probably two things"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            statements = sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1
            assert statements <= 60, f"{node.name} has {statements} statements"


def test_public_functions_of_the_core_explain_themselves():
    silent = []
    for path in FILES:
        if not {"science", "protocols"} & set(path.relative_to(SOURCE).parts[:1]):
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(SOURCE)}:{node.name}")
    assert not silent


def test_settings_are_documented():
    from dataclasses import fields

    from anlan.project.config import Config

    text = (SOURCE / "project" / "config.py").read_text("utf-8")
    example = (ROOT / "anlan.example.toml").read_text("utf-8")
    for field in fields(Config):
        assert re.search(rf"#:[^\n]*\n    {field.name}:", text), field.name
        assert re.search(rf"^#? ?{field.name} = ", example, re.MULTILINE), field.name


def test_ledgers_are_documented():
    for entry in ledgers():
        assert type(entry).__doc__, entry.name


def test_no_view_is_left_without_a_guard():
    from django.urls import get_resolver

    open_to_all = {"suggest"}
    unguarded = []
    for pattern in _patterns(get_resolver()):
        view = pattern.callback
        module = getattr(view, "__module__", "")
        if not module.startswith("anlan.") or module.startswith("anlan.foundation.ledger"):
            continue
        if not hasattr(view, "required_capability") and pattern.name not in open_to_all:
            unguarded.append(f"{module}.{view.__name__}")
    assert set(unguarded) <= UNGUARDED, sorted(set(unguarded) - UNGUARDED)


#: Views that every signed-in person, or everybody, may open; each for a reason.
UNGUARDED = {
    "anlan.web.views.installation.health",  # probes
    "anlan.web.views.installation.service_worker",  # the browser fetches it without credentials
    "anlan.web.views.installation.manifest",
    "anlan.web.views.installation.offline",  # what the phone shows without a network
    "anlan.foundation.calendars.views.serve",  # calendar programs know the secret address
    "anlan.areas.rescue.social.public.join",  # social teams know the secret address of their QR code
    "anlan.areas.rescue.social.public.follow",  # and then that of their report
    "anlan.areas.transport.agreements.public.owner",  # whose property is taken got a signed address for one paper
    "anlan.areas.supplies.donations.public.page",
    "anlan.areas.supplies.donations.public.table",
}


def _patterns(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry)
        else:
            yield entry
