"""Pages that everybody can use: what axe-core finds by WCAG 2.1 AA, and colours in the dark."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
AXE = Path("node_modules/axe-core/axe.min.js")
#: Every rule that axe has for levels A and AA, and its good practice.
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
TOLD = """tags => axe.run(document, { runOnly: tags }).then(found => found.violations.flatMap(rule =>
  rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")} (${node.any[0]?.message ?? rule.help})`)))"""


@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        (
            "zhiban",
            ["/", "/duty/", "/screen/", "/incidents/", "/warnings/", "/monitoring/", "/predictions/", "/reports/"],
        ),
        ("cangku", ["/supplies/", "/supplies/keep/", "/supplies/gaps/", "/registers/stock/"]),
        ("yunshu", ["/roads/", "/passes/", "/registers/vehicles/"]),
        ("duizhang2", ["/field/"]),
        ("ranqi", ["/gas/"]),
        ("ducha", ["/oversight/"]),
    ],
)
def test_nothing_stands_in_the_way(sign_in, who, addresses):
    page = sign_in(who, reduced_motion="reduce")  # colours on their way to others are neither
    found = []
    for address in addresses:
        page.goto(address)
        page.evaluate(AXE.read_text("utf-8"))
        found += [f"{address} {one}" for one in page.evaluate(TOLD, ALL)]
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        found += [f"{address} in the dark: {one}" for one in page.evaluate(TOLD, ["wcag2aa"])]
    assert not found, "\n".join(found)
