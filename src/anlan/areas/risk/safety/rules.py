"""What decides about sheets: rows and classes, sums by the rule in force, differences, which sheet counts, what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.science.major_hazard.critical_quantities import CLASSES, SUBSTANCES
from anlan.science.major_hazard.identification import Criteria, Identification

#: Levels from the gravest, as the standard numbers them.
LEVELS = ("I", "II", "III", "IV")
PERSONS = {
    "chief": gettext_lazy("主要负责人"),
    "technical": gettext_lazy("技术负责人"),
    "operations": gettext_lazy("操作负责人"),
}


def classes_of(text: str) -> tuple[str, ...]:
    """The symbols of table 2 in a text; ValidationError names the one that there is not.

    >>> classes_of("w5.3， J5")
    ('W5.3', 'J5')
    """
    symbols = tuple(
        part.strip().upper() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()
    )
    if unknown := [one for one in symbols if one not in CLASSES]:
        told = _("表2没有类别 %(unknown)s，可用的有 %(known)s。")
        raise ValidationError({"classes": told % {"unknown": "、".join(unknown), "known": "、".join(CLASSES)}})
    return symbols


def row_for(cas: str) -> int:
    """The row of table 1 that a CAS number alone decides; ValidationError says what is left to decide."""
    found = [one for one in SUBSTANCES.values() if cas and one.cas == cas.strip()]
    if not found:
        raise ValidationError({"classes": _("表1没有这个 CAS 号：请按化学品分类填写表2类别，或填写表1序号。")})
    if len(found) > 1 or found[0].has_condition:
        rows = "；".join(f"{one.number} {one.name}" for one in found)
        told = _("表1按含量或状态区分：%(rows)s。符合的请填表1序号，都不符合的请填表2类别。")
        raise ValidationError({"number": told % {"rows": rows}})
    return found[0].number


def criteria_of(params: Mapping[str, Any]) -> Criteria:
    """The criteria of a version of the rule `safety.hazard_source_levels`."""
    grades = sorted(
        ((Decimal(str(one["r"])), LEVELS.index(one["level"]) + 1) for one in params["levels"]), reverse=True
    )
    exposure = sorted(((one["people"], Decimal(str(one["alpha"]))) for one in params["exposure"]), reverse=True)
    return Criteria(
        identified_from_s=Decimal(str(params["identified_from_s"])), grades=tuple(grades), exposure=tuple(exposure)
    )


def plain(value: Decimal, places: int = 6) -> str:
    """A decimal as people write it: no exponent, no zeros at its end.

    >>> plain(Decimal("7.50")), plain(Decimal(1) / 3), plain(Decimal("1E+2"))
    ('7.5', '0.333333', '100')
    """
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def steps_of(found: Identification) -> dict[str, Any]:
    """Every step of a judgement as JSON values."""
    return {
        "shares": [
            {
                "name": one.name, "quantity_t": plain(one.quantity_t), "critical_t": plain(one.critical_t),
                "of_s": plain(one.of_s), "beta": plain(one.beta), "of_r": plain(one.of_r), "basis": one.basis,
            }
            for one in found.shares
        ],
        "s": plain(found.s), "sum_beta": plain(sum((one.of_r for one in found.shares), Decimal(0))),
        "alpha": plain(found.alpha), "r": plain(found.r),
    }  # fmt: skip


def level_of(found: Identification) -> str:
    """The level's symbol; empty for a unit that is no major hazard."""
    return LEVELS[found.grade - 1] if found.grade else ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What differs between two sheets or between a sheet and the stock now; None where there was or is none."""

    label: str
    before: str | None
    after: str | None


def stock_changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Quantities that changed, came or went, by the number of the stock row."""

    def told(row: Mapping[str, Any] | None) -> str | None:
        if row is None:
            return None
        basis = _("表1序号 %(n)s") % {"n": row["number"]} if row["number"] else ""
        return " ".join(part for part in (f"{row['quantity_t']} t", basis, ",".join(row["classes"])) if part)

    old, new = ({row["code"]: row for row in rows} for rows in (before, after))
    found = []
    for code in dict.fromkeys((*old, *new)):
        was, now = told(old.get(code)), told(new.get(code))
        if was != now:
            found.append(Change(label=(new.get(code) or old[code])["name"], before=was, after=now))
    return found


def sheet_changes(before: Any, after: Any) -> list[Change]:
    """What differs between two sheets: stock, people, sums, level."""
    found = stock_changes(before.inputs["stored"], after.inputs["stored"])
    pairs = [
        (_("500 m 内常住人口"), before.inputs["residents"], after.inputs["residents"]),
        *((name, before.result[key], after.result[key]) for name, key in (("S", "s"), ("α", "alpha"), ("R", "r"))),
        (_("等级"), before.grade_words, after.grade_words),
    ]
    return found + [Change(label=name, before=str(was), after=str(now)) for name, was, now in pairs if was != now]


def gravity(sheet: Any) -> int:
    """How grave a sheet's outcome is: 4 for level I, 0 for no major hazard."""
    return 4 - LEVELS.index(sheet.level) if sheet.level else 0


def governing(sheets: Sequence[Any]) -> Any | None:
    """The sheet that the register follows, from a unit's sheets, the newest first.

    The newest that was not returned; but one that lowers the level counts only once the bureau has accepted it.
    """
    standing = [one for one in sheets if one.status != "returned"]
    accepted = next((one for one in standing if one.status == "accepted"), None)
    for one in standing:
        if one is accepted or accepted is None or gravity(one) >= gravity(accepted):
            return one
    return None


def missing_persons(persons: Mapping[str, Mapping[str, str]], wanted: Sequence[str]) -> list[str]:
    """Which of the persons responsible have no name."""
    return [str(PERSONS[one]) for one in wanted if not persons.get(one, {}).get("name")]


def due_on(start: date, days: int) -> date:
    """The last day of a filing limit."""
    return start + timedelta(days=days)


def holds_until(signed_on: date, years: int) -> date:
    """The day from which a sheet is too old."""
    try:
        return signed_on.replace(year=signed_on.year + years)
    except ValueError:  # 29 February
        return signed_on.replace(year=signed_on.year + years, day=28)
