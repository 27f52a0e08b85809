"""`anlan plan`: the plan's tasks, projects and targets as they stand now."""

import argparse
import json
from dataclasses import asdict
from typing import Any

HELP = "print the plan's tasks, projects and targets with their values"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json prints one JSON document."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def document() -> dict[str, Any]:
    """The plan as JSON values; a target's value is null while nothing computes it or no record supports it."""
    from anlan.oversight.plan import load
    from anlan.oversight.queries import is_built, standings

    plan = load()

    def entry(found: Any, names: str) -> dict[str, Any]:
        values = asdict(found)
        return {name: values[name] for name in names.split()} | {"is_built": is_built(found)}

    return {
        "title": plan.title,
        "tasks": [entry(t, "number title title_en area lead responsible deadline realised_by") for t in plan.tasks],
        "projects": [entry(p, "number title title_en category owners realised_by") for p in plan.projects],
        "targets": [
            {
                "code": s.target.code,
                "name": s.target.name,
                "name_en": s.target.name_en,
                "task": s.target.task,
                "comparison": s.target.comparison,
                "goal": s.target.goal,
                "unit": s.target.unit,
                "value": s.measure.value if s.measure else None,
                "samples": s.measure.samples if s.measure else 0,
                "basis": str(s.measure.basis) if s.measure else "",
                "state": s.state,
                "as_of": s.as_of.isoformat(),
            }
            for s in standings()
        ],
    }


def run(options: argparse.Namespace) -> int:
    """Print the plan; without a database the values are null."""
    import django

    django.setup()
    from django.db import DatabaseError

    try:
        found = document()
    except DatabaseError:
        print("no database yet: run `anlan setup` first")
        return 2
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        return 0
    for task in found["tasks"]:
        mark = "■" if task["is_built"] else "□"
        print(f"{mark} {task['number']:>2} {task['title']}  {'、'.join(task['lead'])}  {task['deadline'] or ''}")
    for project in found["projects"]:
        print(f"{'■' if project['is_built'] else '□'} P{project['number']} {project['title']}")
    for target in found["targets"]:
        value = "—" if target["value"] is None else target["value"]
        print(
            f"{target['state']:<9} {target['name']}: {value} ({target['comparison']} {target['goal'] or ''} {target['unit']})"
        )
    return 0
