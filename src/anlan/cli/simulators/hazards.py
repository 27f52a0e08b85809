"""A scenario of a consequence model from a JSON file: the result as JSON, or every input that is wrong."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from anlan.science.hazards.catalogue import Hazard, hazards
from anlan.science.hazards.declaring import ScenarioError, read, schema
from anlan.science.hazards.ensemble import likely_zones, members
from anlan.science.hazards.outcomes import as_json, described


def add_arguments(kinds: argparse._SubParsersAction) -> None:
    """A subcommand for each model."""
    for code, model in hazards().items():
        one = kinds.add_parser(code, help=f"{model.title}: {model.summary}", description=model.summary)
        one.add_argument("scenario", nargs="?", help="a JSON file with the inputs; - reads standard input")
        one.add_argument("--members", type=int, default=0, help="also so many members of an ensemble (default 0)")
        one.add_argument("--schema", action="store_true", help="print the JSON Schema of the inputs and end")


def run(options: argparse.Namespace) -> int:
    """Print the result of one scenario; exit status 2 where the inputs cannot be used."""
    model = hazards()[options.what]
    if options.schema:
        print(json.dumps(schema(model.scenario), ensure_ascii=False, indent=2))
        return 0
    try:
        values = _load(options.scenario)
        print(json.dumps(told(model, values, options.members), ensure_ascii=False, indent=2))
    except ScenarioError as error:
        print(json.dumps({"error": error.problems}, ensure_ascii=False, indent=2))
        return 2
    return 0


def _load(name: str | None) -> dict[str, Any]:
    if name is None:
        raise ScenarioError({"scenario": "：给出一个 JSON 文件，或用 --schema 看需要哪些输入"})
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
        values = json.loads(text)
    except FileNotFoundError as error:
        raise ScenarioError({"scenario": f"：没有文件 {name}，请检查路径"}) from error
    except OSError as error:
        raise ScenarioError({"scenario": f"：读不了 {name}（{error.strerror}）"}) from error
    except UnicodeDecodeError as error:
        raise ScenarioError({"scenario": f"：{name} 不是 UTF-8 编码，请另存为 UTF-8"}) from error
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列"
        raise ScenarioError({"scenario": f"：{name} {where}不是 JSON，请检查引号、逗号和括号"}) from error
    if not isinstance(values, dict):
        raise ScenarioError({"scenario": "：最外层应是一组名称和值"})
    return values


def told(model: Hazard, values: dict[str, Any], count: int = 0) -> dict[str, Any]:
    """The result with named, unit-bearing fields; labels and units of the figures stand beside them."""
    scenario = read(model.scenario, values)
    result = model.run(scenario)
    plain = {name: value for name, value in as_json(result).items() if name in described(type(result))}
    found = {
        "hazard": model.code, "version": model.version, "inputs": as_json(scenario), "result": plain,
        "described": described(type(result)), "zones": as_json(result.zones), "notes": list(result.notes),
    }  # fmt: skip
    if count:
        if model.ensemble:
            made = model.ensemble(scenario, count)
            found["ensemble"] = {"members": made.members, "zones": as_json(made.zones)}
        else:
            drawn = [model.run(one).zones for one in members(scenario, count)]
            found["ensemble"] = {"members": len(drawn), "zones": as_json(likely_zones(drawn))}
    return found
