"""Templates keep to the content security policy: nothing that a browser would have to evaluate."""

import re
from pathlib import Path

import anlan

TEMPLATES = sorted(Path(anlan.__file__).parent.rglob("templates/**/*.html"))


def test_no_template_asks_htmx_to_evaluate_a_string():
    evaluated = re.compile(r"""\bhx-on|hx-vals=.js:|hx-trigger="[^"]*(?<!from:)\[""")
    found = [path.name for path in TEMPLATES if evaluated.search(path.read_text("utf-8"))]
    assert TEMPLATES
    assert found == []
