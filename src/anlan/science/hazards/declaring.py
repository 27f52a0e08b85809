"""Inputs of a model, declared once: label, unit, range and source give the check, the form, the API and the help.

A scenario is a frozen dataclass whose fields are `given`:

>>> @dataclass(frozen=True, kw_only=True)
... class Puncture:
...     hole_mm: float = given("孔径", unit="mm", low=1, high=1000)
...     phase: str = given("相态", choices={"gas": "气体", "liquid": "液体"}, default="gas")
>>> read(Puncture, {"hole_mm": "25"})
Puncture(hole_mm=25.0, phase='gas')
>>> read(Puncture, {"hole_mm": -3, "phase": "solid"})
Traceback (most recent call last):
    ...
anlan.science.hazards.declaring.ScenarioError: hole_mm（孔径）：-3 低于下限 1 mm；phase（相态）：solid 不在 gas、liquid 之中

Fields may be numbers, yes or no, texts, one of several choices, other scenarios, or rows of other scenarios
(`tuple[Row, ...]`); `X | None` may be left out. A scenario that is made directly is checked by `check`.
"""

import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from anlan.science.hazards.sentences import tell

S = TypeVar("S")
#: What is wrong with an input, behind its path.
OF_INPUT = "（{label}）：{problem}"
#: Rows that a table among the inputs may have at most.
MOST_ROWS = 10_000
#: Choices that a message names in full.
MOST_OFFERED = 25
#: Characters of a wrong value that a message repeats.
MOST_SHOWN = 40


class ScenarioError(ValueError):
    """Inputs that a model does not take; `problems` has what is wrong by the input's path."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        #: Each problem behind its path.
        self.told = tuple(tell("{path}{problem}", path=path, problem=problem) for path, problem in problems.items())
        super().__init__("；".join(self.told))


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How uncertain an input is, for ensembles; `scale` is one standard deviation.

    `normal`: in the input's unit; `relative`: log-normal, as a share of the value; `steps`: of an ordered choice.
    """

    kind: str
    scale: float
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is declared of an input."""

    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    #: Labels by value; the order is the order of a form, and of steps in an ensemble.
    choices: Mapping[str, str] | None = None
    #: Where range and default come from.
    source: str = ""
    help: str = ""
    spread: Spread | None = None


def given(
    label: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: Mapping[str, str] | None = None,
    default: Any = MISSING,
    source: str = "",
    help: str = "",  # noqa: A002
    spread: Spread | None = None,
) -> Any:
    """A field of a scenario with its label, unit, closed range, choices, default, source and uncertainty."""
    declared = Given(
        label=label, unit=unit, low=low, high=high, choices=choices, source=source, help=help, spread=spread
    )
    return field(default=default, metadata={"given": declared})


def declared(scenario: type) -> dict[str, Given]:
    """The declarations of a scenario's inputs by name, in order."""
    return {one.name: one.metadata["given"] for one in fields(scenario)}


def kind_of(scenario: type, name: str) -> tuple[type, bool, bool]:
    """The plain type of an input, whether it may be left out, and whether it is a table of rows.

    >>> @dataclass(frozen=True)
    ... class Wind:
    ...     speed_m_s: float | None = given("风速", default=None)
    >>> kind_of(Wind, "speed_m_s")
    (<class 'float'>, True, False)
    """
    kind = typing.get_type_hints(scenario)[name]
    is_optional = False
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        plain = [one for one in typing.get_args(kind) if one is not type(None)]
        is_optional, kind = len(plain) < len(typing.get_args(kind)), plain[0]
    if typing.get_origin(kind) is tuple:
        return typing.get_args(kind)[0], is_optional, True
    return kind, is_optional, False


def read(scenario: type[S], values: Mapping[str, Any]) -> S:
    """A scenario from plain values, as a form or a JSON document brings them; ScenarioError names all that is wrong."""
    problems: dict[str, str] = {}
    made = _read(scenario, values, "", problems)
    if problems:
        raise ScenarioError(problems)
    return typing.cast(S, made)


def check(scenario: Any) -> None:
    """Refuse a scenario with a value outside its declared range: ScenarioError names all that is wrong."""
    read(type(scenario), asdict(scenario))


def _read(scenario: type, values: Any, path: str, problems: dict[str, str]) -> Any:
    if not isinstance(values, Mapping):
        problems[path or "scenario"] = "：应为一组名称和值"
        return None
    known = {one.name: one for one in fields(scenario)}
    for name in values:
        if name not in known:
            problems[f"{path}{name}"] = tell("：没有这个输入，可用的有 {known}", known=list(known))
    before = len(problems)
    taken = {}
    for name, one in known.items():
        value = values.get(name)
        if value is None or value == "":
            if (kept := _left_out(scenario, one)) is MISSING:
                problems[path + name] = tell("（{label}）：必须填写", label=one.metadata["given"].label)
            else:
                taken[name] = kept
            continue
        taken[name] = _value(scenario, one, value, path + name, problems)
    if len(problems) > before or any(name not in known for name in values):
        return None
    try:
        return scenario(**taken)
    except ScenarioError as error:  # inputs that contradict each other
        problems.update({path + name: problem for name, problem in error.problems.items()})
        return None


def _left_out(scenario: type, one: Field) -> Any:
    if one.default is not MISSING:
        return one.default
    return None if kind_of(scenario, one.name)[1] else MISSING


def _value(scenario: type, one: Field, value: Any, path: str, problems: dict[str, str]) -> Any:
    what: Given = one.metadata["given"]
    kind, _is_optional, is_table = kind_of(scenario, one.name)
    if is_table:
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) > MOST_ROWS:
            problems[path] = tell("（{label}）：应为至多 {most} 行的列表", label=what.label, most=MOST_ROWS)
            return ()
        if is_dataclass(kind):
            return tuple(_read(kind, row, f"{path}[{at}].", problems) for at, row in enumerate(value))
        return tuple(_plain(kind, what, row, f"{path}[{at}]", problems) for at, row in enumerate(value))
    if is_dataclass(kind):
        return _read(kind, value, f"{path}.", problems)
    return _plain(kind, what, value, path, problems)


def _plain(kind: type, what: Given, value: Any, path: str, problems: dict[str, str]) -> Any:
    found, problem = _converted(kind, value)
    if not problem and what.choices is not None and found not in what.choices:
        problem = tell("{value} 不在 {choices} 之中", value=_shown(found), choices=_offered(found, what.choices))
    if not problem and kind in (int, float):
        unit = f" {what.unit}" if what.unit else ""
        if what.low is not None and found < what.low:
            problem = tell("{value} 低于下限 {low:g}{unit}", value=_shown(value), low=what.low, unit=unit)
        elif what.high is not None and found > what.high:
            problem = tell("{value} 高于上限 {high:g}{unit}", value=_shown(value), high=what.high, unit=unit)
    if problem:
        problems[path] = tell(OF_INPUT, label=what.label, problem=problem)
    return found


def _converted(kind: type, value: Any) -> tuple[Any, str]:
    if kind is bool:
        truth = {"true": True, "false": False, "on": True, "1": True, "0": False}
        found = truth.get(str(value).lower())
        return found, "" if found is not None else tell("{value} 应为 true 或 false", value=_shown(value))
    if kind is str:
        return (value, "") if isinstance(value, str) else (None, tell("{value} 应为文字", value=_shown(value)))
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        return None, tell("{value} 不是数，请只填数字，不带单位和逗号", value=_shown(value))
    if kind is int:
        return (
            (int(number), "")
            if number == int(number)
            else (None, tell("{value} 不是整数，请填整数", value=_shown(value)))
        )
    return number, ""


def _offered(value: str, choices: Mapping[str, str]) -> list[str]:
    """The choices that a message names: all of a few, of many those that are written like the value, or the first.

    >>> _offered("chlorin", {f"{n}": "" for n in range(99)} | {"chlorine": "氯"})
    ['chlorine', '…']
    """
    if len(choices) <= MOST_OFFERED:
        return list(choices)
    return [*(get_close_matches(value, choices, n=5) or list(choices)[:10]), "…"]


def _shown(value: Any) -> str:
    """A value as a message repeats it.

    >>> _shown("很多"), _shown(10**80)
    ('很多', '1000000000000000000000000000000000000000…')
    """
    text = f"{value}"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def schema(scenario: type) -> dict[str, Any]:
    """The JSON Schema of a scenario, with labels as titles and units as `x-unit`.

    >>> @dataclass(frozen=True)
    ... class Fall:
    ...     height_m: float = given("高度", unit="m", low=0)
    >>> schema(Fall)["properties"]["height_m"]
    {'title': '高度', 'type': 'number', 'minimum': 0, 'x-unit': 'm'}
    """
    properties, required = {}, []
    for one in fields(scenario):
        what: Given = one.metadata["given"]
        kind, is_optional, is_table = kind_of(scenario, one.name)
        found: dict[str, Any] = {"title": what.label}
        inner: dict[str, Any] = schema(kind) if is_dataclass(kind) else {"type": _JSON_TYPES[kind]}
        if what.choices is not None:
            inner["enum"] = list(what.choices)
        if what.low is not None:
            inner["minimum"] = what.low
        if what.high is not None:
            inner["maximum"] = what.high
        found |= {"type": "array", "items": inner} if is_table else inner | {"title": what.label}
        if what.unit:
            found["x-unit"] = what.unit
        if note := "；".join(filter(None, (what.help, what.source))):
            found["description"] = note
        if one.default is MISSING and not is_optional:
            required.append(one.name)
        elif one.default is not MISSING and one.default is not None and not is_dataclass(one.default):
            found["default"] = one.default
        properties[one.name] = found
    alternatives = {"oneOf": [{"required": [name]} for name in getattr(scenario, "ONE_OF", ())]}
    made = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return made | alternatives if alternatives["oneOf"] else made


_JSON_TYPES = {float: "number", int: "integer", bool: "boolean", str: "string"}
