"""The register itself: what a pipe refuses, what does not join, the part of a network for a scenario, the sample."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from anlan.areas.risk.gas import demo, indicators, topology
from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.neighbourhood import around, side
from anlan.areas.risk.gas.queries import net_for, pipes_near
from anlan.areas.risk.monitoring.models import Station
from anlan.foundation.accounts.models import Department
from anlan.foundation.places.models import Area
from anlan.science.hazards.declaring import read
from anlan.science.hazards.gas_leak.network import isolate
from anlan.science.hazards.gas_leak.scenario import Net as Scenario
from anlan.science.hazards.gas_leak.valves import network


def test_a_pipe_refuses_a_pressure_above_its_grade_with_the_clause(make_pipe):
    with pytest.raises(ValidationError) as refused:
        make_pipe("P", "a", "b", 116.2, 116.21, grade="medium_b", pressure_mpa=0.3)
    (text,) = refused.value.message_dict["pressure_mpa"]
    assert "0.2 MPa" in text
    assert "GB 50028" in text
    make_pipe("P", "a", "b", 116.2, 116.21, grade="medium_a", pressure_mpa=0.4)


def test_a_code_is_used_once_in_the_whole_network(make_pipe, make_point):
    make_pipe("A1", "a", "b", 116.2, 116.21)
    with pytest.raises(ValidationError, match="这个编号已用于燃气管段"):
        make_point("A1", "source", "a")


def test_a_line_tells_length_middle_and_box(make_pipe):
    pipe = make_pipe("P", "a", "b", 116.2, 116.21)
    assert pipe.length_m == pytest.approx(890.4, abs=1)
    assert (pipe.lon, pipe.lat) == (116.205, 36.8)
    assert (pipe.min_lon, pipe.max_lon) == (116.2, 116.21)


def findings(people) -> set[tuple[str, str]]:
    return {(one.kind, one.part.code) for one in topology.check(net_for(people["duty_officer"]))}


def test_a_network_that_joins_has_no_findings(people, street, client_of):
    assert findings(people) == set()
    assert "没有发现问题" in client_of("duty_officer").get("/gas/check/").content.decode()


def test_everything_that_does_not_join_is_told_with_its_record(people, street, make_pipe, make_point, client_of):
    make_pipe("loose", "c2", "nobody", 116.23, 116.235, lat=36.8)
    make_pipe("almost", "END", "x", 116.24001, 116.25)  # a metre from node `end`
    make_point("U9", "users", "x", users="homes")
    make_pipe("empty", "end", "n1", 116.24, 116.2400001)
    make_point("U8", "users", "n1", users="homes")
    make_pipe("loop", "src", "src", 116.2, 116.21)
    make_pipe("apart", "a1", "n2", 116.30, 116.31)
    make_point("U7", "users", "n2", users="homes")
    make_pipe("low", "b1", "n3", 116.22, 116.22, lat=36.8, grade="low", pressure_mpa=0.003)
    GasPipe.objects.filter(code="low").update(length_m=50)
    make_point("R1", "regulator", "n3", "b2", lon=116.22)  # its high side has the lower pressure
    make_point("V9", "valve", "q1", "q2")
    assert findings(people) >= {
        ("loose", "loose"), ("loose", "almost"), ("empty", "empty"), ("loop", "loop"), ("apart", "apart"),
        ("pressure", "low"), ("backwards", "R1"), ("point", "V9"), ("island", "almost"),
    }  # fmt: skip
    page = client_of("duty_officer").get("/gas/check/").content.decode()
    assert f"/registers/gaspipes/{GasPipe.objects.get(code='loop').pk}/" in page
    assert "离节点 end 只有" in page


def test_what_only_a_closed_valve_keeps_from_gas_is_told_apart(people, street):
    GasPoint.objects.filter(code="V2").update(valve_state="closed")
    assert findings(people) == {("unfed", "P3"), ("unfed", "P4")}


def test_stopped_pipes_are_no_part_of_the_network(people, street):
    GasPipe.objects.filter(code="P4").update(status="stopped")
    assert ("point", "V3") in findings(people)
    assert [near.pipe.code for near in pipes_near(people["duty_officer"], 116.235, 36.8)] == []


@pytest.mark.parametrize("most", [3, 4, 6])
def test_a_part_of_the_network_asks_for_the_same_valves_as_the_whole(people, street, make_pipe, make_point, most):
    for n in range(12):  # a branch behind the school, with homes at its end
        make_pipe(
            f"B{n:02d}",
            "b1" if n == 0 else f"m{n}",
            f"m{n + 1}",
            116.22,
            116.22 + 0.001 * (n + 1),
            lat=36.79 - 0.001 * n,
        )
    make_point("U5", "users", "m12", users="homes", customers=70)
    net = net_for(people["duty_officer"])
    pipe = net.parts["P3 P3段"]
    near = around(net, pipe, most)
    assert near.left_out == len(net.links) - most
    scenario = read(Scenario, {"leaking": pipe.label, "links": near.links, "users": near.users})
    whole, part = isolate(net.graph, pipe.label), isolate(network(scenario), pipe.label)
    assert part.valves == whole.valves == ("V2 V2点",)
    assert part.is_isolated
    homes = {row.name: row.count for row in scenario.users if row.kind == "homes" and row.node in part.lost}
    assert homes == {"U2 U2点": 300}


def test_the_way_to_the_next_valve_is_measured_along_the_pipes(people, street):
    net = net_for(people["duty_officer"])
    pipe = net.parts["P3 P3段"]
    assert (side(net, pipe, "b2").bound.code, side(net, pipe, "b2").metres) == ("V2", 0.0)
    GasPoint.objects.filter(code="V3").update(valve_state="stuck")
    net = net_for(people["duty_officer"])
    reach = side(net, net.parts["P3 P3段"], "c1")
    assert reach.bound is None
    assert reach.metres == pytest.approx(890.4, abs=1)


@pytest.fixture
def sample(city, people, rules):
    Department.objects.create(code="demo-gas", name="示例燃气", kind="enterprise", area_id="371502")
    Area.objects.filter(pk="371502001").update(lon=115.985, lat=36.446)
    demo.load(city)


def test_the_sample_joins_loads_once_and_is_marked(sample, city, people):
    before = GasPipe.objects.count(), GasPoint.objects.count(), Station.objects.count()
    demo.load(city)
    assert (GasPipe.objects.count(), GasPoint.objects.count(), Station.objects.count()) == before
    assert {row.name[-4:] for row in (*GasPipe.objects.all(), *GasPoint.objects.all())} == {"（示例）"}
    assert not GasPipe.objects.filter(is_demo=False).exists()
    # Behind the closed valve the middle of the ring is fed from the other side: nothing is without gas.
    assert findings(people) == set()
    states = [point.state for point in GasPoint.objects.filter(kind="valve")]
    assert (states.count("stuck"), states.count("closed"), len(states)) == (1, 1, 12)
    detector = Station.objects.get(code="DEMO-GD-01")
    assert pipes_near(people["duty_officer"], detector.lon, detector.lat)


def test_indicators_count_stuck_and_neglected_valves(street, settings):
    now = timezone.now()
    assert indicators.closable("371500", now).value == 100.0
    assert indicators.exercised("371500", now).value == 0.0
    GasPoint.objects.filter(code="V1").update(valve_state="stuck", exercised_on=timezone.localdate())
    assert indicators.closable("371500", now).value == 66.7
    assert indicators.exercised("371500", now).value == 33.3
    assert indicators.closable("371503", now).value is None
