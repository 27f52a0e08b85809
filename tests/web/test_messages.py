"""Every text has its English, with the same placeholders, and neither catalogue lags behind the source."""

import re
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.BASE_DIR).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import messages  # noqa: E402

PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|\{\w*(?::[^{}]*)?\}")


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_has_its_english(domain):
    path = Path(settings.BASE_DIR) / "web" / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        known = read_po(file, locale="en")
    lacking, differing = [], []
    for message in messages.collect(domain):
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        texts = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string)
        if not texts or not all(texts):
            lacking.append(message.id)
        elif isinstance(message.id, str) and set(PLACEHOLDER.findall(message.id)) != set(PLACEHOLDER.findall(texts[0])):
            differing.append((message.id, texts[0]))
    assert not lacking, "run `make messages` and translate the empty entries"
    assert not differing
