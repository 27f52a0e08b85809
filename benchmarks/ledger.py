"""Registers at 200,000 rows: list page, import, map layer."""

import csv
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.measure import paired, report, report_ratio, seconds, start_django

ROWS = 200_000
IMPORTED = 100_000
FAULTY = 300


def prepare():
    """Two hundred thousand teams in one county and somebody who may see them."""
    from anlan.areas.rescue.teams.models import Team
    from anlan.foundation.accounts.models import Department, Post
    from anlan.foundation.accounts.services import make_user
    from anlan.foundation.places.models import Area

    city = Area.objects.create(code="371500", name="聊城市", level="city")
    county = Area.objects.create(code="371526", name="高唐县", level="county", parent=city)
    township = Area.objects.create(code="371526105", name="姜店镇", level="township", parent=county)
    unit = Department.objects.create(code="yjj", name="市应急局", area=city)
    post = Post.objects.create(department=unit, title="值班室", role="department")
    user = make_user(username="bench", full_name="测试", password="Anlan-bench-2026", department=unit, posts=[post])
    kinds = [kind.value for kind in Team.Kind]
    Team.objects.bulk_create(
        (
            Team(
                code=f"B{n:06d}", name=f"第 {n} 队", kind=kinds[n % len(kinds)], area=township, people=n % 90 + 5,
                lon=115.5 + (n % 997) / 1000, lat=36.0 + (n % 991) / 1000,
            )
            for n in range(ROWS)
        ),
        2000,
    )  # fmt: skip
    return user


def stock_page():
    """The same fifty rows in a plain Django table, as the tutorial writes it: the peer."""
    from django.core.paginator import Paginator
    from django.template import Context, Template

    from anlan.areas.rescue.teams.models import Team

    template = Template(
        "<html><body><table>{% for t in page %}<tr><td>{{ t.code }}</td><td>{{ t.name }}</td><td>{{ t.get_kind_display }}</td>"
        "<td>{{ t.area }}</td><td>{{ t.people }}</td><td>{{ t.get_standby_display }}</td></tr>{% endfor %}</table>"
        "{{ page.number }} / {{ page.paginator.num_pages }}</body></html>"
    )

    def render() -> str:
        page = Paginator(Team.objects.order_by("code"), 50).get_page(1)
        return template.render(Context({"page": page}))

    return render


def pages(user) -> None:
    """Server time of list pages."""
    from django.test import Client

    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(query: str):
        def call():
            answer = browser.get(f"/registers/teams/{query}")
            assert answer.status_code == 200

        return call

    ours, stock = paired(get(""), stock_page(), 9)
    report("list page, 200,000 rows, first page", ours)
    report_ratio("against a stock template page that shows the same rows", ours, stock)
    for name, query in (
        ("sorted by people", "?sort=-people"),
        ("last page", "?page=4000"),
        ("filter by kind", "?kind=flood"),
        ("filter by area", "?area=371526"),
        ("search in code and name", "?q=B1999"),
    ):
        get(query)()
        report(f"list page, {name}", [seconds(get(query)) for _ in range(5)])
    print("  limit: 500 ms")


def imports(user) -> None:
    """A spreadsheet of 100,000 rows, 300 of them faulty, twice."""
    from anlan.areas.rescue.teams.models import Team
    from anlan.foundation.ledger.imports import Import
    from anlan.foundation.ledger.registry import ledger

    path = Path(tempfile.mkdtemp()) / "teams.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "名称", "类别", "区域", "人数", "经度", "纬度"])
        for n in range(IMPORTED):
            bad = n % (IMPORTED // FAULTY) == 0 and n // (IMPORTED // FAULTY) < FAULTY
            writer.writerow(
                [f"I{n:06d}", f"导入 {n} 队", "防汛抗旱", "999999" if bad else "371526105", 12, 116.2, 36.8]
            )
    for name in ("first time", "again"):
        started = time.perf_counter()
        outcome = Import(ledger("teams"), user).run(path, save=True)
        took = time.perf_counter() - started
        print(
            f"  import of {IMPORTED:,} rows, {name:<30} {IMPORTED / took * 60:12,.0f} rows/min  (limit 10,000)  created "
            f"{outcome.created:,} changed {outcome.changed:,} unchanged {outcome.unchanged:,} refused {outcome.refused}"
        )
        assert outcome.refused == FAULTY
    assert Team.objects.filter(code__startswith="I").count() == IMPORTED - FAULTY


def layer(user) -> None:
    """Ten thousand objects for the map."""
    from anlan.areas.rescue.teams.models import Team
    from anlan.foundation.ledger.layers import encode, features
    from anlan.foundation.ledger.registry import ledger

    Team.objects.filter(code__gte="B010000").delete()
    found: list[bytes] = []
    times = [seconds(lambda: found.append(encode(features(ledger("teams"), user)))) for _ in range(5)]
    report(f"map layer of 10,000 objects ({len(found[-1]) / 1e6:.2f} MB)", times)
    assert statistics.median(times) < 1.5


if __name__ == "__main__":
    start_django()
    person = prepare()
    pages(person)
    imports(person)
    layer(person)
