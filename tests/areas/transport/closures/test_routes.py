"""A route goes round what is closed, and says so."""

from datetime import date

import pytest
from django.utils import timezone

from anlan.areas.transport.closures.models import Closure
from anlan.foundation.roads.models import SpeedProfile
from anlan.foundation.roads.queries import roads_of
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build

#: From the south-west corner to the south-east one: the straight side, or three sides round.
ENDS = {"from_lon": 116.2, "from_lat": 36.8, "to_lon": 116.3, "to_lat": 36.8}


@pytest.fixture
def square(city, rules):
    roads = build(
        nodes=[[116.2, 36.8], [116.3, 36.8], [116.3, 36.9], [116.2, 36.9]], start=[0, 1, 2, 3], end=[1, 2, 3, 0],
        speed_kmh=[60.0] * 4, length_m=[6000.0] * 4, max_height_m=[4.0, 9, 9, 9], names=["慢", "", "", ""],
    )  # fmt: skip
    return keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)


def find(client, **given):
    answer = client.get("/routes/find.json", ENDS | given)
    return answer.status_code, answer.json()


def test_a_closure_sends_the_route_round_at_once(square, client_of):
    client = client_of("transport")
    assert find(client)[1]["now"]["minutes"] == 6.0
    row = Closure.objects.create(
        code="A", name="桥", reason="flooded", area_id="371526", source="试", lon=116.25, lat=36.8
    )
    _, found = find(client)
    assert (found["now"]["minutes"], found["if_all_open"]["minutes"]) == (18.0, 6.0)
    assert found["now"]["km"] == 18.0
    assert len(found["now"]["line"]["coordinates"]) == 4
    Closure.objects.create(code="B", name="路", reason="flooded", area_id="371526", source="试", lon=116.25, lat=36.9)
    assert find(client)[1]["now"] is None
    row.reopened_at = timezone.now()
    row.save()
    assert find(client)[1]["now"]["minutes"] == 6.0


def test_a_high_vehicle_goes_round_the_low_bridge(square, client_of):
    client = client_of("transport")
    assert find(client, height_m=4.2)[1]["now"]["minutes"] == 18.0
    assert find(client, height_m=3.9)[1]["now"]["minutes"] == 6.0


def test_the_route_is_that_of_the_hour_of_departure_and_changes_on_the_way(square, client_of):
    # The straight side crawls from eight on; three sides round stay free.
    roads = roads_of(square)
    for name, shares in (("慢", ["1"] * 8 + ["0.1"] * 16), ("", ["1"] * 24)):
        SpeedProfile.objects.create(
            code=f"S{name}", area_id="371500", day_kind="workday", road_class="service", road_name=name, source="实测",
            shares=" ".join(shares), effective_from=date(2026, 1, 1),
        )  # fmt: skip
    assert roads.names.tolist() == ["", "慢"]
    client = client_of("transport")
    assert find(client, depart_at="2026-11-27T06:00")[1]["now"]["minutes"] == 6.0
    _, found = find(client, depart_at="2026-11-27T08:00")
    assert (found["now"]["minutes"], found["is_now"]) == (18.0, False)
    assert found["speeds"] == "按工作日 08 时车速，来源：实测（待核对）；途中逐时变速"
    # Three minutes at the free speed, then three at a tenth of it would be thirty: still sooner by the free sides.
    assert find(client, depart_at="2026-11-27T07:57")[1]["now"]["minutes"] == 18.0
    assert find(client, depart_at="2026-11-27T07:55")[1]["now"]["minutes"] == 15.0
    assert find(client, depart_at="2026-11-28T08:00")[1]["now"]["minutes"] == 6.0  # a Saturday


@pytest.mark.parametrize(
    "wrong", [{"depart_at": "gestern"}, {"from_lon": "x"}, {"to_lat": 99}, {"to_lon": 10}, {"height_m": -1}]
)
def test_a_wrong_question_is_answered_with_the_reason(square, client_of, wrong):
    status, found = find(client_of("transport"), **wrong)
    assert status == 400
    assert found["problem"]


def test_the_page_says_that_the_network_is_synthetic(square, client_of):
    assert "路网是合成数据" in client_of("transport").get("/routes/").content.decode()
    assert client_of("warehouse").get("/routes/").status_code == 403


def test_without_a_network_the_page_says_how_to_get_one(city, rules, client_of):
    assert "import-roads" in client_of("transport").get("/routes/").content.decode()
    assert find(client_of("transport"))[0] == 400
