"""Resource paths (clause 9.2): which entities, and what of them, an address means."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from anlan.protocols.sensorthings.codes import SETS, TYPES, EntityType, SensorThingsError

LENGTH, STEPS = 2_000, 8
Key = int | str


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path: a set or a relation, and the key of one entity in it."""

    name: str
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """What an address means; no steps are the service itself."""

    steps: tuple[Step, ...] = ()
    #: The way to one property, `("properties", "level")`; empty for the entities themselves.
    below: tuple[str, ...] = ()
    form: Literal["", "$value", "$ref"] = ""

    @property
    def type(self) -> EntityType:
        """The type of entity at the end."""
        found = SETS[self.steps[0].name]
        for step in self.steps[1:]:
            relation = found.relation(step.name)
            assert relation is not None  # parse() looked
            found = TYPES[relation.target]
        return found

    @property
    def is_many(self) -> bool:
        """Whether it means a set of entities rather than one."""
        last = self.steps[-1]
        if last.key is not None:
            return False
        if len(self.steps) == 1:
            return True
        relation = Resource(self.steps[:-1]).type.relation(last.name)
        return relation is not None and relation.is_many


_STEP = re.compile(r"(\w+)(?:\((.*)\))?", re.DOTALL)


def identifier(text: str) -> Key:
    """A key as it stands between the brackets: digits, or text in quotation marks.

    >>> identifier("12"), identifier("'a''b'")
    (12, "a'b")
    """
    if re.fullmatch(r"[0-9]{1,18}", text):
        return int(text)
    if len(text) >= 2 and text[0] == text[-1] == "'" and "'" not in text[1:-1].replace("''", ""):
        return text[1:-1].replace("''", "'")
    raise SensorThingsError(f"标识 {text[:40]!r} 应为整数，或用单引号括起的文字", "path")


def written_key(key: Key) -> str:
    """A key as it stands between the brackets.

    >>> written_key("a'b")
    "'a''b'"
    """
    return str(key) if isinstance(key, int) else "'" + key.replace("'", "''") + "'"


def _parts(text: str) -> list[str]:
    """The parts between slashes that stand outside quotation marks."""
    found, is_quoted = [""], False
    for character in text:
        is_quoted ^= character == "'"
        if character == "/" and not is_quoted:
            found.append("")
        else:
            found[-1] += character
    return found


def parse(text: str) -> Resource:
    """What a path below the service's root means; percent signs are decoded here.

    >>> parse("Things(1)/Datastreams(2)/Observations").is_many
    True
    >>> parse("Datastreams(2)/properties/level/$value").below
    ('properties', 'level')
    """
    if len(text) > LENGTH:
        raise SensorThingsError(f"地址超过 {LENGTH} 个字符", "too-long")
    parts = _parts(unquote(text).strip("/"))
    if parts == [""]:
        return Resource()
    if len(parts) > STEPS:
        raise SensorThingsError(f"地址超过 {STEPS} 段", "too-long")
    form: Literal["", "$value", "$ref"] = ""
    if parts[-1] == "$value" or parts[-1] == "$ref":
        form = "$value" if parts.pop() == "$value" else "$ref"
    steps: list[Step] = []
    for place, part in enumerate(parts):
        name = part.partition("(")[0]
        known = Resource(tuple(steps)).type if steps else None
        if known and known.property(name) and "(" not in part:
            return _property(tuple(steps), tuple(parts[place:]), form)
        step = _step(part)
        relation = known.relation(step.name) if known else None
        if (known is None and step.name not in SETS) or (known is not None and relation is None):
            where = [one.name for one in known.relations] if known else list(SETS)
            raise SensorThingsError(f"没有 {step.name[:40]!r}；这里可用：{'、'.join(where)}", "unknown")
        if steps and Resource(tuple(steps)).is_many:
            raise SensorThingsError(f"{steps[-1].name} 后面要写明是哪一个，例如 {steps[-1].name}(1)", "path")
        if relation and not relation.is_many and step.key is not None:
            raise SensorThingsError(f"{step.name} 只有一个，不写标识", "path")
        steps.append(step)
    found = Resource(tuple(steps), (), form)
    if form == "$value" or not steps:
        raise SensorThingsError("$value 要跟在一个属性后面" if form == "$value" else "$ref 前面要写明实体", "path")
    return found


def _step(part: str) -> Step:
    match = _STEP.fullmatch(part)
    if match is None:
        raise SensorThingsError(f"地址中的 {part[:40]!r} 不能理解", "unknown")
    return Step(match[1], None if match[2] is None else identifier(match[2]))


def _property(steps: tuple[Step, ...], rest: tuple[str, ...], form: Literal["", "$value", "$ref"]) -> Resource:
    if form == "$ref":
        raise SensorThingsError("$ref 只能跟在实体后面", "path")
    if Resource(steps).is_many:
        raise SensorThingsError(f"{steps[-1].name} 后面要写明是哪一个，例如 {steps[-1].name}(1)", "path")
    if "" in rest:
        raise SensorThingsError("属性的路径中有空段", "path")
    return Resource(steps, rest, form)


def write(resource: Resource) -> str:
    """The path of a resource below the service's root, percent-encoded.

    >>> write(parse("ObservedProperties('stage')/Datastreams/$ref"))
    "ObservedProperties('stage')/Datastreams/$ref"
    """
    parts = [step.name if step.key is None else f"{step.name}({written_key(step.key)})" for step in resource.steps]
    parts += resource.below
    if resource.form:
        parts.append(resource.form)
    return "/".join(quote(part, safe="'()$-.:,") for part in parts)
