"""A run of a model on the screen: from the result until its zones are drawn, and from the slider until they change."""

import os
import shutil
import subprocess
import sys
import time

from benchmarks.map import ARGUMENTS
from benchmarks.measure import free_ports, report, sign_in, start_django, wait_for

ROUNDS, MOVES = 5, 24
#: A leak with a dozen moments and three probabilities: the most that a page has to draw.
LEAK = {
    "substance": "ammonia", "source": {"kind": "tank_liquefied", "hole_mm": 20, "mass_kg": 60_000},
    "weather": {"wind_m_s": 3, "wind_from_deg": 68, "sky": "overcast"},
}  # fmt: skip


def prepare() -> tuple[str, int, dict]:
    """A finished run: the cookie of somebody who sees it, its key, and what it found."""
    from anlan.areas.risk.prediction.computing import compute
    from anlan.areas.risk.prediction.models import Run
    from anlan.foundation.accounts.models import User
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules
    from anlan.science.hazards.catalogue import hazards

    load_rules()
    city = Area.objects.create(code="371500", name="聊城市", level="city", lon=115.985371, lat=36.456704)
    cookie = sign_in(city)
    found = vars(compute(hazards()["toxic_release"], LEAK, lon=116.0, lat=36.5, villages=(), count=50))
    run = Run.objects.create(
        title="液氨储罐泄漏", hazard="toxic_release", model_version="1", inputs=LEAK, area=city, lon=116.0, lat=36.5,
        asked_by=User.objects.get(), status=Run.Status.QUEUED,
    )  # fmt: skip
    return cookie, run.pk, found


def watched(browser, url: str, cookie: str, key: int, found: dict) -> tuple[float, float, list[float]]:
    """Seconds from the result until a waiting page shows it, for a page called afterwards, and of each slider move."""
    from anlan.areas.risk.prediction.models import Run

    Run.objects.filter(pk=key).update(status=Run.Status.RUNNING, zones={})
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}, bypass_csp=True)
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    page.goto(f"/predictions/{key}/")
    page.wait_for_selector(".progress-bar")
    page.wait_for_load_state("load")
    Run.objects.filter(pk=key).update(status=Run.Status.DONE, **found)
    ready = time.perf_counter()
    page.wait_for_function("document.body.dataset.runReady", timeout=60_000)
    waiting = time.perf_counter() - ready
    page.goto(f"/predictions/{key}/")
    page.wait_for_function("document.body.dataset.runReady", timeout=60_000)
    called = float(page.evaluate("document.body.dataset.runReady")) / 1000
    moves = [
        float(page.evaluate(
            """(step) => new Promise((drawn) => {
              const slider = document.getElementById("run-at");
              delete document.body.dataset.runDrawn;
              slider.value = 1 + (step % slider.max);
              slider.dispatchEvent(new Event("input"));
              const look = () => document.body.dataset.runDrawn ? drawn(document.body.dataset.runDrawn) : setTimeout(look, 1);
              look();
            })""",
            step,
        )) / 1000
        for step in range(MOVES)
    ]  # fmt: skip
    context.close()
    return waiting, called, moves


def main() -> None:
    """The same run, again and again."""
    from playwright.sync_api import sync_playwright

    start_django()
    cookie, key, found = prepare()
    (port,) = free_ports(1)
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
        "--blocking-threads", "8", "--no-ws", "--log-level", "critical", "anlan.project.wsgi:application",
    ]  # fmt: skip
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    server = subprocess.Popen(command, env=os.environ, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            rounds = [watched(browser, f"http://127.0.0.1:{port}", cookie, key, found) for _ in range(ROUNDS + 1)][1:]
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    zones = len(found["zones"]["features"])
    report(f"{zones} zones: result there until a waiting page shows it", [one[0] for one in rounds])
    report("page of a finished run called until it is drawn", [one[1] for one in rounds])
    report("slider moved until the zones are redrawn (goal 16.7 ms)", [move for one in rounds for move in one[2]])


if __name__ == "__main__":
    main()
