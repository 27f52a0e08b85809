"""Take pictures of every page, on a desk and on a phone, in both languages and themes, and tell what is wrong.

    python tools/screenshots.py http://127.0.0.1:8000 /tmp/pictures

Wants a running demonstration (`make run`) and Chromium. A page that answers with a fault, throws an error, or is wider
than the screen is listed at the end; look at the pictures for the rest.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PASSWORD = "Anlan-demo-2026"
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
#: Pages beyond those of the menu, for the person who looks at them.
MORE = {
    "zhiban": (
        "/incidents/raise/", "/incidents/1/", "/incidents/1/replay/", "/incidents/1/review/", "/incidents/1/respond/",
        "/orders/1/", "/plans/1/", "/responses/1/", "/reports/1/", "/assessments/1/", "/notices/", "/stations/1/",
        "/alarms/1/", "/registers/teams/add/", "/registers/teams/import/", "/resources/1/",
    ),
    "duizhang2": ("/field/",),
    "ducha": ("/oversight/", "/oversight/tasks/1/"),
    "xitong": (),
    "anquan": (),
    "shenji": (),
}  # fmt: skip


def main() -> int:
    """Visit, photograph, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=SIZES, action="append")
    parser.add_argument("--language", choices=["zh-CN", "en-US"], action="append")
    parser.add_argument("--theme", choices=["light", "dark"], action="append")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for size in options.size or SIZES:
            for language in options.language or ("zh-CN", "en-US"):
                for theme in options.theme or ("light", "dark"):
                    for person in MORE:
                        wrong += _visit(browser, options, person, size, language, theme)
    print("\n".join(wrong) or "nothing is wrong that a program can see")
    return bool(wrong)


def _visit(browser: Browser, options, person: str, size: str, language: str, theme: str) -> list[str]:
    context = browser.new_context(
        base_url=options.url, viewport=SIZES[size], locale=language, color_scheme=theme, is_mobile=size == "phone"
    )
    page, wrong = context.new_page(), []
    where = f"{person} {size} {language} {theme}"
    page.on("pageerror", lambda error: wrong.append(f"{where} {page.url}: {error}"))
    page.on("console", lambda m: wrong.append(f"{where} {page.url}: {m.text[:160]}") if m.type == "error" else None)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    menu = page.locator("aside a, nav a").evaluate_all("all => all.map((a) => new URL(a.href).pathname)")
    skipped = ("/accounts/", "/i18n/")
    for address in dict.fromkeys([*(m for m in menu if m and not m.startswith(skipped)), *MORE[person]]):
        answer = page.goto(address)
        page.wait_for_timeout(600)
        if answer is None or answer.status >= 400:
            wrong.append(f"{where} {address}: {answer and answer.status}")
            continue
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            wrong.append(f"{where} {address}: wider than the screen")
        name = address.strip("/").replace("/", "-") or "home"
        page.screenshot(path=options.folder / f"{name}-{person}-{size}-{language[:2]}-{theme}.png")
    context.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
