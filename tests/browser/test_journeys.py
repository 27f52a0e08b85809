"""What each role does in a day, in order: the journeys share one installation, as people share one."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from anlan.protocols import hj212, sl651
from tests.browser.conftest import PHONE, switch_off

pytestmark = pytest.mark.browser
WORKS = "91371500DEMO000000000001"


def gas(channel: str, value: float, minutes: int) -> bytes:
    """A gas detector's reading so many minutes ago, as the works' monitor sends it."""
    at = (datetime.now(UTC) - timedelta(minutes=minutes)).astimezone(sl651.SHANGHAI)
    stamp = hj212.timestamp(at)
    factor = channel.rpartition("-")[0]
    groups = ((("DataTime", stamp[:14]),), ((channel, f"{value:.1f}"), (f"{factor}-Flag", "N")))
    return hj212.encode(hj212.Message(qn=stamp, st="31", cn="2011", pw="123456", mn=WORKS, flag="5", groups=groups))


def fits(page) -> bool:
    """Whether the page is no wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


def test_duty_officer_sees_a_frame_from_the_works_on_the_screen_and_takes_note(installation, sign_in):
    page = sign_in("zhiban")
    page.goto("/registers/instruments/?q=HG-01")
    channel = page.locator("td", has_text=re.compile(r"-Rtd$")).first.inner_text().strip()
    page.goto("/screen/")
    page.get_by_text("实时").first.wait_for()
    answer = installation.send("hj212", gas(channel, 60, 2), gas(channel, 61, 1))
    assert b"CN=9014" in answer
    waiting = page.locator("#panel-waiting, [data-panel=waiting], .wall-panel").filter(has_text="气体").first
    waiting.wait_for()
    waiting.get_by_role("button", name="确认").or_(waiting.get_by_role("link", name="处理")).first.wait_for()


def test_duty_officer_takes_a_call_with_the_keyboard_and_sees_it_in_the_room(sign_in):
    page = sign_in("zhiban")
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("接报")).last.click()
    page.locator("#kind-words").press_sequentially("泄漏")
    page.locator("#kinds label", has_text="危险化学品事故").click()
    page.fill("#id_place", "高唐县姜店镇")
    page.locator("#areas label", has_text="姜店").first.click()
    page.fill("#id_description", "储罐阀门泄漏，有刺激性气味")
    page.locator(".figure-boxes input").nth(4).fill("2")
    page.fill("#id_caller", "李明")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/\d+/"))
    assert page.get_by_text("未知").count() >= 4
    page.get_by_text("信息报告").first.wait_for()
    assert fits(page)


def test_duty_officer_proposes_and_the_commander_confirms(sign_in):
    page = sign_in("zhiban")
    page.goto("/incidents/")
    page.locator(".incident-lines a, .list-lines a").first.click()
    page.get_by_role("link", name="启动响应").first.click()
    page.locator(".level-links a").first.click()
    page.get_by_text("现在只是预演，没有发出").wait_for()
    page.locator("#proposal [name=reason]").fill("现场泄漏仍在继续")
    page.get_by_role("button", name="提出启动").click()
    page.wait_for_url(re.compile(r"/responses/\d+/"))
    assert page.get_by_role("button", name=re.compile("确认启动")).count() == 0
    address = page.url
    commander = sign_in("zhihui")
    commander.goto(address)
    commander.get_by_role("button", name=re.compile("确认启动")).click()
    commander.get_by_text("响应中").first.wait_for()
    commander.goto("/orders/")
    commander.get_by_text("待签收").first.wait_for()


def test_department_acknowledges_its_order(sign_in):
    page = sign_in("zhiban")
    page.goto("/orders/")
    page.locator("main section").filter(has_text="待签收").locator("a[href^='/orders/']").first.click()
    page.get_by_role("button", name="签收").first.click()
    page.get_by_text("已签收").first.wait_for()


def test_field_leader_reports_without_a_network_and_sends_later(sign_in, installation):
    commander = sign_in("zhihui")
    commander.goto("/incidents/")
    commander.locator(".list-lines a").first.click()
    commander.get_by_role("link", name="下达指令").first.click()
    commander.fill("[name=title]", "到现场警戒")
    _choose_team(commander)
    commander.get_by_role("button", name=re.compile("下达")).last.click()
    commander.wait_for_url(re.compile(r"/(orders|incidents)/\d+/"))
    page = sign_in("duizhang2", viewport=PHONE, is_mobile=True, has_touch=True)
    page.goto("/field/")
    card = page.locator("#orders article").filter(has_text="到现场警戒").first
    card.get_by_role("button", name="收到").click()
    page.get_by_text("已同步").first.wait_for()
    switch_off(page)
    card.get_by_role("button", name="出动").click()
    page.get_by_text("待发送 1 条").wait_for()
    page.context.set_offline(False)
    page.locator("#sync-now").click()
    page.get_by_text("没有待发送内容").wait_for()
    assert fits(page)


#: Makes the kept page an hour old, as its own copy would be after an hour without a network.
AGED = """async () => {
  const cache = await caches.open("anlan-pages"), hour = 3600e3;
  let request;
  while (!([request] = await cache.keys(location.href, { ignoreVary: true }), request)) await new Promise(requestAnimationFrame);
  const kept = await cache.match(request);
  const text = (await kept.text()).replace(/data-now="([^"]+)"/, (_, at) => `data-now="${new Date(Date.parse(at) - hour).toISOString()}"`);
  const headers = new Headers(kept.headers);
  headers.set("X-Kept-At", String(Number(headers.get("X-Kept-At")) - hour));
  await cache.put(request, new Response(text, { headers }));
}"""


def test_a_kept_page_knows_what_time_it_is(sign_in):
    page = sign_in("duizhang2", viewport=PHONE, is_mobile=True, has_touch=True)
    page.goto("/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    page.evaluate(AGED)
    switch_off(page)
    page.reload()
    assert abs(page.evaluate("anlan.now() - Date.now()")) < 60_000


def _choose_team(page) -> None:
    """Address the order to the county's team."""
    box = page.locator("[name=department]")
    if box.evaluate("e => e.tagName") == "SELECT":
        box.select_option(label=next(t for t in box.locator("option").all_inner_texts() if "高唐县应急救援队" in t))
    else:
        box.fill("demo-team-gt")


def test_county_officer_sees_the_own_county_only(sign_in):
    page = sign_in("xianji-371526")
    page.goto("/registers/teams/")
    rows = page.locator("tbody tr")
    assert rows.count() > 0
    assert page.locator("tbody").get_by_text("东昌府区").count() == 0
    page.goto("/incidents/")
    page.get_by_text("姜店").first.wait_for()


@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        ("cangku", ("/registers/stock/", "/supplies/", "/supplies/keep/", "/supplies/gaps/", "/supplies/expiring/")),
        ("yiyuan", ("/registers/hospitals/",)),
        ("qiye", ("/monitoring/", "/registers/instruments/")),
        ("yunshu", ("/registers/vehicles/",)),
        ("fenxi", ("/monitoring/", "/rules/", "/map/")),
        ("ducha", ("/oversight/", "/reviews/")),
        ("xitong", ("/jobs/",)),
        ("anquan", ("/registers/users/",)),
        ("shenji", ("/audit/",)),
    ],
)
def test_each_role_works_on_its_own_pages(sign_in, who, addresses):
    page = sign_in(who, viewport=PHONE)
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        page.locator("h1").first.wait_for()
        assert fits(page), address


def test_analyst_sees_a_month_of_a_station_drawn(sign_in):
    page = sign_in("fenxi")
    page.goto("/registers/stations/?q=姜店")
    page.locator("tbody a").first.click()
    key = re.search(r"/(\d+)/", page.url)[1]
    page.goto(f"/stations/{key}/")
    page.locator("canvas").first.wait_for()


def test_analyst_computes_a_fireball_and_the_commander_puts_his_name_to_it(sign_in):
    page = sign_in("fenxi")
    page.goto("/predictions/")
    page.click("a.model-card:has-text('火灾')")
    page.check("input[name=fireball]")
    page.fill("input[name='fireball.mass_kg']", "-5")
    page.fill("input[name=title]", "分析员的火球")
    page.fill("input[name=lon]", "115.99")
    page.fill("input[name=lat]", "36.45")
    page.click(".scenario button.btn-primary")
    page.wait_for_selector("text=低于下限")
    page.fill("input[name='fireball.mass_kg']", "50000")
    page.select_option("select[name=members]", "50")
    page.click(".scenario button.btn-primary")
    page.wait_for_selector("text=影响范围内的人", timeout=60_000)
    page.wait_for_selector("body[data-run-ready]")
    page.click("#run-shares button:has-text('50%')")
    address = page.url
    commander = sign_in("zhihui")
    commander.goto(address)
    commander.fill("input[name=opinion]", "按此划定警戒区")
    commander.click("button:has-text('采纳')")
    commander.wait_for_selector("text=按此划定警戒区")


def test_everything_speaks_english_too(sign_in):
    page = sign_in("zhihui")
    page.get_by_role("button", name="EN").or_(page.get_by_role("link", name="EN")).first.click()
    page.get_by_text("Command screen").first.wait_for()
    page.goto("/orders/")
    page.get_by_role("heading", name="Orders").first.wait_for()
