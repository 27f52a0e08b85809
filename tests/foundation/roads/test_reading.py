"""Road files of three kinds become the same network; what is wrong with one is said."""

import json

import numpy as np
import pytest
import shapefile

from anlan.foundation.roads.reading import Line, RoadFileError, read_lines
from anlan.foundation.roads.reading.network import network_of
from anlan.science.geo.roads.graph import CLASSES, seconds, snap
from anlan.science.geo.roads.search import matrix

SPEEDS = dict.fromkeys(CLASSES, 40.0)
#: A main road crossed in the middle by a one-way lane, and a footpath.
ROADS = [
    ([[116.0, 36.0], [116.01, 36.0], [116.02, 36.0]], {"highway": "primary", "maxspeed": "60", "maxheight": "4.2"}),
    ([[116.01, 36.01], [116.01, 36.0], [116.01, 35.99]], {"highway": "residential", "oneway": "yes", "hazmat": "no"}),
    ([[116.0, 36.0], [116.0, 36.02]], {"highway": "footway", "oneway": "", "maxspeed": ""}),
]


def as_geojson(folder):
    features = [
        {"type": "Feature", "properties": tags, "geometry": {"type": "LineString", "coordinates": points}}
        for points, tags in ROADS
    ]
    path = folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def as_shapefile(folder):
    names = ("highway", "maxspeed", "oneway", "maxheight", "hazmat")
    with shapefile.Writer(str(folder / "roads.shp"), shapeType=shapefile.POLYLINE, encoding="utf-8") as file:
        for name in names:
            file.field(name.upper(), "C")
        for points, tags in ROADS:
            file.line([points])
            file.record(*(tags.get(name, "") for name in names))
    return folder / "roads.shp"


def as_osm(folder):
    ids, nodes, ways = {}, [], []
    for number, (points, tags) in enumerate(ROADS, 1):
        for lon, lat in points:
            if (lon, lat) not in ids:
                ids[lon, lat] = len(ids) + 1
                nodes.append(f'<node id="{ids[lon, lat]}" version="1" lon="{lon}" lat="{lat}"/>')
        refs = "".join(f'<nd ref="{ids[tuple(point)]}"/>' for point in points)
        words = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        ways.append(f'<way id="{number}" version="1">{refs}{words}</way>')
    path = folder / "roads.osm"
    path.write_text(f'<osm version="0.6">{"".join(nodes + ways)}</osm>', "utf-8")
    return path


@pytest.mark.parametrize("write", [as_geojson, as_shapefile, as_osm])
def test_three_kinds_of_files_give_one_network(tmp_path, write):
    drawing = network_of(read_lines(write(tmp_path)), SPEEDS)
    roads = drawing.roads
    assert (len(roads.nodes), roads.size) == (5, 4)
    assert sorted(roads.speed_kmh.tolist()) == [40, 40, 60, 60]
    assert sorted(roads.is_one_way.tolist()) == [False, False, True, True]
    assert np.nansum(roads.max_height_m) == pytest.approx(8.4)
    assert roads.allows_hazardous.sum() == 2
    assert drawing.default_speeds == 2
    assert list(drawing.left_out.values()) == [1]
    north, south = snap(roads, [[116.01, 36.01]]), snap(roads, [[116.01, 35.99]])
    assert np.isfinite(matrix(roads, seconds(roads), north, south))
    assert np.isinf(matrix(roads, seconds(roads), south, north))


def test_a_way_drawn_against_its_direction_is_turned():
    line = Line(points=np.array([[116.0, 36.0], [116.01, 36.0]]), tags={"highway": "primary", "oneway": "-1"})
    roads = network_of([line], SPEEDS).roads
    assert roads.is_one_way.all()
    assert roads.nodes[roads.start[0]].tolist() == [116.01, 36.0]


def test_a_given_length_is_shared_among_the_pieces():
    lines = [
        Line(points=np.array([[116.0, 36.0], [116.01, 36.0], [116.04, 36.0]]), tags={"class": "国道", "length_km": 8}),
        Line(points=np.array([[116.01, 36.0], [116.01, 36.1]]), tags={"class": "县道"}),
    ]
    roads = network_of(lines, SPEEDS).roads
    assert sorted(roads.length_m.round().tolist()) == [2000, 6000, 11120]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.geojson", "{", "不是 GeoJSON"),
        ("a.geojson", "[]", "不是 GeoJSON"),
        ("a.geojson", '{"features": [{"geometry": {"type": "LineString", "coordinates": [["x"]]}}]}', "第 1 个要素"),
        ("a.geojson", '{"features": []}', "没有可用的道路"),
        ("a.shp", "nothing", "读不了"),
        ("a.osm", "<osm", "读不了"),
        ("a.txt", "", "不认识"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path, name, text, words):
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(RoadFileError, match=words):
        network_of(read_lines(tmp_path / name), SPEEDS)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(RoadFileError, match="找不到"):
        read_lines(tmp_path / "roads.geojson")


@pytest.mark.parametrize("points", [[[116, 36], [np.nan, 36]], [[116, 36], [200, 36]], [[116, 36], [116, 36]]])
def test_lines_that_are_none_are_left_out_and_counted(points):
    good = Line(points=np.array([[116.0, 36.0], [116.01, 36.0]]), tags={"highway": "primary"})
    bad = Line(points=np.array(points, dtype=float), tags={"highway": "primary"})
    drawing = network_of([good, bad], SPEEDS)
    assert drawing.roads.size == 1
    assert sum(drawing.left_out.values()) == 1


def test_real_streets_are_read(shared):
    path = shared / "data" / "osm-test-extracts" / "Helsinki.osm.pbf"
    if not path.is_file():
        pytest.skip("the extract is not beside this checkout")
    roads = network_of(read_lines(path), SPEEDS).roads
    assert roads.size > 500
    assert 0 < roads.is_one_way.mean() < 1
    everywhere = snap(roads, roads.nodes)
    times = matrix(roads, seconds(roads), everywhere[:5], everywhere)
    assert np.isfinite(times).mean() > 0.1
