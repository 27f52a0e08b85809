"""An information report as an official document."""

from datetime import datetime

from django.utils import timezone

from anlan.areas.command.reports.drafting import figure_value
from anlan.areas.command.reports.models import Report, chinese_number
from anlan.foundation.documents.official import OfficialDocument, Section, Table

FIGURES_NOTE = "“未知”表示报告时没有可靠数字，不等于零。"


def as_official(report: Report) -> OfficialDocument:
    """The report with its figures, its signatory and, while nobody signed it, the mark 草稿."""
    day = timezone.localtime(report.approved_at or timezone.now())
    date = f"{day.year}年{day.month}月{day.day}日"
    organ = report.department.organ
    return OfficialDocument(
        organ=organ,
        number=report.number,
        signatory=str(report.approved_by) if report.approved_by else "",
        title=report.title,
        addressee=report.addressee,
        sections=tuple(_sections(report)),
        signature=organ,
        date=date if report.is_valid else "",
        copy_to=report.copy_to,
        printed_by=organ,
        printed_on=f"{date}印发" if report.is_valid else "",
        urgency=report.urgency,
        is_exercise=report.is_exercise,
        is_draft=not report.is_valid,
    )


def _sections(report: Report):
    number = 0
    for section in report.sections:
        table = figures_table(report) if section["key"] == "figures" else None
        lines = tuple(line.strip() for line in section["text"].splitlines() if line.strip())
        if section["key"] == "figures" and table is None:
            lines = ("与前报相比没有变化。", *lines)
        if not lines and table is None:
            continue
        number += bool(section["heading"])
        heading = f"{chinese_number(number)}、{section['heading']}" if section["heading"] else ""
        yield Section(heading=heading, paragraphs=lines, table=table)


def told_figures(report: Report) -> list[dict]:
    """The figures that a report tells: all of them, in a follow-up only those that changed."""
    if report.kind != Report.Kind.FOLLOW_UP:
        return report.figures
    return [one for one in report.figures if not one["has_before"] or one["value"] != one["before"]]


def figures_table(report: Report) -> Table | None:
    """The figures with source and time, and in a follow-up what was said before; None where nothing changed."""
    rows = told_figures(report)
    if not rows:
        return None
    is_follow_up = report.kind == Report.Kind.FOLLOW_UP
    before = ("前报",) if is_follow_up else ()
    return Table(
        columns=("项目", "数字", *before, "来源", "时间"),
        rows=tuple(
            (
                one["title"],
                figure_value(one["name"], one["value"]),
                *((figure_value(one["name"], one["before"]),) if is_follow_up else ()),
                one["source"] or "—",
                f"{timezone.localtime(datetime.fromisoformat(one['at'])):%m-%d %H:%M}" if one["at"] else "—",
            )
            for one in rows
        ),
        note=FIGURES_NOTE if any(one["value"] is None for one in rows) else "",
    )
