"""Pure decisions about plans: which conditions are met, which level follows, what is wrong with a plan's text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.foundation.rules.judging import COLOURS, GRADES

#: What plans may ask for: title and unit.
FACTS: dict[str, tuple[str | Promise, str | Promise]] = {
    "rain_warning": (gettext_lazy("暴雨预警信号（气象部门）"), ""),
    "typhoon_warning": (gettext_lazy("台风预警信号（气象部门）"), ""),
    "river_warning": (gettext_lazy("骨干河道水情预警"), ""),
    "rain_assessment": (gettext_lazy("降雨研判提示（内部）"), ""),
    "river_assessment": (gettext_lazy("水位研判提示（内部）"), ""),
    "area_mean_24h_mm": (gettext_lazy("全市 24 小时面平均雨量"), "mm"),
    "townships_100mm": (gettext_lazy("24 小时雨量 100 毫米以上的乡镇"), gettext_lazy("个")),
    "dyke_danger_reaches": (gettext_lazy("出现险情的堤段"), gettext_lazy("处")),
    "dyke_breaches": (gettext_lazy("堤防决口"), gettext_lazy("处")),
    "gas_assessment": (gettext_lazy("有毒、可燃气体研判提示（内部）"), ""),
    "major_hazard_involved": (gettext_lazy("涉及重大危险源"), gettext_lazy("处")),
    "dead": (gettext_lazy("死亡"), gettext_lazy("人")),
    "missing": (gettext_lazy("失联"), gettext_lazy("人")),
    "serious_injured": (gettext_lazy("重伤"), gettext_lazy("人")),
    "trapped": (gettext_lazy("被困"), gettext_lazy("人")),
    "evacuated": (gettext_lazy("转移"), gettext_lazy("人")),
}
OPERATORS = (">=", ">", "==")
#: How records write a colour.
COLOUR_WORDS = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}


@dataclass(frozen=True)
class Known:
    """A fact as it is known: its value, where from, and of when."""

    value: Any
    source: str
    at: datetime


@dataclass(frozen=True)
class Met:
    """A condition that is met, by which value from where."""

    fact: str
    value: Any
    source: str
    at: datetime
    operator: str
    threshold: Any
    clause: str
    rule: str
    is_checked: bool

    @property
    def title(self) -> str:
        return str(FACTS[self.fact][0])

    @property
    def unit(self) -> str:
        return str(FACTS[self.fact][1])

    def as_data(self) -> dict[str, Any]:
        """JSON values, to be kept with the activation."""
        return vars(self) | {"at": self.at.isoformat(), "title": self.title, "unit": self.unit}


def reaches(value: Any, operator: str, threshold: Any) -> bool:
    """Whether a value meets a condition; colours rank blue, yellow, orange, red, and 以上 includes the number.

    >>> reaches("red", ">=", "orange"), reaches("blue", ">=", "orange"), reaches(100, ">=", 100)
    (True, False, True)
    >>> reaches(None, ">=", 0)
    False
    """
    if value is None or isinstance(value, str) != isinstance(threshold, str):
        return False
    if isinstance(value, str):
        if value not in COLOURS or threshold not in COLOURS:
            return False
        value, threshold = COLOURS.index(value), COLOURS.index(threshold)
    return {">=": value >= threshold, ">": value > threshold, "==": value == threshold}[operator]


def conditions_met(criteria: Iterable[Mapping[str, Any]], facts: Mapping[str, Known]) -> list[Met]:
    """The conditions of a level that are met by what is known.

    >>> at = datetime(2019, 8, 10, 15)
    >>> facts = {"rain_warning": Known("orange", "市气象台", at)}
    >>> criteria = [{"fact": "rain_warning", "operator": ">=", "value": "orange", "clause": "4.3.1"}]
    >>> [(m.fact, m.value, m.clause) for m in conditions_met(criteria, facts)]
    [('rain_warning', 'orange', '4.3.1')]
    """
    return [
        Met(
            fact=c["fact"],
            value=facts[c["fact"]].value,
            source=facts[c["fact"]].source,
            at=facts[c["fact"]].at,
            operator=c["operator"],
            threshold=c["value"],
            clause=c.get("clause", ""),
            rule=c.get("rule", ""),
            is_checked=c.get("is_checked", False),
        )
        for c in criteria
        if c["fact"] in facts and reaches(facts[c["fact"]].value, c["operator"], c["value"])
    ]


def highest(levels: Iterable[str]) -> str:
    """The most serious of some levels, empty when there is none.

    >>> highest(["IV", "III"]), highest([])
    ('III', '')
    """
    return max(levels, key=GRADES.index, default="")


@dataclass(frozen=True)
class Problem:
    """Something wrong with a plan's text: where, what, and whether it keeps the plan from being read in."""

    where: str
    text: str
    is_error: bool = True


def lint(document: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a plan's text in itself: double codes, unknown groups, due before start, empty roles.

    >>> [p.text for p in lint({"title": "x", "groups": [], "cards": []})][:1]
    ['没有填写“code”。']
    """
    problems = [
        Problem("plan", _("没有填写“%(name)s”。") % {"name": name})
        for name in ("code", "title", "kind", "levels", "groups", "cards")
        if not document.get(name)
    ]
    groups = document.get("groups") or []
    cards = document.get("cards") or []
    levels = {entry.get("level") for entry in document.get("levels") or []}
    problems += _doubles("group", groups) + _doubles("card", cards)
    for entry in document.get("levels") or []:
        problems += _lint_level(entry)
    known_groups = {group.get("code") for group in groups}
    for card in cards:
        problems += _lint_card(card, known_groups, levels)
    for group in groups:
        if not any(card.get("group") == group.get("code") for card in cards):
            where = f"group {group.get('code')}"
            problems.append(Problem(where, _("工作组没有任何行动卡。"), is_error=False))
    return problems


def _doubles(kind: str, rows: list[Mapping[str, Any]]) -> list[Problem]:
    codes = [row.get("code") for row in rows]
    return [
        Problem(f"{kind} {code}", _("编号“%(code)s”出现了 %(n)s 次。") % {"code": code, "n": codes.count(code)})
        for code in dict.fromkeys(codes)
        if codes.count(code) > 1
    ]


def _lint_level(entry: Mapping[str, Any]) -> list[Problem]:
    where = f"level {entry.get('level')}"
    problems = []
    if entry.get("level") not in GRADES:
        problems.append(Problem(where, _("响应级别应为 I、II、III、IV。")))
    for condition in entry.get("criteria") or []:
        if condition.get("fact") not in FACTS:
            problems.append(Problem(where, _("没有名为“%(name)s”的启动条件。") % {"name": condition.get("fact")}))
        if condition.get("operator") not in OPERATORS:
            problems.append(Problem(where, _("比较符应为 >=、> 或 ==。")))
        if "value" not in condition:
            problems.append(Problem(where, _("启动条件没有填写“value”。")))
    return problems


def _lint_card(card: Mapping[str, Any], groups: set, levels: set) -> list[Problem]:
    where = f"card {card.get('code')}"
    problems = []

    def wrong(text: str) -> None:
        problems.append(Problem(where, text))

    if card.get("group") not in groups:
        wrong(_("没有编号为“%(code)s”的工作组。") % {"code": card.get("group")})
    if not card.get("title"):
        wrong(_("任务没有标题。"))
    if not card.get("post_role"):
        wrong(_("没有填写岗位角色，指令不知道发给谁。"))
    if card.get("addressee", "department") == "department" and not card.get("department"):
        wrong(_("没有填写责任单位。"))
    if not isinstance(card.get("due_offset"), int):
        wrong(_("没有填写完成时限（分钟）。"))
    elif card["due_offset"] <= card.get("start_offset", 0):
        wrong(_("完成时限必须晚于开始时间。"))
    unknown = set(card.get("levels") or ()) - levels
    if not card.get("levels") or unknown:
        wrong(_("适用级别“%(levels)s”在本预案中没有定义。") % {"levels": "、".join(sorted(unknown)) or "—"})
    return problems
