"""A network is kept packed, the newest is in use, and obstacles bear on it without touching it."""

import math
from dataclasses import fields

import numpy as np
import pytest

from anlan.cli import main
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.packing import pack, unpack
from anlan.foundation.roads.queries import current_network, roads_of, seconds_with
from anlan.foundation.roads.registry import Obstacle
from anlan.foundation.roads.services import import_network, keep_network
from anlan.science.geo.roads.graph import build, seconds
from tests.foundation.roads.test_reading import as_geojson


@pytest.fixture
def cross():
    return build(
        nodes=[[116.2, 36.8], [116.25, 36.8], [116.3, 36.8]], start=[0, 1], end=[1, 2], speed_kmh=[60, 45.5],
        max_weight_t=[np.nan, 20], is_one_way=[False, True],
    )  # fmt: skip


def test_packing_loses_nothing_that_counts(cross):
    again = unpack(pack(cross))
    for field in fields(cross):
        before, after = getattr(cross, field.name), getattr(again, field.name)
        assert after.dtype == before.dtype
        if field.name == "names":
            assert after.tolist() == before.tolist()
        else:
            np.testing.assert_allclose(after, before, rtol=1e-6)


def test_the_newest_import_is_in_use_and_the_older_stays(city, rules, tmp_path, people, cross):
    first = import_network(actor=people["commander"], path=as_geojson(tmp_path), area=city, title="一期")
    assert (first.edges, first.nodes, first.is_synthetic) == (4, 5, False)
    assert "默认速度" in first.notes
    second = keep_network(actor="test", roads=cross, area=city, title="二期", source="试", is_synthetic=True)
    assert current_network() == second
    assert RoadNetwork.objects.count() == 2
    assert roads_of(second).size == 2
    assert AuditEntry.objects.filter(action="roadnetworks.import").count() == 2


def test_obstacles_close_or_slow_what_passes_near(cross):
    free = seconds(cross)
    place = {"title": "试", "area_code": "371526", "lat": 36.8, "radius_m": 60}
    jam, flood = Obstacle(lon=116.22, factor=3, **place), Obstacle(lon=116.28, **place)
    now = seconds_with(cross, [jam, flood])
    assert now.tolist() == [pytest.approx(3 * free[0]), math.inf]
    both = seconds_with(cross, [Obstacle(lon=116.28, factor=2, **place), flood])
    assert both.tolist() == [pytest.approx(free[0]), math.inf]
    assert seconds_with(cross, []).tolist() == free.tolist()


def test_the_command_imports_and_refuses(city, rules, tmp_path, capsys):
    assert main(["import-roads", str(as_geojson(tmp_path)), "--title", "试路网", "--synthetic"]) == 0
    assert "试路网: 5 nodes, 4 edges" in capsys.readouterr().out
    assert current_network().is_synthetic
    assert main(["import-roads", str(tmp_path / "none.shp")]) == 2
    assert "找不到" in capsys.readouterr().out
