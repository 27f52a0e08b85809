"""The one map: base map, cards, search, and who and what is inside a zone."""

import csv
import io
import json

import pytest
import shapely

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.places.models import Area

GAOTANG = {
    "type": "Polygon",
    "coordinates": [[[116.1, 36.7], [116.4, 36.7], [116.4, 36.95], [116.1, 36.95], [116.1, 36.7]]],
}


@pytest.fixture
def teams(city) -> list[Team]:
    rows = [("gt", "高唐救援队", "371526105", 116.30, 36.80), ("df", "东昌府救援队", "371502001", 115.96, 36.47)]
    return [
        Team.objects.create(code=code, name=name, area_id=area, lon=lon, lat=lat, people=12, is_demo=True)
        for code, name, area, lon, lat in rows
    ]


def ask(browser, geometry, **values):
    return browser.post("/map/inside/", {"geometry": json.dumps(geometry), **values})


def test_page_lists_the_layers_that_a_post_may_see(client_of, teams):
    assert 'data-layer-line="teams"' in client_of("commander").get("/map/").content.decode()
    page = client_of("warehouse").get("/map/").content.decode()
    assert 'data-layer-line="depots"' in page
    assert 'data-layer-line="teams"' not in page


def test_base_map_comes_from_the_areas_and_is_cached(client_of, city):
    Area.objects.filter(pk="371526").update(shape=shapely.to_wkb(shapely.geometry.shape(GAOTANG)))
    browser = client_of("commander")
    answer = browser.get("/map/areas.geojson")
    by_code = {feature["properties"]["code"]: feature for feature in answer.json()["features"]}
    assert by_code["371526"]["geometry"]["type"] == "Polygon"
    assert by_code["371526105"]["geometry"] == {"type": "Point", "coordinates": [116.30, 36.80]}
    again = browser.get("/map/areas.geojson", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_card_shows_a_record_only_inside_the_scope(client_of, teams):
    near, far = teams
    assert "高唐救援队" in client_of("county").get(f"/map/card/teams/{near.pk}/").content.decode()
    assert client_of("county").get(f"/map/card/teams/{far.pk}/").status_code == 404
    assert client_of("warehouse").get(f"/map/card/teams/{near.pk}/").status_code == 404
    assert client_of("commander").get("/map/card/no-such-layer/1/").status_code == 404


def test_search_finds_places_and_records(client_of, teams):
    results = client_of("commander").get("/map/search.json", {"q": "高唐"}).json()["results"]
    assert {"高唐县", "高唐救援队"} <= {result["title"] for result in results}
    assert client_of("commander").get("/map/search.json").json() == {"results": []}


def test_zone_tells_people_and_records_with_their_source(client_of, teams):
    Area.objects.filter(pk="371526105").update(population=42_000, population_note="合成数据")
    page = ask(client_of("commander"), GAOTANG).content.decode()
    assert "42,000" in page
    assert "合成数据" in page
    assert "高唐救援队" in page
    assert "东昌府救援队" not in page


def test_zone_without_a_known_population_says_unknown(client_of, city):
    assert "未知" in ask(client_of("commander"), GAOTANG).content.decode()


def test_township_with_an_outline_counts_by_its_share(client_of, city):
    half_outside = shapely.box(116.3, 36.75, 116.5, 36.85)
    area = Area.objects.get(pk="371526105")
    area.geometry, area.population = half_outside, 10_000
    area.save()
    page = ask(client_of("commander"), GAOTANG).content.decode()
    assert "5,000" in page


def test_a_township_without_an_outline_is_counted_by_its_villages(client_of, city):
    for number, lon in enumerate((116.29, 116.31, 116.60), 202):
        Area.objects.create(
            code=f"371526105{number}", name=f"{number}村", level="village", parent_id="371526105", population=500,
            lon=lon, lat=36.80, position_note="合成位置",
        )  # fmt: skip
    page = ask(client_of("commander"), GAOTANG).content.decode()
    assert "1,000" in page
    assert "2 个村（社区）" in page
    assert "合成位置" in page


def test_zone_shows_only_the_own_area(client_of, teams):
    everything = {"type": "Polygon", "coordinates": [[[115, 35], [117, 35], [117, 37], [115, 37], [115, 35]]]}
    page = ask(client_of("county"), everything).content.decode()
    assert "高唐救援队" in page
    assert "东昌府救援队" not in page
    assert "古楼街道" not in page


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        ({"type": "Polygon"}, "不完整"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3]]]}, "不完整"),
        ({"type": "Point", "coordinates": [116, 36]}, "多边形或圆"),
        ({"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]}, "经纬度"),
        ({"type": "Polygon", "coordinates": [[[116 + i / 1e5, 36 + (i % 2) / 10] for i in range(3000)]]}, "顶点太多"),
        ([], "不完整"),
    ],
)
def test_wrong_zone_is_refused_with_a_reason(client_of, geometry, problem):
    answer = ask(client_of("commander"), geometry)
    assert answer.status_code == 422
    assert problem in answer.content.decode()


def test_self_crossing_zone_is_repaired(client_of, teams):
    bow_tie = {
        "type": "Polygon",
        "coordinates": [[[116.2, 36.7], [116.4, 36.9], [116.4, 36.7], [116.2, 36.9], [116.2, 36.7]]],
    }
    assert ask(client_of("commander"), bow_tie).status_code == 200


def test_table_can_be_taken_along_and_is_on_record(client_of, teams):
    Team.objects.filter(code="gt").update(name="=1+1")
    answer = ask(client_of("commander"), GAOTANG, format="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "类别"
    team = next(row for row in rows if row[0] == "救援队伍")
    assert team[1].startswith("'=")
    assert team[-1] == "演示数据"
    assert AuditEntry.objects.filter(action="map.export").exists()
