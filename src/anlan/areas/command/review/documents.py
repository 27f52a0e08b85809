"""A review as an official document; its text is Chinese, whatever language its reader uses."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import override

from anlan.areas.command.review.analysis import Analysis
from anlan.areas.command.review.models import Finding, Review
from anlan.foundation.documents.official import OfficialDocument, Section, Table


def as_official(review: Review, analysis: Analysis) -> OfficialDocument:
    """The review with its phases, limits, findings and improvements; a draft until it is closed."""
    with override("zh-hans"):
        day = timezone.localtime(review.closed_at or timezone.now())
        organ = str(review.department)
        return OfficialDocument(
            organ=organ,
            title=f"{review.incident.title}复盘评估报告",
            sections=tuple(_sections(review, analysis)),
            signature=organ,
            date=f"{day.year}年{day.month}月{day.day}日" if review.closed_at else "",
            is_exercise=review.is_exercise,
            is_draft=review.is_open,
        )


def _sections(review: Review, analysis: Analysis) -> Iterator[Section]:
    incident = review.incident
    yield Section(
        heading="一、事件和处置过程",
        paragraphs=(
            f"{_at(incident.occurred_at)}，{incident.place}发生{incident.title}。"
            f"从接报到响应结束历时{_span(analysis.lasted)}。",
        ),
        table=Table(
            columns=("阶段", "时间", "距上一阶段", "距接报"),
            rows=tuple(
                (str(one.title), _at(one.at), _span(one.took), _span(one.since_received)) for one in analysis.phases
            ),
            note="“未知”表示没有记录，不等于零。",
        ),
    )
    late = analysis.late_clocks
    yield Section(
        heading="二、时限执行",
        paragraphs=(f"计时事项{len(analysis.clocks)}项，其中超时{len(late)}项。",),
        table=Table(
            columns=("事项", "性质", "截止", "超时"),
            rows=tuple((one.title, str(one.get_kind_display()), _at(one.due_at), _span(one.lateness)) for one in late),
        )
        if late
        else None,
    )
    orders, calls = analysis.orders, analysis.calls
    yield Section(
        heading="三、指令和叫应",
        paragraphs=(
            f"下达指令{orders.given}件，完成{orders.done}件，超时{orders.late}件，取消{orders.cancelled}件。",
            f"发出通知{calls.sent}条，确认{calls.confirmed}条，叫应失败{calls.failed}条，"
            f"确认用时中位数{_span(calls.median)}。",
        ),
    )
    findings = list(review.findings.select_related("department"))
    yield Section(
        heading="四、评估发现",
        paragraphs=tuple(
            f"{Finding.Kind(one.kind).label}：{one.text}" + (f"（{one.department}）" if one.department else "")
            for one in findings
        )
        or ("尚无评估发现。",),
    )
    improvements = list(review.improvements.select_related("department"))
    yield Section(
        heading="五、改进措施",
        paragraphs=() if improvements else ("没有改进措施。",),
        table=Table(
            columns=("措施", "责任单位", "完成期限", "状态"),
            rows=tuple(
                (one.title, str(one.department), f"{one.due_on:%Y-%m-%d}", str(one.get_status_display()))
                for one in improvements
            ),
        )
        if improvements
        else None,
    )
    if review.conclusion:
        yield Section(heading="六、总体评价", paragraphs=tuple(review.conclusion.splitlines()))


def _at(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "未知"


def _span(value: timedelta | None) -> str:
    """Hours and minutes of a duration."""
    if value is None:
        return "未知"
    hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
    return (f"{hours}小时" if hours else "") + f"{minutes}分钟"
