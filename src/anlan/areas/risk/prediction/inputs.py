"""A model's declared inputs as a form: groups, tables and fields with what was given and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any

from anlan.science.hazards.declaring import Given, kind_of

#: Rows that a table offers beyond those that are filled.
SPARE_ROWS = 1
#: Rows of a table that is shown unfolded.
MOST_UNFOLDED = 12
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass
class Box:
    """One field: its path is its name in the form and in every message."""

    path: str
    label: str
    unit: str = ""
    #: number, integer, text, choice, switch.
    kind: str = "text"
    choices: Mapping[str, str] | None = None
    low: float | None = None
    high: float | None = None
    is_required: bool = True
    value: Any = ""
    #: What to know of it, and where its range comes from.
    help: tuple[str, ...] = ()
    #: Where the value came from, when a person did not type it.
    source: str = ""
    problem: str = ""
    shape = "box"


@dataclass
class Section:
    """Inputs that belong together; an optional one counts only when it is switched on."""

    path: str
    label: str
    parts: list[Any] = field(default_factory=list)
    is_optional: bool = False
    is_on: bool = True
    #: The sections of which exactly one counts, by path; the first of them says so.
    one_of: tuple[str, ...] = ()
    #: What to know of it, and where its range comes from.
    help: tuple[str, ...] = ()
    problem: str = ""
    shape = "section"

    @property
    def is_first(self) -> bool:
        """Whether it is the first of those of which one counts."""
        return self.one_of[:1] == (self.path,)


@dataclass
class Table:
    """Rows of the same inputs."""

    path: str
    label: str
    #: Those that are filled, and behind them spare ones.
    rows: list[list[Box]]
    is_required: bool = False
    #: What to know of it, and where its range comes from.
    help: tuple[str, ...] = ()
    problem: str = ""
    shape = "table"

    @property
    def count(self) -> int:
        """Rows that are filled."""
        return len(self.rows) - SPARE_ROWS

    @property
    def is_open(self) -> bool:
        """Whether the page shows it unfolded: not when it is long, unless something in it is wrong."""
        is_wrong = bool(self.problem) or any(box.problem for row in self.rows for box in row if box.shape == "box")
        return is_wrong or 0 < self.count <= MOST_UNFOLDED or (self.is_required and not self.count)


def form(
    scenario: type,
    values: Mapping[str, Any],
    problems: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> list[Any]:
    """The boxes, sections and tables of a scenario, filled with values, told what is wrong and where values came from."""
    return _parts(scenario, values, "", problems or {}, sources or {})


def _parts(scenario: type, values: Any, path: str, problems: Mapping, sources: Mapping) -> list[Any]:
    values = values if isinstance(values, Mapping) else {}
    found: list[Any] = []
    for one in fields(scenario):
        what: Given = one.metadata["given"]
        kind, is_optional, is_table = kind_of(scenario, one.name)
        at, value = path + one.name, values.get(one.name)
        told = {"help": tuple(filter(None, (what.help, what.source))), "problem": problems.get(at, "")}
        if is_table:
            rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
            filled = [_columns(kind, what, row, f"{at}[{n}]", problems, sources) for n, row in enumerate(rows)]
            spare = [_blank(kind, what, f"{at}[{len(rows) + n}]") for n in range(SPARE_ROWS)]
            found.append(Table(at, what.label, filled + spare, one.default is MISSING, **told))
        elif is_dataclass(kind):
            inner = _parts(kind, value, f"{at}.", problems, sources)
            is_on = not is_optional or isinstance(value, Mapping)
            one_of = tuple(path + name for name in getattr(scenario, "ONE_OF", ()))
            found.append(Section(at, what.label, inner, is_optional, is_on, one_of if at in one_of else (), **told))
        else:
            default = "" if one.default in (MISSING, None) else one.default
            is_required = one.default is MISSING and not is_optional
            found.append(_box(kind, what, at, default if value is None else value, is_required, told, sources))
    return found


def _blank(kind: type, what: Given, path: str) -> list[Box]:
    """A row that nobody has filled: no defaults, so that it can be told from one that somebody meant."""
    columns = _columns(kind, what, {}, path, {}, {})
    for box in columns:
        box.value, box.is_required = box.value if box.kind == "switch" else "", False
    return columns


def _columns(kind: type, what: Given, row: Mapping, path: str, problems: Mapping, sources: Mapping) -> list[Box]:
    if is_dataclass(kind):
        return _parts(kind, row, f"{path}.", problems, sources)
    return [_box(kind, what, path, row, True, {"help": (), "problem": problems.get(path, "")}, sources)]


def _box(kind: type, what: Given, path: str, value: Any, is_required: bool, told: Mapping, sources: Mapping) -> Box:
    names = {float: "number", int: "integer", bool: "switch", str: "text"}
    return Box(
        path, what.label, what.unit, "choice" if what.choices is not None else names[kind], what.choices, what.low,
        what.high, is_required, value, source=sources.get(path, ""), **told,
    )  # fmt: skip


def posted(scenario: type, data: Mapping[str, str]) -> dict[str, Any]:
    """The nested inputs out of a form's flat names: `source.hole_mm`, `winds[0].from_s`, and `cloud` for a switch.

    >>> from anlan.science.hazards.declaring import given
    >>> @dataclass(frozen=True)
    ... class Row:
    ...     at: float = given("时间")
    >>> @dataclass(frozen=True)
    ... class Case:
    ...     name: str = given("名称")
    ...     rows: tuple[Row, ...] = given("行", default=())
    >>> posted(Case, {"name": "甲", "rows[0].at": "3", "rows[1].at": ""})
    {'name': '甲', 'rows': [{'at': '3'}]}
    """
    return _posted(scenario, data, "")


def _posted(scenario: type, data: Mapping[str, str], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(scenario):
        kind, is_optional, is_table = kind_of(scenario, one.name)
        at = path + one.name
        if is_table:
            numbers = sorted({int(m[1]) for name in data if (m := re.match(re.escape(at) + r"\[(\d{1,5})\]", name))})
            rows = [_posted(kind, data, f"{at}[{n}].") if is_dataclass(kind) else data[f"{at}[{n}]"] for n in numbers]
            found[one.name] = [row for row in rows if _is_filled(row)]
        elif is_dataclass(kind):
            if not is_optional or data.get(at) == "on":
                found[one.name] = _posted(kind, data, f"{at}.")
        elif kind is bool:
            found[one.name] = data.get(at, "") in ("on", "true", "1")
        elif at in data:
            found[one.name] = data[at].strip()
    return found


def _is_filled(row: Any) -> bool:
    """Whether somebody typed or chose anything in a row; switches alone do not count."""
    values: Iterable[Any] = row.values() if isinstance(row, Mapping) else [row]
    return any(value not in ("", None) for value in values if not isinstance(value, bool))


def flat(values: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Every plain input by its path, to compare two runs.

    >>> flat({"source": {"hole_mm": 5}, "winds": [{"from_s": 0}]})
    {'source.hole_mm': 5, 'winds[0].from_s': 0}
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        at = path + name
        if isinstance(value, Mapping):
            found |= flat(value, f"{at}.")
        elif isinstance(value, list | tuple):
            for number, row in enumerate(value):
                found |= flat(row, f"{at}[{number}].") if isinstance(row, Mapping) else {f"{at}[{number}]": row}
        else:
            found[at] = value
    return found


@dataclass(frozen=True)
class Shown:
    """An input as a person reads it; the path stands for one that the model no longer has."""

    label: str
    unit: str
    value: Any


def shown(scenario: type | None, path: str, value: Any) -> Shown:
    """An input's label, unit, and its value in words where it is one of several choices."""
    what, kind = None, scenario
    for name, _number in _STEP.findall(path):
        if not name:
            continue
        one = next((one for one in fields(kind) if one.name == name), None) if is_dataclass(kind) else None
        if one is None:
            return Shown(path, "", value)
        what, kind = one.metadata["given"], kind_of(kind, name)[0]
    if what is None:
        return Shown(path, "", value)
    return Shown(what.label, what.unit, (what.choices or {}).get(value, value))
