"""Rows along a line: typed, imported and exported as tables and GeoJSON, in other datums, on maps and inside zones."""

import json

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.foundation.jobs.models import Job
from anlan.foundation.ledger.zones import inside
from anlan.foundation.places.geometry import read_line

HEADER = "编号,名称,区域,起点节点,终点节点,走向,压力级别,运行压力（表压，MPa）,外径（毫米）,材质"
ROW = "{code},一段,371526001,a,b,{line},中压A,0.3,219,钢"


@pytest.fixture
def send(client_of, rules):
    """Upload a file of pipes as the county's officer and confirm its dry run."""
    browser = client_of("county")

    def upload(content: str, name: str = "t.csv", datum: str = "wgs84", register: str = "gaspipes") -> dict:
        address = f"/registers/{register}/import/"
        browser.post(address, {"file": SimpleUploadedFile(name, content.encode()), "datum": datum})
        job = Job.objects.latest("pk")
        if "refused_file" not in job.result:
            browser.post(address, {"dry_run_job": job.pk})
            job = Job.objects.latest("pk")
        return job.result

    upload.browser = browser
    return upload


@pytest.mark.parametrize(
    "text",
    ["LINESTRING (116.2 36.8, 116.21 36.8)", "116.2,36.8;116.21,36.8", "116.2 36.8；116.21 36.8",
     "linestring z (116.2 36.8 -1, 116.21 36.8 -2)", "MULTILINESTRING ((116.2 36.8, 116.205 36.8), (116.205 36.8, 116.21 36.8))"],
)  # fmt: skip
def test_a_line_may_be_typed_in_several_ways(text):
    found = read_line(text)
    assert (found.coords[0], found.coords[-1]) == ((116.2, 36.8), (116.21, 36.8))


@pytest.mark.parametrize(
    "text", ["建设路", "116.2,36.8", "POINT (116.2 36.8)", "36.8,116.2;36.8,116.21", "LINESTRING (116.2 36.8", "116,36;nan,36",
             "MULTILINESTRING ((116.2 36.8, 116.205 36.8), (116.3 36.8, 116.31 36.8))", "1e999,2;3,4"],
)  # fmt: skip
def test_what_is_no_line_is_refused_in_words(text):
    with pytest.raises(ValidationError):
        read_line(text)


def test_a_table_brings_lines_and_what_follows_from_them(send):
    rows = [ROW.format(code="P1", line='"116.2,36.8;116.21,36.8"'), ROW.format(code="P2", line="建设路")]
    result = send("\n".join([HEADER, *rows]))
    assert (result["created"], result["refused"]) == (1, 1)
    assert "看不懂这条线" in result["problems"][0]["fields"]["走向"]
    pipe = GasPipe.objects.get(code="P1")
    assert (pipe.lon, pipe.min_lon, pipe.max_lon) == (116.205, 116.2, 116.21)
    # A changed line changes its length and box in the same import.
    send("\n".join([HEADER, ROW.format(code="P1", line='"116.2,36.8;116.22,36.8"')]))
    pipe.refresh_from_db()
    assert (pipe.max_lon, pipe.lon) == (116.22, 116.21)
    assert pipe.length_m == pytest.approx(1780.8, abs=2)


def test_every_point_of_a_line_is_moved_from_another_datum(send):
    send("\n".join([HEADER, ROW.format(code="P1", line='"116.2,36.8;116.21,36.8"')]), datum="gcj02")
    line = GasPipe.objects.get(code="P1").geometry
    assert all(0.003 < abs(x - y) < 0.008 for (x, _), y in zip(line.coords, (116.2, 116.21), strict=True))


def test_geojson_goes_out_and_comes_in_again(send):
    send("\n".join([HEADER, ROW.format(code="P1", line='"116.2,36.8;116.21,36.8"')]))
    answer = send.browser.get("/registers/gaspipes/export.geojson")
    content = b"".join(answer.streaming_content).decode()
    (feature,) = json.loads(content)["features"]
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[116.2, 36.8], [116.21, 36.8]]}
    result = send(content, "again.geojson")
    assert (result["unchanged"], result["refused"], result["created"]) == (1, 0, 0), result
    feature["properties"] |= {"code": "P2"}
    feature["geometry"]["coordinates"][1] = [116.25, 36.8]
    result = send(json.dumps({"type": "FeatureCollection", "features": [feature]}), "new.json")
    assert result["created"] == 1
    assert GasPipe.objects.get(code="P2").max_lon == 116.25


def test_points_come_in_from_geojson_under_names_or_titles(send):
    point = {"type": "Point", "coordinates": [116.2, 36.8]}
    valve = {
        "编号": "V1",
        "名称": "一号阀",
        "区域": "371526001",
        "类型": "阀门",
        "node": "a",
        "far_node": "b",
        "阀门状态": "关",
    }
    features = [{"type": "Feature", "geometry": point, "properties": valve}]
    result = send(json.dumps({"type": "FeatureCollection", "features": features}), "v.geojson", register="gaspoints")
    assert result["created"] == 1, result["problems"]
    row = GasPoint.objects.get(code="V1")
    assert (row.lon, row.lat, row.state) == (116.2, 36.8, "closed")


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"features": 3}', '{"features": [3]}', '{"features": [{"geometry": {"type": "Point"}}]}', "{"],
)
def test_what_is_no_geojson_is_refused_whole(send, content):
    result = send(content, "t.geojson")
    assert "GeoJSON" in result["refused_file"] or "空的" in result["refused_file"]


def test_a_line_shows_wherever_it_reaches_into_a_box_or_zone(send, people):
    send("\n".join([HEADER, ROW.format(code="P1", line='"116.2,36.8;116.3,36.8"')]))
    for bbox, count in (("116.19,36.7,116.21,36.9", 1), ("116.31,36.7,116.4,36.9", 0)):
        layer = send.browser.get("/registers/gaspipes/layer.geojson", {"bbox": bbox})
        assert len(json.loads(layer.content)["features"]) == count
        page = send.browser.get("/ogc/collections/gaspipes/items", {"bbox": bbox})
        assert json.loads(b"".join(page.streaming_content))["numberMatched"] == count
    extent = send.browser.get("/ogc/collections/gaspipes").json()["extent"]["spatial"]["bbox"]
    assert extent == [[116.2, 36.8, 116.3, 36.8]]
    user = people["duty_officer"]
    near, far = (shapely.Point(x, 36.8).buffer(0.01) for x in (116.2, 116.4))
    assert [one.count for one in inside(near, user).ledgers if one.ledger.name == "gaspipes"] == [1]
    assert not [one for one in inside(far, user).ledgers if one.ledger.name == "gaspipes"]
