"""Nobody is led to a page that is not there or refuses: every kind of link that a person sees, once for each person."""

import re
from collections import deque
from html.parser import HTMLParser

import pytest

pytestmark = pytest.mark.browser

#: One of each post; the pages of a kind are alike, so one of them is opened.
PEOPLE = (
    "zhiban", "zhihui", "xianji-371526", "duizhang", "cangku", "qiye", "yiyuan", "yunshu", "jiaojing", "fenxi", "ducha",
    "xitong", "anquan", "shenji",
)  # fmt: skip
#: Files, what signs out, what other systems read with a key of their own, and pages that move on by themselves.
ELSEWHERE = re.compile(r"^/(accounts|static|media|feeds|api|ogc|cal)/|/(export|label|print|file)s?/|\.\w{2,7}$")
KIND = re.compile(r"\d[\d-]*|(?<=rules/)[^/]+|(?<=targets/)[^/]+|(?<=registers/)[^/]+(?=/[^/]+/)")


class Links(HTMLParser):
    """Where a page's links lead, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = (dict(attrs).get("href") or "").split("#")[0]
        if tag == "a" and target.startswith("/") and not ELSEWHERE.search(target.split("?")[0]):
            self.found[target] = None


@pytest.mark.parametrize("person", PEOPLE)
def test_every_link_opens(person, sign_in):
    browser = sign_in(person).context.request
    waiting, seen, broken = deque([("/", "")]), set(), []
    while waiting:
        path, source = waiting.popleft()
        kind = KIND.sub("N", path.split("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        answer = browser.get(path)
        if answer.status >= 400:
            broken.append(f"{answer.status} {path} on {source}")
        elif "html" in answer.headers.get("content-type", ""):
            waiting += [(target, path) for target in Links(answer.text()).found]
    assert not broken
    assert len(seen) > 3
