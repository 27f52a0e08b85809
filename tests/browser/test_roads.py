"""A block reported without a network stands on the wall once the phone is back, and is opened with a witness."""

import re

import pytest

from tests.browser.conftest import PHONE, switch_off

pytestmark = pytest.mark.browser


def test_a_block_reported_offline_reaches_the_wall_and_is_opened(sign_in):
    phone = sign_in("jiaojing", viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto("/field/roads/")
    phone.get_by_text("没有待发送内容").wait_for()
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.get_by_text("没有待发送内容").wait_for()
    switch_off(phone)
    phone.reload()
    phone.locator("label", has_text="塌陷损毁").click()
    phone.fill("#road-name", "演练路 3 公里处")
    phone.locator("#by-hand").evaluate("e => (e.open = true)")
    phone.fill("[name=lon]", "116.24")
    phone.fill("[name=lat]", "36.86")
    phone.get_by_role("button", name="上报", exact=True).click()
    phone.get_by_text("待发送 1 条").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    phone.context.set_offline(False)
    phone.reload()
    phone.get_by_text("没有待发送内容").wait_for()
    desk = sign_in("yunshu")
    desk.goto("/roads/")
    desk.get_by_role("link", name="演练路 3 公里处").click()
    desk.wait_for_url(re.compile(r"/roads/closures/\d+/"))
    desk.locator("body[data-roads-ready]").wait_for()
    desk.locator("summary", has_text="恢复通行").click()
    desk.fill("#id_words", "路政队长现场确认")
    desk.get_by_role("button", name="恢复通行", exact=True).click()
    desk.get_by_text("按时恢复").wait_for()
