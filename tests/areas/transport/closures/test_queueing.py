"""The queue is laid along the road that traffic comes on; its inputs keep their sources; telling happens once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.queueing import estimate_queue, proposal, tell_queue
from anlan.areas.transport.closures.upstream import directions, upstream
from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.notices.models import Notice
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.distance import great_circle_km
from anlan.science.geo.roads.graph import build

#: West to east, then a fork: straight on and a turn to the north.
NODES = [[116.20, 36.8], [116.25, 36.8], [116.30, 36.801], [116.25, 36.85]]
INPUTS = {
    "flow_veh_h": 2000.0, "lanes": 2, "blocked_lanes": 1, "capacity_veh_h_lane": 2000.0, "free_speed_kmh": 100.0,
    "blocked_min": 30.0,
}  # fmt: skip


@pytest.fixture
def roads():
    return build(
        nodes=NODES, start=[0, 1, 1], end=[1, 2, 3], speed_kmh=[100.0] * 3, road_class=[0] * 3, capacity=[4400.0] * 3
    )


@pytest.fixture
def closure(city, rules, roads):
    keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)
    return Closure.objects.create(
        code="A", name="桥", reason="obstructed", area_id="371526", source="试", lon=116.21, lat=36.8, lanes=2,
        blocked_lanes=1, until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip


def test_upstream_goes_straight_on_at_a_fork(roads):
    assert [name for name, _from_start in directions(roads, 116.21, 36.8)] == ["w", "e"]
    line = upstream(roads, 116.21, 36.8, from_start=False, metres=6000)
    assert abs(line.length_m - 6000) < 1
    lon, lat = line.place(6000)
    assert lon > 116.27
    assert lat < 36.81
    assert abs(great_circle_km(116.21, 36.8, *line.place(2143)) - 2.143) < 0.02
    short = upstream(roads, 116.21, 36.8, from_start=True, metres=6000)
    assert short.length_m < 1000
    assert short.place(5000) == pytest.approx((116.20, 36.8), abs=1e-4)


def test_what_is_known_is_proposed_with_its_source(closure):
    inputs, sources, sides = proposal(closure)
    assert inputs == {
        "lanes": 2, "blocked_lanes": 1, "capacity_veh_h_lane": 2200, "free_speed_kmh": 100, "blocked_min": 60,
    }  # fmt: skip
    assert sources["capacity_veh_h_lane"] == "试路网"
    assert sources["lanes"] == "道路阻断台账"
    assert [from_start for from_start, _title in sides] == [True, False]


def test_an_estimate_keeps_inputs_sources_and_places(closure, people):
    made = estimate_queue(
        actor=people["traffic_police"], closure=closure, from_start=False, flow_source="卡口", **INPUTS
    )
    result = made.result
    assert (round(result["growth_kmh"], 2), round(result["longest_m"])) == (3.41, 2143)
    assert [one["minutes"] for one in result["ends"]] == [15, 30]
    assert result["ends"][1]["end_m"] == round(result["growth_kmh"] * 500)
    assert made.sources["flow_veh_h"] == "卡口"
    assert made.sources["lanes"] == "道路阻断台账"
    assert made.sources["capacity_veh_h_lane"] == "交通警察甲"
    posts = {one["kind"]: one for one in result["posts"]}
    assert abs(posts["signs"]["metres"] - (2143 + 183 + 500)) <= 2
    assert posts["variable_message"]["metres"] - posts["signs"]["metres"] == 1500
    assert posts["signs"]["place"][0] > closure.lon


def test_what_the_model_cannot_answer_is_refused_in_words(closure, people):
    with pytest.raises(ValidationError, match="算不出"):
        estimate_queue(
            actor=people["transport"],
            closure=closure,
            from_start=True,
            flow_source="x",
            **(INPUTS | {"flow_veh_h": 9000}),
        )
    with pytest.raises(PermissionDenied):
        estimate_queue(actor=people["analyst"], closure=closure, from_start=True, flow_source="x", **INPUTS)


def test_police_and_dispatchers_of_the_area_are_told_once(closure, people):
    far = Department.objects.create(code="far", name="外县", area_id="371502")
    Post.objects.create(department=far, title="交警", role="traffic_police")
    made = estimate_queue(actor=people["transport"], closure=closure, from_start=False, flow_source="卡口", **INPUTS)
    assert tell_queue(actor=people["transport"], estimate=made) == 2
    assert Notice.objects.filter(title__startswith="排队预警").count() == 2
    assert "情报板" in closure.entries.get(kind="queue").text
    with pytest.raises(ValidationError, match="已经通知"):
        tell_queue(actor=people["transport"], estimate=made)


def test_the_page_estimates_and_tells(closure, client_of):
    client = client_of("traffic_police")
    address = f"/roads/closures/{closure.pk}/"
    assert "测算排队" in client.get(address).content.decode()
    assert client.post(f"{address}estimate/", INPUTS | {"from_start": "False"}).status_code == 422
    answer = client.post(f"{address}estimate/", INPUTS | {"from_start": "False", "flow_source": "卡口"})
    assert answer.status_code == 302
    assert "最长约 2143 米" in client.get(address).content.decode()
    client.post(f"{address}tell/", {"estimate": closure.estimates.get().pk})
    assert closure.estimates.get().told_at is not None
    assert client.post(f"{address}nonsense/").status_code == 404


def test_the_indicator_counts_blocks_whose_queue_was_told(closure, people):
    value = lambda: indicators()["closures.queue_told_rate"].compute("371500", timezone.now()).value  # noqa: E731
    assert value() == 0
    made = estimate_queue(actor=people["transport"], closure=closure, from_start=False, flow_source="卡口", **INPUTS)
    tell_queue(actor=people["transport"], estimate=made)
    assert value() == 100
