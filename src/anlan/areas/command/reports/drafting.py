"""Write a report's first text from the record: what is known with its source, what is not known as 未知.

The texts are an official record and Chinese, whatever language their writer reads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from anlan.areas.command.reports.models import Report
from anlan.areas.command.reports.services.duties import grade_for_reporting
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.incidents.models import OTHER_FIGURES, Grade, Incident, TimelineEntry
from anlan.foundation.incidents.queries import figure_sources, figure_title, propose_grade, visible_entries
from anlan.foundation.incidents.rules import GradeProposal

UNKNOWN = "未知"
#: What the regulation asks for and only a person can say (山东省突发事件应对条例 第二十九条).
TO_BE_FOUND_OUT = "未知，正在核实。"
#: Entries that each stand in the text; of orders, answers and resources more than these are only counted.
MOST = 8
#: More orders than this are told as one number.
FEW = 3

Kind = TimelineEntry.Kind
#: What the readers of a report want to know, in the order in which it is told.
MEASURES = (Kind.INSTRUCTION, Kind.RESPONSE, Kind.WARNING, Kind.ORDER, Kind.RESOURCE, Kind.FEEDBACK, Kind.NOTE)
COUNTED = {Kind.ORDER: "指令和进展", Kind.RESOURCE: "力量和物资调度", Kind.FEEDBACK: "现场反馈", Kind.NOTE: "记事"}


def time_text(at: datetime) -> str:
    """2019年8月11日5时20分, as official texts write it."""
    local = timezone.localtime(at)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def figure_value(name: str, value: Any) -> str:
    """A figure with its unit; 未知 where nobody knows it, which is never zero."""
    if value is None:
        return UNKNOWN
    if name == "loss_yuan":
        return f"{float(value) / 10000:g} 万元"
    return f"{float(value):g}" if name in OTHER_FIGURES else f"{value} 人"


def snapshot(incident: Incident, before: Sequence[dict] = ()) -> list[dict]:
    """Every figure of the incident with source and time, and what the report before said of it."""
    sources = {source.name: source for source in figure_sources(incident)}
    earlier = {figure["name"]: figure["value"] for figure in before}
    rows = []
    for name in (*Incident.FIGURES, *incident.other_figures):
        value = incident.figures.get(name)
        source = sources.get(name)
        rows.append(
            {
                "name": name,
                "title": figure_title(name),
                "value": None if value is None else float(value) if name == "loss_yuan" else value,
                "before": earlier.get(name),
                "has_before": name in earlier,
                "source": source.source if source else "",
                "at": source.at.isoformat() if source else "",
            }
        )
    return rows


@dataclass(frozen=True)
class Draft:
    """What a report says at first."""

    title: str
    sections: list[dict]
    figures: list[dict]
    based_on: TimelineEntry | None
    urgency: str


@dataclass
class Record:
    """What a draft is written from: the incident, what is visible, what is new since the last valid report."""

    incident: Incident
    author: User
    department: Department
    previous: Report | None
    entries: list[TimelineEntry] = field(init=False)

    def __post_init__(self) -> None:
        self.entries = visible_entries(self.incident, self.author)

    @property
    def fresh(self) -> list[TimelineEntry]:
        """The entries that no valid report has told of."""
        last = self.previous.based_on if self.previous else None
        if last is None:
            return self.entries
        return [e for e in self.entries if (e.recorded_at, e.pk) > (last.recorded_at, last.pk)]


def write_draft(record: Record, kind: str, sequence: int, kind_title: str) -> Draft:
    """The text of a first, follow-up or final report."""
    incident = record.incident
    figures = snapshot(incident, record.previous.figures if record.previous else ())
    writers = {Report.Kind.FIRST: _first, Report.Kind.FOLLOW_UP: _follow_up, Report.Kind.FINAL: _final}
    sections = [
        {"key": key, "heading": heading, "text": text} for key, heading, text in writers[kind](record, sequence)
    ]
    return Draft(
        title=f"关于{incident.title}的信息报告（{kind_title}）"[:200],
        sections=sections,
        figures=figures,
        based_on=record.entries[-1] if record.entries else None,
        urgency="特急" if grade_for_reporting(incident) in ("I", "II", "III") else "加急",
    )


def _first(record: Record, sequence: int) -> Iterable[tuple[str, str, str]]:
    incident = record.incident
    yield "basics", "基本情况", _basics(record)
    yield "figures", "伤亡和损失", ""
    yield "grade", "事件等级", _grade(incident)
    yield "impact", "影响范围和发展态势", TO_BE_FOUND_OUT
    yield "measures", "已采取的措施", _measures(record.entries) or "尚无处置记录。"
    yield "next", "下一步工作和建议", TO_BE_FOUND_OUT
    yield "contact", "现场负责人及联系方式", TO_BE_FOUND_OUT


def _basics(record: Record) -> str:
    incident = record.incident
    parts = [
        f"{time_text(incident.received_at)}，{record.department}接到{incident.source or '来源未知的'}报告：{incident.title}。"
        f"事发时间{time_text(incident.occurred_at)}，事发地点{incident.place}，事件类别{incident.kind}。"
    ]
    if incident.description:
        parts.append(_sentence(incident.description))
    return "\n".join(parts)


def _grade(incident: Incident) -> str:
    proposal = propose_grade(incident)
    lines = []
    if incident.grade:
        basis = f"（{incident.grade_basis}）" if incident.grade_basis else ""
        lines.append(f"已定为{Grade(incident.grade).label}突发事件{basis}。")
    if proposal is None:
        lines.append("" if incident.grade else "这类事件没有可依的定级规则，等级未定。")
    elif not proposal.grade:
        lines.append("" if incident.grade else f"伤亡和损失未知，等级未定（{proposal.citation}）。")
    elif proposal.grade != incident.grade:
        lines.append(
            f"按现有数字（{_deciding_figure(incident, proposal)}），"
            f"初步判断为{Grade(proposal.grade).label}（{proposal.citation}）。"
        )
    return "\n".join(line for line in lines if line)


def _deciding_figure(incident: Incident, proposal: GradeProposal) -> str:
    """The figure that decided, and what the rule counted among it: missing people among the dead."""
    name = proposal.decided_by
    figure = next(one.figure for one in proposal.indicators if one.name == name)
    counted = "和失联合计" if figure != incident.figures.get(name) else ""
    return f"{figure_title(name)}{counted} {figure_value(name, figure)}"


def _follow_up(record: Record, sequence: int) -> Iterable[tuple[str, str, str]]:
    until = f"{time_text(record.previous.told_until)}之后" if record.previous else "上次报告之后"
    fresh = record.fresh
    grades = [entry for entry in fresh if entry.kind == Kind.GRADE]
    measures = _measures(fresh)
    changed = [e for e in fresh if e.kind in (Kind.FIGURES, Kind.GRADE, *MEASURES)]
    lead = f"现将{until}的新情况续报如下。" if changed else f"{until}没有新情况（零报告）。"
    yield "lead", "", lead
    yield "figures", "伤亡和损失的变化", ""
    if grades:
        yield "grade", "事件等级", "\n".join(_told(entry) for entry in grades)
    yield "measures", "处置进展", measures or "没有新的处置记录。"
    yield "impact", "危害程度和影响范围", TO_BE_FOUND_OUT
    yield "next", "下一步工作", TO_BE_FOUND_OUT


def _final(record: Record, sequence: int) -> Iterable[tuple[str, str, str]]:
    incident = record.incident
    ended = f"{time_text(incident.ended_at)}应急处置结束。" if incident.ended_at else "应急处置结束时间：未知。"
    yield "basics", "事件经过", f"{_basics(record)}\n{ended}"
    yield "figures", "伤亡和损失", ""
    yield "grade", "事件等级", _grade(incident)
    yield "measures", "应急处置", _measures(record.entries) or "没有处置记录。"
    yield "reports", "信息报告", _reported(record)
    yield "aftermath", "善后和恢复重建", TO_BE_FOUND_OUT
    yield "review", "原因和评估", TO_BE_FOUND_OUT


def _reported(record: Record) -> str:
    sent = record.incident.reports.filter(status=Report.Status.SENT).order_by("sent_at")
    lines = [f"{time_text(report.sent_at)}报出{report.kind_title}（{report.number}）。" for report in sent]
    return "\n".join(lines) or "此前没有书面报告。"


def _measures(entries: Iterable[TimelineEntry]) -> str:
    """What was done, the newest of each kind told and the rest counted."""
    by_kind: dict[str, list[TimelineEntry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    lines = []
    for kind in MEASURES:
        found = by_kind.get(kind, [])
        if kind == Kind.ORDER:
            issued = [entry for entry in found if entry.data.get("status") == "sent"]
            if len(issued) > FEW:
                units = len({entry.data.get("unit") for entry in issued})
                lines.append(f"共向 {units} 个单位下达指令 {len(issued)} 项。")
                found = [entry for entry in found if entry not in issued]
        told = found[-MOST:] if kind in COUNTED else found
        if len(told) < len(found):
            lines.append(f"{COUNTED[kind]}共 {len(found)} 条，最近 {len(told)} 条如下。")
        lines += [_told(entry) for entry in told]
    return "\n".join(lines)


def _told(entry: TimelineEntry) -> str:
    source = f"（{entry.source}）" if entry.source and entry.kind != Kind.INSTRUCTION else ""
    leader = f"{entry.source}批示：" if entry.kind == Kind.INSTRUCTION and entry.source else ""
    return _sentence(f"{time_text(entry.happened_at)}，{leader}{entry.text}{source}")


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith(("。", "！", "？", "；")) else f"{text}。"
