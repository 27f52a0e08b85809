"""The tags that every page has."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.utils import timezone

SOURCE = Path(__file__).resolve().parents[2] / "src" / "anlan"


def drawn(text: str, **context) -> str:
    return engines["django"].from_string(text).render(context)


def test_icon_is_drawn_inline_and_hidden_from_readers():
    text = drawn('{% icon "no-such-icon" "big" %}')
    assert text.startswith('<svg class="icon big"')
    assert 'aria-hidden="true"' in text


def test_every_icon_that_a_page_names_was_copied():
    if not finders.find("vendor/icons/home.svg"):
        pytest.skip("the front-end files are not installed: run tools/vendor.py")
    names = {
        name
        for path in SOURCE.rglob("templates/**/*.html")
        for name in re.findall(r"""{% icon ["']([a-z0-9-]+)["']""", path.read_text("utf-8"))
    }
    assert {name for name in names if not finders.find(f"vendor/icons/{name}.svg")} == set()


@pytest.mark.parametrize(("level", "colour"), [("red", "red"), ("I", "red"), ("III", "yellow"), ("IV", "blue")])
def test_level_chip_has_the_colour_of_its_level(level, colour):
    assert f'class="chip level-{colour}"' in drawn("{% level_chip level %}", level=level)


def test_level_chip_says_nothing_without_a_level_and_escapes_words():
    assert drawn('{% level_chip "" %}') == ""
    assert "&lt;b&gt;" in drawn("{% level_chip 'red' label %}", label="<b>")


def test_exercise_is_marked_in_records_and_in_mappings():
    for subject in (SimpleNamespace(is_exercise=True), {"is_exercise": True}):
        assert "演练" in drawn("{% exercise_badge subject %}", subject=subject)
    assert drawn("{% exercise_badge subject %}", subject=SimpleNamespace(is_exercise=False)) == ""


def test_unknown_is_said_and_zero_stays_zero():
    assert drawn("{{ a|unknown }} {{ b|unknown }}", a=None, b=0) == "未知 0"


def test_times_are_told_as_people_want_them():
    now = timezone.now()
    assert "3 小时前" in drawn("{{ at|ago }}", at=now - timedelta(hours=3, minutes=5))
    assert drawn("{{ at|ago }}", at=None) == "未知"
    local = timezone.localtime(now)
    assert f">{local:%H:%M}<" in drawn("{{ at|when }}", at=now)


def test_countdown_carries_both_ends():
    clock = SimpleNamespace(started_at=timezone.now(), due_at=timezone.now() + timedelta(minutes=30))
    text = drawn("{% countdown clock %}", clock=clock)
    assert clock.started_at.isoformat() in text
    assert clock.due_at.isoformat() in text
