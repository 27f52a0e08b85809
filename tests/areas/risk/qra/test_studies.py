"""From hazard sources and runs to contours, the F-N curve and protected targets; who may, and what is refused."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from anlan.areas.risk.keyplaces.models import KeyPlace
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.qra import queries, rules, services
from anlan.areas.risk.qra.exporting import power
from anlan.areas.risk.qra.models import RiskStudy
from anlan.areas.risk.safety.models import Enterprise, HazardSource
from anlan.foundation.places.models import Area
from anlan.foundation.rules.models import Rule

LON, LAT = 116.30, 36.80
BLAST = {"condensed": {"explosive": "tnt", "mass_kg": 2000.0}}


def village(name, metres, people):
    return Area.objects.create(
        code=f"371526105{210 + Area.objects.count()}", name=name, level="village", parent_id="371526105", lon=LON,
        lat=LAT + metres / 111_000, population=people, population_note="合成人口",
    )  # fmt: skip


@pytest.fixture
def source(people, rules):
    """An LPG store of 100 t with a village at 200 m and one at 8 km."""
    works = Enterprise.objects.create(code="E1", name="示例气站", sector="chemical", area_id="371526105")
    village("近村", 200, 400)
    village("小村", 260, 20)
    village("无数村", 300, None)
    village("远村", 8000, 900)
    return HazardSource.objects.create(
        code="BA1", name="球罐区", enterprise=works, substance="液化石油气", cas="68476-85-7", quantity_t=100,
        area_id="371526105", lon=LON, lat=LAT,
    )  # fmt: skip


@pytest.fixture
def study(people, source, django_capture_on_commit_callbacks):
    def make(who="analyst", **values) -> RiskStudy:
        with django_capture_on_commit_callbacks(execute=True):
            made = services.start_study(actor=people[who], **({"sources": [(source, 1)]} | values))
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def run(people, source):
    return Run.objects.create(
        title="爆炸推演", hazard="explosion", model_version="1", inputs=BLAST, lon=LON, lat=LAT, area_id="371526",
        status=Run.Status.DONE, asked_by=people["duty_officer"],
    )  # fmt: skip


def test_a_study_has_contours_curve_targets_and_says_what_it_rests_on(study, client_of):
    KeyPlace.objects.create(
        code="X1", name="近小学", kind="school", area_id="371526105", lon=LON, lat=LAT + 200 / 111_000
    )
    made = study()
    assert made.status == RiskStudy.Status.DONE, made.problem
    assert [one["per_year"] for one in made.findings["levels"]] == sorted(
        one["per_year"] for one in made.findings["levels"]
    )
    areas = [one["area_km2"] for one in made.findings["levels"]]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 0
    named = {one["name"]: one for one in made.findings["targets"]}
    assert "远村" not in named
    assert named["近村"]["class"] == "高敏感、重要、一般一类"
    assert named["小村"]["class"] == "一般三类"
    assert named["无数村"]["class"] == "高敏感、重要、一般一类"
    assert named["近小学"]["class"] == "高敏感、重要、一般一类"
    assert named["近小学"]["risk"] == named["近村"]["risk"]
    assert made.findings["unknown"] == 1
    assert named["近村"]["risk"] > named["无数村"]["risk"]
    # Fireball 5e-7 x 0.7 x 0.7, cloud 2 x 5e-7 x 0.3 x 0.4: nobody can be at a higher risk than all of them and the jet.
    assert made.findings["highest"] <= 2.45e-7 + 1.2e-7 + 2e-6
    deaths, often = zip(*made.findings["curve"], strict=True)
    assert list(deaths) == sorted(deaths)
    assert list(often) == sorted(often, reverse=True)
    expected = sum(one["loss_of_life"] for one in made.findings["scenarios"])
    assert made.loss_of_life == pytest.approx(expected)
    page = client_of("analyst").get(reverse("qra:study", args=[made.pk])).content.decode()
    for words in ("近村", "待核对", "CPR 18E", "合成人口", "火球份额"):
        assert words in page, words
    body = client_of("duty_officer").get(reverse("qra:contours", args=[made.pk])).json()
    assert body["sources"] == [[LON, LAT]]
    assert {one["geometry"]["type"] for one in body["contours"]["features"]} <= {"Polygon", "MultiPolygon"}


def test_new_works_are_held_to_the_stricter_column(study):
    limits = {
        is_new: {one["name"]: one["limit"] for one in study(is_new=is_new).findings["targets"]} for is_new in (0, 1)
    }
    assert limits[0]["近村"] == 3e-6
    assert limits[1]["近村"] == 3e-7


def test_twice_the_vessels_is_twice_the_frequency_of_half_the_mass(source):
    in_force = queries.rules_in_force()

    def derived(count):
        tank = rules.Tank(name="罐", cas="7664-41-7", mass_kg=60_000, count=count, lon=LON, lat=LAT)
        return rules.derive(tank, in_force).scenarios

    one, two = derived(1), derived(2)
    assert [b["per_year"] / a["per_year"] for a, b in zip(one, two, strict=True)] == pytest.approx([2.0] * 6)
    assert [b["inputs"]["source"].get("mass_kg") for b in two[:2]] == [30_000, 30_000]
    assert sum(row["per_year"] for row in one) == pytest.approx(5e-7 + 5e-7 + 1e-5)


@pytest.mark.parametrize(
    ("cas", "told"),
    [
        ("74-82-8", "常温下不能加压液化"),
        ("000-00-0", "没有这个 CAS 号"),
        ("1310-73-2", "没有这个 CAS 号"),
        ("71-43-2", "挥发的毒性"),
    ],
)
def test_what_is_not_covered_is_said_not_made_up(source, cas, told):
    tank = rules.Tank(name="罐", cas=cas, mass_kg=1000, count=1, lon=LON, lat=LAT)
    found = rules.derive(tank, queries.rules_in_force())
    assert told in " ".join(found.left_out)


def test_a_run_needs_a_frequency_and_a_reason_for_any_factor(study, run, people):
    with pytest.raises(ValidationError, match="选择泄漏频率"):
        study(sources=(), runs=[(run, "", 1.0, "")])
    with pytest.raises(ValidationError, match="由来"):
        study(sources=(), runs=[(run, "process_vessel_rupture", 0.3, "")])
    made = study(sources=(), runs=[(run, "process_vessel_rupture", 0.3, "点火概率")])
    assert made.scenarios[0]["per_year"] == pytest.approx(1.5e-6)
    assert made.scenarios[0]["basis"] == [["工艺容器、反应器：瞬时全部泄漏", 5e-6], ["点火概率", 0.3]]
    # Indoors nobody survives nearest to the charge: the risk there is the frequency.
    assert made.findings["highest"] == pytest.approx(1.5e-6, rel=0.01)


def test_a_refused_scenario_is_named_and_the_others_count(study, run):
    run.hazard, run.inputs = "fire", {}
    run.save()
    made = study(runs=[(run, "pressure_vessel_rupture", 1.0, "")])
    assert made.status == RiskStudy.Status.DONE, made.problem
    assert made.findings["refused"][0].startswith("爆炸推演")
    assert len(made.findings["scenarios"]) == len(made.scenarios) - 1


def test_a_study_keeps_the_rules_that_it_was_made_by(study, people):
    first = study()
    changed = Rule.objects.get(code="risk.release_frequencies")
    changed.pk, changed.version = None, 2
    changed.params["releases"][0]["per_year"] = 1e-6
    changed.save()
    second = study()
    assert first.rules["risk.release_frequencies"]["reference"] == "risk.release_frequencies@1"
    assert second.rules["risk.release_frequencies"]["reference"] == "risk.release_frequencies@2"
    assert second.scenarios[0]["per_year"] == pytest.approx(2 * first.scenarios[0]["per_year"])


def test_who_may_ask_and_see(study, source, people, client_of):
    for who in ("enterprise", "auditor", "field"):
        with pytest.raises(PermissionDenied):
            study(who)
    made = study("county")
    HazardSource.objects.filter(pk=source.pk).update(area_id="371503001")
    with pytest.raises(PermissionDenied):
        study("county")
    assert client_of("enterprise").get(reverse("qra:study", args=[made.pk])).status_code == 403
    RiskStudy.objects.filter(pk=made.pk).update(area_id="371503")
    assert client_of("county").get(reverse("qra:study", args=[made.pk])).status_code == 404
    assert client_of("county").get(f"/api/v1/riskstudies/{made.pk}").status_code == 404


def test_the_page_asks_and_refuses_and_exports(source, people, client_of, django_capture_on_commit_callbacks):
    client = client_of("department")
    assert "球罐区" in client.get(reverse("qra:new")).content.decode()
    refused = client.post(reverse("qra:new"), {"title": "空"})
    assert refused.status_code == 422
    assert "没有可算的情景" in refused.content.decode()
    refused = client.post(reverse("qra:new"), {"source": f"s{source.pk}", f"tanks-{source.pk}": "0"})
    assert "储罐数应在" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("qra:new"), {"source": f"s{source.pk}", f"tanks-{source.pk}": "2", "title": "气站"})
    made = RiskStudy.objects.get()
    assert done.url == reverse("qra:study", args=[made.pk])
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert client.get(reverse("qra:export", args=[made.pk, kind])).content.startswith(start)
    told = json.loads(client.get(reverse("qra:export", args=[made.pk, "geojson"])).content)
    assert {one["geometry"]["type"] for one in told["features"]} >= {"Point"}
    assert any("室外" in text for text in told["properties"]["assumptions"])
    assert "气站" in client.get(reverse("qra:list")).content.decode()


def test_frequencies_are_rarer_the_larger_and_criteria_ordered(source):
    in_force = queries.rules_in_force()
    often = {one["code"]: one["per_year"] for one in in_force["risk.release_frequencies"]["params"]["releases"]}
    assert often["pipe_small_leak"] > often["pipe_large_leak"] > often["pipe_large_rupture"]
    classes = in_force["risk.individual_criteria"]["params"]["classes"]
    for less, more in zip(classes, classes[1:], strict=False):
        assert less["new"] < more["new"]
        assert less["existing"] < more["existing"]
    assert all(one["new"] <= one["existing"] for one in classes)
    contours = in_force["risk.individual_criteria"]["params"]["contours"]
    assert {one[column] for one in classes for column in ("new", "existing")} <= set(contours)


def test_numbers_are_written_as_powers():
    assert [power(value) for value in (3e-7, 1.25e-5, 0.0)] == ["3×10⁻⁷", "1.25×10⁻⁵", "0"]
