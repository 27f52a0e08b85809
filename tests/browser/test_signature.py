"""The owner of requisitioned property signs with a finger on a telephone, and the signature stands on the page."""

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_a_signature_is_drawn_cleared_and_kept(sign_in):
    page = sign_in("yunshu", viewport=PHONE)
    page.goto("/transport/requisitions/2/")
    page.click(".owner-next")
    box = page.locator(".signature-pad canvas").bounding_box()

    def draw():
        page.mouse.move(box["x"] + 30, box["y"] + 90)
        page.mouse.down()
        for step in range(30):
            page.mouse.move(box["x"] + 30 + 7 * step, box["y"] + 40 + 10 * (step % 6))
        page.mouse.up()

    draw()
    assert page.input_value("input[name=strokes]").startswith("[[[")
    page.click(".signature-pad button")
    assert page.input_value("input[name=strokes]") == ""
    draw()
    page.click("button:has-text('确认签收')")
    page.wait_for_url(lambda url: "owner" not in url)
    assert page.locator(".signature-shown polyline").count() == 1
