"""A plan written out as TOML, the form in which it is edited, compared and exchanged."""

from collections.abc import Iterator
from typing import Any

from anlan.areas.command.response.models import ActionCard, Plan


def document_of(plan: Plan) -> dict[str, Any]:
    """The plan as nested values, without anything that is empty."""
    head = {
        "code": plan.code,
        "title": plan.title,
        "title_en": plan.title_en,
        "kind": plan.kind,
        "event_kinds": plan.event_kinds,
        "department": plan.department.name if plan.department else "",
        "document": plan.document,
        "criteria_rule": plan.criteria_rule,
        "is_sample": plan.is_sample,
        "note": plan.note,
    }
    levels = [
        {"level": row.level, "expected_hours": row.expected_hours, "text": row.text, "criteria": row.criteria}
        for row in plan.levels.all()
    ]
    groups = [{"code": row.code, "title": row.title, "duty": row.duty} for row in plan.groups.all()]
    cards = [_card(row) for row in plan.cards.select_related("group", "department").order_by("id")]
    return _filled(head) | {
        "levels": [_filled(row) for row in levels],
        "groups": [_filled(row) for row in groups],
        "cards": [_filled(row) for row in cards],
    }


def _card(card: ActionCard) -> dict[str, Any]:
    return {
        "code": card.code,
        "group": card.group.code,
        "phase": card.phase,
        "title": card.title,
        "detail": card.detail,
        "clause": card.clause,
        "levels": card.levels,
        "addressee": card.addressee,
        "department": card.department.name if card.department else "",
        "post_role": card.post_role,
        "start_offset": card.start_offset,
        "due_offset": card.due_offset,
        "is_continuous": card.is_continuous,
        "clock_kind": card.clock_kind,
        "documents": card.documents,
        "applicability": card.applicability,
        "resources": card.resources,
        "target": card.target,
        "is_checked": card.is_checked,
    }


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", None, [], {})}


def to_toml(document: dict[str, Any]) -> str:
    """The document as TOML text, one table a level, group and card.

    >>> print(to_toml({"code": "a", "levels": [{"level": "III", "criteria": [{"fact": "dead", "value": 3}]}]}))
    code = "a"
    <BLANKLINE>
    [[levels]]
    level = "III"
    criteria = [{ fact = "dead", value = 3 }]
    <BLANKLINE>
    """
    return "\n".join(_lines(document)) + "\n"


def _lines(document: dict[str, Any]) -> Iterator[str]:
    tables = {name: value for name, value in document.items() if name in ("levels", "groups", "cards")}
    for name, value in document.items():
        if name not in tables:
            yield f"{name} = {_value(value)}"
    for name, rows in tables.items():
        for row in rows:
            yield ""
            yield f"[[{name}]]"
            for key, value in row.items():
                yield f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + " }"
    escaped = "".join(_escaped(letter) for letter in str(value))
    return f'"{escaped}"'


def _escaped(letter: str) -> str:
    named = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return named.get(letter) or (f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter)


def compare(old: Plan, new: Plan) -> list[tuple[str, str, str, str]]:
    """Where two versions differ: which part, which field, before, after."""
    before, after = document_of(old), document_of(new)
    found = []
    for name in dict.fromkeys([*before, *after]):
        if name not in ("levels", "groups", "cards") and before.get(name) != after.get(name):
            found.append(("plan", name, _shown(before.get(name)), _shown(after.get(name))))
    for name, key in (("levels", "level"), ("groups", "code"), ("cards", "code")):
        mine, theirs = ({row[key]: row for row in document[name]} for document in (before, after))
        for code in dict.fromkeys([*mine, *theirs]):
            one, other = mine.get(code), theirs.get(code)
            where = f"{name[:-1]} {code}"
            if one is None or other is None:
                row = one or other
                words = row.get("title", row.get("text", ""))[:80]
                found.append((where, "", words if one else "", words if other else ""))
                continue
            for field in dict.fromkeys([*one, *other]):
                if one.get(field) != other.get(field):
                    found.append((where, field, _shown(one.get(field)), _shown(other.get(field))))
    return found


def _shown(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else _value(value)
