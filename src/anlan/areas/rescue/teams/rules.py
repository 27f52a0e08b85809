"""Readiness of a team by declared parts, and which enterprises must keep a team; pure decisions by rules."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a team on a day; None where nothing is recorded."""

    today: date
    is_standing_by: bool
    present: int | None
    needed: int
    certificates: int | None
    valid_certificates: int
    equipment: int | None
    usable_equipment: int
    drilled_on: date | None
    inspected_on: date | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the score: points proven of the most, and the figures that say why."""

    part: str
    points: int
    most: int
    is_known: bool
    have: int | None = None
    need: int | None = None


#: What people call the parts.
TITLES = {
    "standby": gettext_lazy("备勤状态"),
    "shift": gettext_lazy("在岗人数"),
    "certificates": gettext_lazy("有效证书"),
    "equipment": gettext_lazy("可用装备"),
    "drill": gettext_lazy("近期演练"),
    "inspection": gettext_lazy("近期装备检查"),
}


def judge(parts: Iterable[Mapping[str, Any]], facts: Facts) -> list[Part]:
    """The parts of the score; what is not recorded earns nothing and is said to be unknown.

    >>> rule = [{"part": "standby", "points": 20}, {"part": "shift", "points": 25}, {"part": "drill", "points": 10, "days": 183}]
    >>> facts = Facts(
    ...     today=date(2026, 6, 1), is_standing_by=True, present=3, needed=6, certificates=None, valid_certificates=0,
    ...     equipment=None, usable_equipment=0, drilled_on=None, inspected_on=None,
    ... )
    >>> [(one.part, one.points, one.is_known) for one in judge(rule, facts)]
    [('standby', 20, True), ('shift', 12, True), ('drill', 0, False)]
    """
    return [_judge_one(row, facts) for row in parts]


def _judge_one(row: Mapping[str, Any], facts: Facts) -> Part:
    part, most = row["part"], int(row["points"])
    if part == "standby":
        return Part(part=part, points=most * facts.is_standing_by, most=most, is_known=True)
    if part in ("drill", "inspection"):
        day = facts.drilled_on if part == "drill" else facts.inspected_on
        age = None if day is None else (facts.today - day).days
        is_recent = age is not None and age <= row["days"]
        return Part(part=part, points=most * is_recent, most=most, is_known=age is not None, have=age, need=row["days"])
    have, need = {
        "shift": (facts.present, facts.needed),
        "certificates": (None if facts.certificates is None else facts.valid_certificates, facts.certificates),
        "equipment": (None if facts.equipment is None else facts.usable_equipment, facts.equipment),
    }[part]
    if have is None:
        return Part(part=part, points=0, most=most, is_known=False, need=need)
    share = min(1.0, have / need) if need else 1.0
    return Part(part=part, points=int(most * share), most=most, is_known=True, have=have, need=need)


def kept(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The parts as they are stored."""
    return [asdict(part) for part in parts]


def words(part: Mapping[str, Any]) -> str:
    """Why a stored part has its points, in the reader's language."""
    have, need = part["have"], part["need"]
    if not part["is_known"]:
        return {
            "shift": _("没有近期的接班记录，不知道谁在岗"),
            "certificates": _("没有登记证书"),
            "equipment": _("没有登记装备"),
            "drill": _("没有演练记录"),
            "inspection": _("没有装备检查记录"),
        }[part["part"]]
    if part["part"] == "standby":
        return _("待命") if part["points"] else _("台账登记为不在待命状态")
    if part["part"] == "shift":
        return _("在岗 %(have)s 人，最低 %(need)s 人") % {"have": have, "need": need}
    if part["part"] == "certificates":
        return _("%(need)s 本证书中 %(have)s 本在有效期内") % {"have": have, "need": need}
    if part["part"] == "equipment":
        return _("%(need)s 项装备中 %(have)s 项完好且在检验期内") % {"have": have, "need": need}
    return _("距今 %(have)s 天，要求 %(need)s 天以内") % {"have": have, "need": need}


#: What people call the duties of an enterprise.
DUTIES = {
    "fire_brigade": gettext_lazy("单位专职消防队"),
    "rescue_team": gettext_lazy("应急救援队伍"),
    "agreement": gettext_lazy("队伍或协议"),
}


def duty_of(duties: Iterable[Mapping[str, Any]], *, sector: str, employees: int | None) -> Mapping[str, Any] | None:
    """The strictest duty of an enterprise, the first that fits; None where there is none.

    With an unknown number of employees only the duty that everybody of the sector has is certain.

    >>> rows = [{"duty": "fire_brigade", "sectors": ["chemical"], "least_employees": 1000},
    ...         {"duty": "agreement", "sectors": ["chemical"], "least_employees": 0}]
    >>> [(duty_of(rows, sector="chemical", employees=n) or {}).get("duty") for n in (1000, 999, None)]
    ['fire_brigade', 'agreement', 'agreement']
    >>> duty_of(rows, sector="other", employees=5000)
    """
    for row in duties:
        if sector in row["sectors"] and (employees or 0) >= row["least_employees"]:
            return row
    return None
