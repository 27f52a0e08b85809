"""The plan as its own words: areas, tasks, projects and targets, read from plan.toml and checked."""

import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

GENERAL = "general"
COMPARISONS = ("<=", ">=", "=", "up", "down")
#: Whether a target is to be met once by the city or by every county.
PER = ("city", "county")

Entry = TypeVar("Entry")
Frozen = TypeVar("Frozen", bound="DataclassInstance")


class PlanError(ValueError):
    """plan.toml is not what it should be; the message names the entry and the fault."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """One of the ten main areas (主要任务的十个方面)."""

    number: str
    title: str
    title_en: str
    folder: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A paragraph of a task with leading units of its own."""

    code: str
    title: str
    title_en: str
    text: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...] = ()
    deadline: date | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One of the 41 tasks; the units of a task with parts are those of its parts."""

    number: int
    area: str
    title: str
    title_en: str
    text: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...] = ()
    deadline: date | None = None
    parts: tuple[Part, ...] = ()
    realised_by: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Project:
    """One of the attachment's seven major projects (重大项目)."""

    number: int
    category: str
    title: str
    title_en: str
    owners: tuple[str, ...]
    realised_by: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Target:
    """A number or direction that the plan sets; the indicator with the same code computes its value."""

    code: str
    #: The task's number, None for the general part (总体要求).
    task: int | None
    name: str
    name_en: str
    comparison: str
    unit: str
    unit_en: str
    per: str
    clause: str
    #: None when only a direction is set.
    goal: float | None = None
    part: str = ""
    deadline: date | None = None
    #: The words by which the general part sets the same target.
    general_clause: str = ""
    note: str = ""

    @property
    def sign(self) -> str:
        """The comparison as people write it."""
        return {"<=": "≤", ">=": "≥", "==": "="}.get(self.comparison, self.comparison)

    def is_met(self, value: float | None) -> bool | None:
        """Whether a value reaches the goal; None while the value is unknown or only a direction is set.

        >>> rooms = load().target("isolation_rooms")
        >>> rooms.is_met(400), rooms.is_met(399), rooms.is_met(None)
        (True, False, None)
        """
        if value is None or self.goal is None:
            return None
        if self.comparison == "<=":
            return value <= self.goal
        return value >= self.goal if self.comparison == ">=" else value == self.goal


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole action plan (三年行动计划实施方案)."""

    title: str
    title_en: str
    issuer: str
    issued: date
    deadline: date
    general: tuple[str, ...]
    closing: str
    areas: tuple[Area, ...]
    tasks: tuple[Task, ...]
    projects: tuple[Project, ...]
    targets: tuple[Target, ...]

    def task(self, number: int) -> Task:
        """The task with a number.

        >>> load().task(10).title
        '加强综合性消防救援队伍建设'
        """
        return _only((task for task in self.tasks if task.number == number), f"task {number}")

    def target(self, code: str) -> Target:
        """The target with a code."""
        return _only((target for target in self.targets if target.code == code), f"target {code!r}")

    def targets_of(self, task: int | None) -> tuple[Target, ...]:
        """The targets that a task's own words set; None for those of the general part."""
        return tuple(target for target in self.targets if target.task == task)

    def deadlines_of(self, task: Task) -> tuple[date, ...]:
        """Every date that a task's words name, the earliest first.

        >>> [str(day) for day in load().deadlines_of(load().task(10))]
        ['2021-12-31', '2022-12-31']
        """
        dated: tuple[Task | Part | Target, ...] = (task, *task.parts, *self.targets_of(task.number))
        return tuple(sorted({entry.deadline for entry in dated if entry.deadline}))

    def units(self) -> tuple[str, ...]:
        """Every lead and responsible unit, word for word, in the order of its first mention.

        >>> load().units()[:2]
        ('市委编办', '市委网信办')
        """
        return _once(name for task in self.tasks for name in (*task.lead, *task.responsible))


def _only(found: Iterable[Entry], name: str) -> Entry:
    for entry in found:
        return entry
    raise KeyError(f"the plan has no {name}")


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@cache
def load() -> Plan:
    """The plan that ships with the program."""
    return read(files("anlan.oversight").joinpath("plan.toml").read_text(encoding="utf-8"))


def read(text: str) -> Plan:
    """A plan from the text of a plan.toml.

    >>> read("title = 1")
    Traceback (most recent call last):
    anlan.oversight.plan.PlanError: plan: areas is missing
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"plan.toml cannot be read: {error}") from error
    rows = {key: _list(data.pop(key, None), f"plan: {key}") for key in ("areas", "tasks", "projects", "targets")}
    plan = _build(
        Plan,
        data
        | {
            "areas": tuple(_build(Area, row, f"area {row.get('number')}") for row in rows["areas"]),
            "tasks": tuple(_task(row) for row in rows["tasks"]),
            "projects": tuple(_build(Project, row, f"project {row.get('number')}") for row in rows["projects"]),
            "targets": tuple(_target(row) for row in rows["targets"]),
        },
        "plan",
    )
    _check(plan)
    return plan


def _list(value: object, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise PlanError(f"{where} is missing")
    return value


def _build(kind: type[Frozen], row: dict[str, Any], where: str) -> Frozen:
    """One frozen record; lists become tuples, and a field that is missing, empty or unknown is named."""
    known = {field.name: field.default is MISSING for field in fields(kind)}
    if unknown := sorted(set(row) - set(known)):
        raise PlanError(f"{where}: unknown {', '.join(unknown)}")
    for name, is_required in known.items():
        if is_required and row.get(name, "") in ("", []):
            raise PlanError(f"{where}: {name} is missing")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})


def _task(row: dict[str, Any]) -> Task:
    where = f"task {row.get('number')}"
    parts = tuple(_build(Part, part, f"{where}, part {part.get('code')}") for part in row.get("parts", ()))
    if parts:
        row = row | {
            "parts": parts,
            "lead": _once(name for part in parts for name in part.lead),
            "responsible": _once(name for part in parts for name in part.responsible),
        }
    return _build(Task, row, where)


def _target(row: dict[str, Any]) -> Target:
    where = f"target {row.get('code')}"
    if row.get("task") != GENERAL and not isinstance(row.get("task"), int):
        raise PlanError(f'{where}: task is neither a number nor "{GENERAL}"')
    return _build(Target, row | {"task": None if row["task"] == GENERAL else row["task"]}, where)


def _check(plan: Plan) -> None:
    folders = {area.folder for area in plan.areas}
    _unique("area", (area.folder for area in plan.areas))
    _unique("task", (task.number for task in plan.tasks))
    _unique("project", (project.number for project in plan.projects))
    _unique("target", (target.code for target in plan.targets))
    for task in plan.tasks:
        if task.area not in folders:
            raise PlanError(f"task {task.number}: no area {task.area!r}")
    for target in plan.targets:
        _check_target(plan, target)


def _check_target(plan: Plan, target: Target) -> None:
    where = f"target {target.code}"
    if target.comparison not in COMPARISONS:
        raise PlanError(f"{where}: comparison {target.comparison!r} is none of {' '.join(COMPARISONS)}")
    if (target.goal is None) != (target.comparison in ("up", "down")):
        raise PlanError(f"{where}: a goal belongs to <=, >= and = only")
    if target.per not in PER:
        raise PlanError(f"{where}: per {target.per!r} is none of {' '.join(PER)}")
    words = "".join(plan.general)
    if target.general_clause not in words:
        raise PlanError(f"{where}: the general part does not say {target.general_clause!r}")
    if target.task is not None:
        task = next((task for task in plan.tasks if task.number == target.task), None)
        if task is None:
            raise PlanError(f"{where}: no task {target.task}")
        if target.part and target.part not in {part.code for part in task.parts}:
            raise PlanError(f"{where}: no part {target.part!r}")
        words = "".join((task.text, *(part.text for part in task.parts if target.part in ("", part.code))))
    if target.clause not in words:
        raise PlanError(f"{where}: the plan does not say {target.clause!r}")


def _unique(kind: str, keys: Iterable[object]) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise PlanError(f"{kind} {key} stands twice")
        seen.add(key)
