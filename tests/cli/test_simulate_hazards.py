"""`anlan simulate HAZARD scenario.json`: the result as JSON, or what is wrong with the inputs."""

import json

import pytest

from anlan.cli import main
from anlan.science.hazards.catalogue import hazards


@pytest.fixture
def simulate(tmp_path, capsys):
    def call(code: str, content: object, *more: str) -> tuple[int, dict]:
        path = tmp_path / "scenario.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        status = main(["simulate", code, str(path), *more])
        return status, json.loads(capsys.readouterr().out)

    return call


def test_a_scenario_gives_named_figures_with_units_and_zones(simulate):
    status, told = simulate("fire", {"fireball": {"fuel": "lpg", "mass_kg": 50000}})
    assert status == 0
    assert told["described"]["duration_s"]["unit"] == "s"
    assert told["result"]["duration_s"] > 1
    assert told["inputs"]["fireball"]["mass_kg"] == 50000
    assert told["zones"][0]["level"]["unit"] == "kW/m²"
    assert "field" not in told["result"], "what only the program needs stays inside"


def test_an_ensemble_comes_with_its_probabilities(simulate):
    _status, told = simulate("explosion", {"cloud": {"fuel": "lpg", "mass_kg": 500}}, "--members", "5")
    assert {zone["probability"] for zone in told["ensemble"]["zones"]} == {0.1, 0.5, 0.9}


@pytest.mark.parametrize(
    ("content", "path"),
    [({"fireball": {"mass_kg": -1}}, "fireball.mass_kg"), ("{", "scenario"), ("[]", "scenario"), ({"x": 1}, "x")],
)
def test_what_is_wrong_is_named_by_its_path(simulate, content, path):
    status, told = simulate("fire", content)
    assert status == 2
    assert path in told["error"]


@pytest.mark.parametrize("code", sorted(hazards()))
def test_every_model_prints_its_schema(code, capsys):
    assert main(["simulate", code, "--schema"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["properties"]
    kinds = {"explosion": ["condensed", "cloud", "vessel", "dust"], "fire": ["fireball", "pool", "jet", "flash"]}
    assert [one["required"][0] for one in told.get("oneOf", [])] == kinds.get(code, []), "exactly one of these"


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"\xef\xbb\xbf" + b'{"flash": {"lower_limit_m": 10, "lower_limit_width_m": 5}}', ""),
     ('{"pool": {"fuel": "汽油"}}'.encode("gbk"), "UTF-8"), (b'{"pool": 1,}', "第 1 行"), (None, "没有文件")],
)  # fmt: skip
def test_files_as_windows_writes_them_are_read_or_told_what_to_do(tmp_path, capsys, raw, told):
    path = tmp_path / "scenario.json"
    if raw is not None:
        path.write_bytes(raw)
    status = main(["simulate", "fire", str(path)])
    answer = json.loads(capsys.readouterr().out)
    assert (status == 0) == (not told)
    assert told in answer.get("error", {}).get("scenario", "")


def test_figures_of_parts_and_tables_are_described_with_their_units(simulate):
    _status, told = simulate("gas_leak", {"pipe": {"pressure_mpa": 0.4, "diameter_mm": 200, "hole_mm": 20}})
    assert told["described"]["release"]["fields"]["initial_rate_kg_s"]["unit"] == "kg/s"
    assert set(told["result"]["fire"]["flame"]) == {"length_m", "radiated_w", "points_m", "weights"}
    _status, told = simulate("fire", {"fireball": {"mass_kg": 1000}, "at_m": [77]})
    assert told["described"]["profile"]["fields"]["heat_kw_m2"]["unit"] == "kW/m²"
    assert 77 in [row["distance_m"] for row in told["result"]["profile"]]
