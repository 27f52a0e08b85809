"""OGC API - Features on every located register: links, pages, boxes, reference systems, scope, errors."""

import pytest
import shapely
from django.test import Client

from anlan.foundation.accounts.models import ApiToken
from anlan.foundation.ledger import registry
from tests.contract.samples import create
from tests.contract.test_ledgers import browser as browser  # noqa: PLC0414  (fixtures)
from tests.contract.test_ledgers import keeper as keeper  # noqa: PLC0414

LOCATED = [entry.name for entry in registry.located()]
ITEMS = "/ogc/collections/{}/items"


@pytest.fixture(params=LOCATED)
def entry(request):
    return registry.ledger(request.param)


def body(answer) -> dict:
    import json

    return json.loads(b"".join(answer) if answer.streaming else answer.content)


def middle(feature: dict) -> list[float]:
    """Where a point is, or the middle of a line."""
    shape = shapely.geometry.shape(feature["geometry"])
    point = shape if shape.geom_type == "Point" else shape.interpolate(0.5, normalized=True)
    return [point.x, point.y]


def test_every_located_register_is_a_collection_with_items(entry, browser, keeper, rules):
    if not entry.is_read_only:
        record = create(entry, keeper)
    found = browser.get(f"/ogc/collections/{entry.name}").json()
    assert found["id"] == entry.name
    assert {"self", "items", "alternate"} <= {link["rel"] for link in found["links"]}
    answer = browser.get(ITEMS.format(entry.name), {"bbox": "115,36,117,38"})
    assert answer["Content-Type"] == "application/geo+json"
    page = body(answer)
    assert page["numberReturned"] == len(page["features"])
    if entry.is_read_only:
        return
    (one,) = [feature for feature in page["features"] if str(feature["id"]) == str(record.pk)]
    assert middle(one) == pytest.approx([record.lon, record.lat])
    assert one["geometry"]["type"] == ("LineString" if entry.is_line else "Point")
    assert not {"password", "lon", "lat"} & set(one["properties"])
    alone = browser.get(f"{ITEMS.format(entry.name)}/{record.pk}").json()
    assert alone["properties"]["label"] == str(entry.model._default_manager.get(pk=record.pk))
    swapped = browser.get(
        f"{ITEMS.format(entry.name)}/{record.pk}", {"crs": "http://www.opengis.net/def/crs/EPSG/0/4490"}
    ).json()
    assert middle(swapped) == pytest.approx([record.lat, record.lon])
    assert body(browser.get(ITEMS.format(entry.name), {"bbox": "0,0,1,1"}))["features"] == []
    assert browser.get(ITEMS.format(entry.name), {"f": "html"}).status_code == 200


def test_the_doors_are_where_clients_look_for_them(browser, rules):
    landing = browser.get("/ogc/").json()
    rels = {link["rel"]: link["href"] for link in landing["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= rels.keys()
    for rel in ("service-desc", "conformance", "data"):
        assert browser.get(rels[rel].replace("http://testserver", "")).status_code == 200
    assert browser.get("/ogc/", {"f": "html"})["Content-Type"].startswith("text/html")
    definition = browser.get("/ogc/api").json()
    assert definition["servers"] == [{"url": "http://testserver/ogc"}]
    assert {"/conformance", "/collections", "/collections/stations/items"} <= definition["paths"].keys()


def test_the_definition_says_of_every_parameter_what_suites_ask(browser, rules):
    definition = browser.get("/ogc/api").json()
    names = [path["get"]["operationId"] for path in definition["paths"].values()]
    assert len(names) == len(set(names))
    items = {one["name"]: one for one in definition["paths"]["/collections/stations/items"]["get"]["parameters"]}
    for name in ("limit", "bbox", "datetime", "crs", "bbox-crs", "f", "after", "q", "kind"):
        assert (items[name]["style"], items[name]["explode"], items[name]["required"]) == ("form", False, False)
    assert items["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}
    assert "rain" in items["kind"]["schema"]["enum"]
    assert items["kind"]["description"] == "类型"
    page = browser.get("/registers/stations/").content.decode()
    assert ">Kind<" not in page  # the list's filters keep their own labels
    for operation in definition["paths"].values():
        assert {"200", "400", "401", "404"} <= operation["get"]["responses"].keys()


def test_the_service_is_found_from_the_registers(browser, rules):
    assert 'href="/ogc/"' in browser.get("/registers/").content.decode()
    assert 'href="/ogc/collections/teams"' in browser.get("/registers/teams/").content.decode()
    assert "/ogc/" not in browser.get("/registers/instruments/").content.decode()


def test_a_parameter_that_the_definition_does_not_name_is_refused_everywhere(browser, keeper, rules):
    record = create(registry.ledger("teams"), keeper)
    for path in ("", "api", "conformance", "collections", "collections/teams", f"collections/teams/items/{record.pk}"):
        answer = browser.get(f"/ogc/{path}", {"unknownQueryParameter1": 1})
        assert answer.status_code == 400, path
        assert "unknownQueryParameter1" in answer.json()["description"]


def test_a_browser_gets_pages_and_a_program_documents(browser, rules):
    seen = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert browser.get("/ogc/", headers=seen)["Content-Type"].startswith("text/html")
    for accepted in ("*/*", "application/json", "application/geo+json", "text/html;q=0.5, application/json"):
        answer = browser.get("/ogc/", headers={"Accept": accepted})
        assert answer["Content-Type"] == "application/json"
        assert "Accept" in answer["Vary"]
    page = browser.get(ITEMS.format("stations"), headers=seen)
    assert page["Content-Type"].startswith("text/html")
    visitor = Client().get("/ogc/", headers=seen)
    assert (visitor.status_code, visitor.url) == (302, "/accounts/login/?next=/ogc/")
    assert Client().get("/ogc").url == "/ogc/"


def test_a_collection_holds_what_has_a_position_and_says_since_when(browser, keeper, rules):
    entry = registry.ledger("teams")
    here, nowhere = create(entry, keeper), create(entry, keeper)
    type(nowhere).objects.filter(pk=nowhere.pk).update(lon=None, lat=None)
    assert [one["id"] for one in body(browser.get(ITEMS.format("teams")))["features"]] == [here.pk]
    assert browser.get(f"{ITEMS.format('teams')}/{nowhere.pk}").status_code == 404
    extent = browser.get("/ogc/collections/teams").json()["extent"]
    assert extent["spatial"]["bbox"] == [[here.lon, here.lat, here.lon, here.lat]]
    ((start, end),) = extent["temporal"]["interval"]
    here.refresh_from_db()
    for period, count in {
        start: 1,
        f"{start}/{end}": 1,
        f"{start[:10]}/P2D": 1,
        start[:10]: 1,
        "2001-01-01/P2D": 0,
    }.items():
        assert body(browser.get(ITEMS.format("teams"), {"datetime": period}))["numberMatched"] == count, period


def test_the_stamp_of_a_page_lies_within_its_request(browser, rules):
    from datetime import datetime

    from django.utils import timezone

    before = timezone.now()
    stamp = datetime.fromisoformat(body(browser.get(ITEMS.format("stations")))["timeStamp"])
    assert before <= stamp <= timezone.now()


def test_pages_follow_one_another_and_hold_every_row_once(browser, keeper, rules):
    entry = registry.ledger("teams")
    made = {create(entry, keeper).pk for _ in range(5)}
    seen, address = [], ITEMS.format("teams") + "?limit=2"
    while address:
        page = body(browser.get(address))
        assert page["numberMatched"] == 5
        seen += [feature["id"] for feature in page["features"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        address = following[0].split("testserver")[1] if following else ""
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "1,9,3,4"}, "最小纬度"),
        ({"limit": "0"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "../.."}, "datetime"),
        ({"datetime": "2026-11-30/2026-11-01"}, "晚于"),
        ({"datetime": "2026-11-30/P1Y"}, "datetime"),
        ({"datetime": "0001-01-01T00:00:00+14:00"}, "datetime"),
        ({"bbox": "nan,1,2,3"}, "bbox"),
        ({"bbox": "1,2,inf,3"}, "bbox"),
        ({"colour": "red"}, "colour"),
        ({"crs": "EPSG:4326"}, "crs"),
        ({"f": "xml"}, "f"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_right(browser, rules, query, words):
    answer = browser.get(ITEMS.format("stations"), query)
    assert answer.status_code == 400
    assert words in answer.json()["description"]


def test_a_box_across_the_date_line_and_an_interval_are_understood(browser, keeper, rules):
    record = create(registry.ledger("teams"), keeper)
    boxes = {"170,36,117,38": 1, "117,36,-170,38": 0, "115,36,0,117,38,9": 1}
    for box, count in boxes.items():
        assert body(browser.get(ITEMS.format("teams"), {"bbox": box}))["numberMatched"] == count
    year = record.updated_at.year
    for interval, count in {f"{year}-01-01T00:00:00Z/..": 1, f"../{year}-01-01T00:00:00Z": 0}.items():
        assert body(browser.get(ITEMS.format("teams"), {"datetime": interval}))["numberMatched"] == count


def test_scope_and_permission_are_those_of_the_register(city, people, rules, client_of):
    from anlan.areas.rescue.teams.models import Team

    for code, area in (("T1", "371526"), ("T2", "371502")):
        Team.objects.create(
            code=code, name=code, kind=Team.Kind.values[0], people=10, area_id=area, lon=116.0, lat=36.5
        )
    county = client_of("county")
    assert [one["properties"]["code"] for one in body(county.get(ITEMS.format("teams")))["features"]] == ["T1"]
    hidden = Team.objects.get(code="T2")
    assert county.get(f"{ITEMS.format('teams')}/{hidden.pk}").status_code == 404
    names = [one["id"] for one in client_of("hospital").get("/ogc/collections").json()["collections"]]
    assert "teams" not in names
    assert client_of("hospital").get(ITEMS.format("teams")).status_code == 404


def test_programs_come_with_a_key_and_nobody_without(city, people, rules):
    from datetime import timedelta

    from django.utils import timezone

    client = Client()
    refusal = client.get("/ogc/collections")
    assert (refusal.status_code, refusal["WWW-Authenticate"]) == (401, "Bearer")
    token = ApiToken.issue(user=people["analyst"], name="gis", expires_at=timezone.now() + timedelta(days=1))
    strict = Client(enforce_csrf_checks=True)
    refusal = strict.post("/ogc/collections", headers={"Authorization": f"Bearer {token}"})
    assert (refusal.status_code, refusal["Allow"]) == (405, "GET, HEAD")
    answer = client.get("/ogc/collections", headers={"Authorization": f"Bearer {token}"})
    assert "stations" in [one["id"] for one in answer.json()["collections"]]
