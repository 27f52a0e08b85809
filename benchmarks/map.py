"""Ten thousand objects on the one map: from opening the page until it is drawn and answers the hand."""

import os
import shutil
import subprocess
import sys

from benchmarks.measure import free_ports, report, report_ratio, sign_in, start_django, wait_for

OBJECTS, ROUNDS = 10_000, 7
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def prepare() -> str:
    """Ten thousand teams over the city, and the cookie of somebody who sees them."""
    from anlan.areas.rescue.teams.models import Team
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules

    load_rules()
    city = Area.objects.create(code="371500", name="聊城市", level="city", lon=115.985371, lat=36.456704)
    kinds = [kind.value for kind in Team.Kind]
    Team.objects.bulk_create(
        Team(
            code=f"B{n:05d}", name=f"第 {n} 队", kind=kinds[n % len(kinds)], area=city, people=5,
            lon=115.4 + (n % 997) / 900, lat=35.9 + (n % 991) / 900,
        )
        for n in range(OBJECTS)
    )  # fmt: skip
    return sign_in(city)


def opened(browser, url: str, cookie: str, *, is_empty: bool) -> tuple[float, float]:
    """Seconds from the call of the page until the map rests, and until it answers a move of the mouse after that."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}, bypass_csp=True)
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    if is_empty:
        nothing = '{"type": "FeatureCollection", "features": []}'
        context.route("**/registers/teams/layer.geojson*", lambda route: route.fulfill(body=nothing))
    page.goto("/map/")
    page.wait_for_function("document.body.dataset.mapReady", timeout=60_000)
    ready = float(page.evaluate("document.body.dataset.mapReady")) / 1000
    box = page.locator("#map canvas").first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("performance.now()")
    page.mouse.move(*middle)
    page.wait_for_function("document.querySelector('#position').textContent.length > 0", timeout=10_000)
    answers = (page.evaluate("performance.now()") - before) / 1000
    context.close()
    return ready, answers


def main() -> None:
    """The map with ten thousand objects and, in turn, without them."""
    from playwright.sync_api import sync_playwright

    start_django()
    cookie = prepare()
    (port,) = free_ports(1)
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
        "--blocking-threads", "8", "--no-ws", "--log-level", "critical", "anlan.project.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=os.environ, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            full, empty, hand = [], [], []
            for round_ in range(ROUNDS + 1):
                with_all, answers = opened(browser, f"http://127.0.0.1:{port}", cookie, is_empty=False)
                without, _ = opened(browser, f"http://127.0.0.1:{port}", cookie, is_empty=True)
                if round_:
                    full.append(with_all), empty.append(without), hand.append(answers)
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    report(f"{OBJECTS:,} objects, page called until drawn (goal 1,500 ms)", full)
    report("then a move of the mouse until the page answers", hand)
    report_ratio("against the same page without the objects", full, empty)


if __name__ == "__main__":
    main()
