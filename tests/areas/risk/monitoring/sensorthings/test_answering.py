"""The service is asked over HTTP: entities, relations, pages, expansions, Observations from fresh and merged readings."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.areas.risk.monitoring.models import Station
from anlan.areas.risk.monitoring.sensorthings import observations
from anlan.areas.risk.monitoring.views.sensorthings import ALLOWANCE
from anlan.protocols.sensorthings import SETS, options, paths
from tests.areas.risk.monitoring.sensorthings.conftest import ROOT, at, keep, names
from tests.protocols.sensorthings.test_addresses import queries, resources

pytestmark = pytest.mark.django_db


def test_the_root_names_the_sets_and_what_is_kept_to(world, ask):
    root = ask("")
    assert [one["name"] for one in root["value"]] == list(SETS)
    assert root["value"][0]["url"] == f"http://testserver{ROOT}/Things"
    assert any(name.endswith("/datamodel") for name in root["serverSettings"]["conformance"])


def test_a_station_is_a_thing_with_location_datastreams_and_their_sensors(world, ask):
    thing = ask("Things?$filter=name eq 'H1站'&$expand=Locations,Datastreams($expand=Sensor,ObservedProperty)")[
        "value"
    ][0]
    assert thing["properties"]["warning_mark"] == 30.0
    assert thing["Locations"][0]["location"] == {"type": "Point", "coordinates": [116.2, 36.8]}
    (stream,) = thing["Datastreams"]
    assert stream["unitOfMeasurement"] == {"name": "米", "symbol": "m", "definition": "ucum:m"}
    assert stream["Sensor"]["properties"]["channel"] == "Z"
    assert stream["ObservedProperty"]["@iot.id"] == "stage"
    assert thing["Datastreams@iot.navigationLink"] == thing["@iot.selfLink"] + "/Datastreams"


@pytest.mark.parametrize("kind", [name for name in SETS if name != "Observations"])
def test_every_link_of_every_entity_leads_somewhere(world, ask, kind):
    for one in ask(f"{kind}?$top=5")["value"]:
        path = one["@iot.selfLink"].partition(f"{ROOT}/")[2]
        assert ask(path) == one
        for name, link in one.items():
            if name.endswith("navigationLink"):
                found = ask(link.partition(f"{ROOT}/")[2])
                assert "value" in found or found["@iot.selfLink"]


def test_a_station_without_position_has_no_location_and_no_feature(world, ask):
    key = ask("Things?$filter=name eq '无位置站'")["value"][0]["@iot.id"]
    assert ask(f"Things({key})/Locations")["value"] == []
    ask(f"Locations({key})", status=404)
    ask(f"FeaturesOfInterest({key})", status=404)


def test_values_references_and_properties(world, ask):
    key = world.stage.station_id
    assert ask(f"Things({key})/name") == {"name": "H1站"}
    assert ask(f"Things({key})/name/$value").content.decode() == "H1站"
    assert ask(f"Things({key})/properties/warning_mark") == {"warning_mark": 30.0}
    assert ask("Things/$ref?$top=1")["value"][0].keys() == {"@iot.selfLink"}
    assert ask(f"Datastreams({world.stage.pk})/Thing/$ref")["@iot.selfLink"].endswith(f"/Things({key})")
    ask(f"Things({key})/properties/nothing", status=404)


def test_pages_are_counted_sorted_selected_and_followed(world, ask, follow):
    first = ask("Things?$orderby=name desc&$top=3&$count=true&$select=name,id")
    assert first["@iot.count"] == 4
    assert first["value"][0].keys() == {"@iot.id", "@iot.selfLink", "name"}
    seen = [name for page in follow(first) for name in names(page)]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4
    plain = [name for page in follow(ask("Datastreams?$top=1")) for name in names(page)]
    assert len(plain) == len(set(plain)) == 4


def test_filters_look_through_relations_and_shapes(world, ask):
    assert names(ask("Things?$filter=Datastreams/ObservedProperty/@iot.id eq 'stage'")) == ["H1站"]
    assert names(ask("Datastreams?$filter=Thing/properties/kind eq 'rain' and unitOfMeasurement/symbol eq 'mm'")) == [
        "R1站 R1仪"
    ]
    inside = "st_within(location, geography'POLYGON ((116 36, 117 36, 117 37, 116 37, 116 36))')"
    assert len(ask(f"Locations?$filter={inside}")["value"]) == 3
    assert ask("Locations?$filter=geo.distance(location, geography'POINT (0 0)') lt 1")["value"] == []
    refused = ask("Things?$filter=Datastreams/Observations/result gt 3", status=400)
    assert "Observations" in refused["message"]


def test_observations_of_a_datastream_page_through_blocks_and_fresh_readings(world, ask, follow):
    path = f"Datastreams({world.stage.pk})/Observations"
    answer = ask(f"{path}?$count=true&$top=50")
    assert answer["@iot.count"] == 241
    found = [one for page in follow(answer) for one in page["value"]]
    times = [one["phenomenonTime"] for one in found]
    assert times == sorted(set(times))
    assert len(times) == 241
    assert found[1]["result"] == 99.5  # of two at one moment the later received
    newest = ask(f"{path}?$orderby=phenomenonTime desc&$top=2")
    assert [one["result"] for one in newest["value"]] == [31.5, pytest.approx(29.0 + 7.17)]
    backwards = [one for page in follow(ask(f"{path}?$orderby=phenomenonTime desc&$top=100")) for one in page["value"]]
    assert [one["@iot.id"] for one in backwards] == [one["@iot.id"] for one in found][::-1]
    assert [one["@iot.id"] for one in ask(f"{path}?$skip=239")["value"]] == [one["@iot.id"] for one in found[239:]]


def test_observations_are_filtered_by_time_value_and_the_rest(world, ask):
    path = f"Datastreams({world.stage.pk})/Observations"
    start, end = (f"{at(minute):%Y-%m-%dT%H:%M:%SZ}" for minute in (30, 120))
    found = ask(f"{path}?$filter=phenomenonTime ge {start} and phenomenonTime lt {end}&$count=true")
    assert found["@iot.count"] == 3
    assert ask(f"{path}?$filter=result gt 99 and result le 99.5")["value"][0]["phenomenonTime"] == start
    odd = ask(f"{path}?$filter=minute(phenomenonTime) eq 30 and result lt 30 and phenomenonTime lt {end}")
    assert [one["phenomenonTime"][14:16] for one in odd["value"]] == ["30"]
    highest = ask(f"{path}?$orderby=result desc&$top=2&$select=result")
    assert highest["value"][0] == {"result": 99.5}
    nothing = ask(f"Datastreams({world.rain.pk})/Observations?$filter=result eq null")
    assert [one["resultQuality"]["result"] for one in nothing["value"]] == ["good"]


def test_observations_of_all_datastreams_come_in_the_order_of_time(world, ask, follow):
    first = ask("Observations?$top=3&$count=true")
    assert first["@iot.count"] == 245
    found = [one for page in follow(first) for one in page["value"]]
    assert len({one["@iot.id"] for one in found}) == 245
    times = [one["phenomenonTime"] for one in found]
    assert times == sorted(times)
    of_rain = ask(
        "Observations?$filter=Datastream/ObservedProperty/@iot.id eq 'rain_total'&$count=true&$expand=Datastream"
    )
    assert of_rain["@iot.count"] == 3
    assert {one["Datastream"]["@iot.id"] for one in of_rain["value"]} == {world.rain.pk}
    doubted = ask("Observations?$filter=resultQuality/result ne 'good'")
    assert [one["result"] for one in doubted["value"]] == [7.0]
    either = ask(f"Observations?$filter=Datastream/@iot.id eq {world.gas.pk} or result gt 99")
    assert [one["result"] for one in either["value"]] == [99.5, 7.0]


def test_an_observation_has_an_address_of_its_own(world, ask):
    one = ask("Observations?$top=1&$expand=Datastream,FeatureOfInterest")["value"][0]
    path = one["@iot.selfLink"].partition(f"{ROOT}/")[2]
    assert ask(path)["result"] == one["result"]
    assert ask(f"{path}/Datastream")["@iot.id"] == one["Datastream"]["@iot.id"]
    assert ask(f"{path}/FeatureOfInterest/name")
    assert ask(f"{path}/result/$value").content
    for key in ("x", "1-x", "999999-0", "1-99999999999999", "-1-1", "1--1", "１-1"):
        ask(f"Observations('{key}')", status=404)


def test_observations_come_as_data_arrays(world, ask):
    groups = ask(f"Observations?$resultFormat=dataArray&$filter=phenomenonTime le {at(60):%Y-%m-%dT%H:%M:%SZ}")["value"]
    assert {len(group["dataArray"]) for group in groups} == {1, 2, 3}
    assert all(group["dataArray@iot.count"] == len(group["dataArray"]) for group in groups)
    assert groups[0]["components"][:2] == ["id", "phenomenonTime"]


def test_the_newest_reading_of_every_datastream_is_one_request_without_a_query_each(
    world, ask, django_assert_max_num_queries
):
    ask("")  # signs in
    address = "Things?$expand=Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc;$select=result))"
    with django_assert_max_num_queries(14):
        things = ask(address)["value"]
    newest = {
        thing["name"]: [one["result"] for stream in thing["Datastreams"] for one in stream["Observations"]]
        for thing in things
    }
    assert newest == {"H1站": [31.5], "R1站": [None], "G1站": [7.0], "无位置站": []}
    for number in range(20):
        Station.objects.create(code=f"N{number}", name=f"N{number}", kind="rain", area_id="371502", lon=116, lat=36)
    with django_assert_max_num_queries(14):
        ask(address)


def test_expanded_observations_are_cut_counted_and_go_on(world, ask):
    stream = ask(
        f"Datastreams({world.stage.pk})?$expand=Observations($top=2;$skip=1;$count=true;$filter=result lt 29.2)"
    )
    assert [one["result"] for one in stream["Observations"]] == pytest.approx([29.06, 29.09])
    assert stream["Observations@iot.count"] == 6
    link = stream["Observations@iot.nextLink"].partition(f"{ROOT}/")[2].replace("%20", " ")
    assert [one["result"] for one in ask(link)["value"]] == pytest.approx([29.12, 29.15])
    place = ask(
        f"FeaturesOfInterest({world.rain.station_id})?$expand=Observations($orderby=phenomenonTime desc;$top=1)"
    )
    assert place["Observations"][0]["result"] is None


def test_readings_of_absurd_moments_are_answered_as_they_are(world, ask):
    keep(world.gas, {-60 * 24 * 365 * 100: 1.0, 60 * 24 * 365 * 500: 2.0})
    found = ask(f"Datastreams({world.gas.pk})/Observations")
    assert [one["phenomenonTime"][:4] for one in found["value"]] == ["1926", "2026", "2526"]
    for year in ("0001", "9999"):
        ask(f"Observations?$filter=phenomenonTime ge {year}-12-31T23:59:59Z&$top=1")
        ask(f"Observations?$filter=phenomenonTime le {year}-01-01T00:00:00Z&$top=1")


def test_a_query_that_looks_through_too_much_is_told_to_narrow(world, ask, monkeypatch):
    monkeypatch.setattr(observations, "SCAN", 300)
    assert "phenomenonTime" in ask("Observations?$count=true&$top=20", status=400)["message"]
    assert "phenomenonTime" in ask(f"Datastreams({world.stage.pk})/Observations?$orderby=result", status=400)["message"]
    assert ask(f"Datastreams({world.rain.pk})/Observations")["value"]


REFUSED = {
    400: (
        "Things?$filter=name eq", "Things?$filter=nothing eq 1", "Things?$filter=name/first eq 'x'",
        "Things?$orderby=nothing", "Things?$filter=Datastreams/nothing eq 1", "Things?$filter=Datastreams eq 1",
        "Things?$expand=Datastreams($filter=nothing eq 1)", "Observations?$filter=phenomenonTime gt '2026-01-01T00:00:00Z'",
        "Things?$top=x", "Observations?$skiptoken=x",
        "Observations?$skiptoken=99999999999999999999.1",
    ),
    404: (
        "Nothings", "MultiDatastreams", "$batch", "Things(1)/Nothings",
        "Things(99999)", "Things(99999999999999999)", "Things('x')", "ObservedProperties('nothing')",
        "Datastreams(99999)/Observations", "Datastreams('\n')",
    ),
}  # fmt: skip


def test_what_cannot_be_answered_is_told_in_the_standards_form(world, ask):
    for status, refused in REFUSED.items():
        for path in refused:
            answer = ask(path, status=status)
            assert answer["code"] == status
            assert answer["message"]
    for path in (
        "Things?$top=0", "Observations?$top=0", "Things?$filter=name", "Things?$filter=properties/nothing eq 1",
        "Datastreams?$filter=unitOfMeasurement/nothing eq 1", "Things?$filter=Datastreams/Thing/id eq 0",
    ):  # fmt: skip
        assert ask(path)["value"] == []


@pytest.fixture
def officer(world, client_of):
    return client_of("duty_officer")


@given(st.one_of(resources().map(lambda one: (one, None)), queries()))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_the_answer_is_an_answer_or_a_clear_refusal(officer, asked):
    ALLOWANCE._left.clear()
    first, query = asked
    path = paths.write(first) if query is None else f"{first.plural}?{options.write(query)}"
    response = officer.get(f"{ROOT}/{path}")
    assert response.status_code in (200, 204, 400, 404)
    if response.status_code >= 400:
        assert response.json()["message"]
