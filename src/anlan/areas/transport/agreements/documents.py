"""The papers of a requisition as official documents: notice, receipt and hand-over list, return and compensation."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from anlan.areas.transport.agreements.models import OwnerAnswer, Requisition, RequisitionStep
from anlan.foundation.documents.official import OfficialDocument, Picture, Section, Table
from anlan.foundation.rules.queries import rule

Paper, Status = OwnerAnswer.Paper, Requisition.Status
UNKNOWN = "未知"


def _day(at: datetime | None) -> str:
    day = timezone.localtime(at) if at else None
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _moment(at: datetime | None) -> str:
    return f"{_day(at)}{timezone.localtime(at):%H时%M分}" if at else UNKNOWN


def _items(one: Requisition) -> Table:
    rows = tuple(
        (item.name, item.model or "—", item.plate or "—", f"{item.quantity}{item.unit}") for item in one.items.all()
    )
    return Table(columns=("财产名称", "规格型号", "车牌或编号", "数量"), rows=rows)


def _paper(one: Requisition, title: str, sections: tuple[Section, ...], at: datetime | None) -> OfficialDocument:
    organ, is_approved = one.department.organ, Status.APPROVED in one.at
    return OfficialDocument(
        organ=organ, number=one.number, title=title, addressee=one.owner_name, sections=sections, signature=organ,
        date=_day(at) if is_approved else "", is_exercise=one.is_exercise, is_draft=not is_approved,
    )  # fmt: skip


def _step_lines(step: RequisitionStep | None, what: str, who: str) -> tuple[str, ...]:
    if step is None:
        return (f"{what}：尚未办理。",)
    return (
        f"{what}时间：{_moment(step.at)}。{who}：{step.party or UNKNOWN}。经办人：{step.made_by}。",
        *((f"状况：{step.note}",) if step.note else ()),
    )


def said(one: Requisition, paper: str) -> tuple[str, ...]:
    """What the owner is shown and signs for."""
    what = "、".join(
        f"{item.name}{item.model and f'（{item.model}）'}{item.plate and f' {item.plate} '}{item.quantity}{item.unit}"
        for item in one.items.all()
    )
    head = f"{one.number}：为处置{one.incident.title}，{one.department.organ}征用{one.owner_name}的{what}。"
    if paper == Paper.NOTICE:
        return (
            head, f"用途：{one.purpose}。征用时间：{_moment(one.since)}至{_moment(one.until)}。执行人员：{one.executor}。",
            "财产使用完毕或者应急处置工作结束后及时返还；毁损、灭失的，依法给予补偿。",
        )  # fmt: skip
    if paper == Paper.RETURN:
        return (head, *_step_lines(one.step(Status.RETURNED), "返还", "收回人"))
    claim, settled = one.step(Status.CLAIMED), one.step(Status.SETTLED)
    return (head, f"核定补偿 {claim.amount} 元。依据：{claim.note}。批准人：{settled.made_by}，{_moment(settled.at)}。")


def _answered(one: Requisition, heading: str, *papers: str) -> tuple[Section, ...]:
    """How the owner answered these papers, with the signature as it was drawn."""
    lines, pictures = [], []
    for answer in one.answers.filter(paper__in=papers):
        where = f"{answer.lon:.5f}，{answer.lat:.5f}" if answer.lon is not None else "未记录"
        if answer.is_refused:
            lines.append(
                f"{answer.get_paper_display()}：被征用人拒签，理由：{answer.reason}。见证人：{'、'.join(answer.witnesses)}。"
                f"{_moment(answer.at)}，位置：{where}。经办人：{answer.made_by}。"
            )
            continue
        how = "本人手机" if answer.is_own_phone else "当面"
        typed = "" if answer.strokes else "（以键入的姓名确认）"
        lines.append(
            f"{answer.get_paper_display()}：{answer.signer}{typed}于{_moment(answer.at)}{how}签收，位置：{where}。"
            f"经办人：{answer.made_by}。"
        )
        if answer.strokes:
            pictures.append(Picture(svg=answer.drawing, width_mm=46, caption=f"{answer.get_paper_display()}签字："))
    return (Section(heading=heading, paragraphs=tuple(lines), pictures=tuple(pictures)),) if lines else ()


def as_notice(one: Requisition) -> OfficialDocument:
    """应急处置征用通知书 with the elements that the provincial regulation names."""
    basis = rule("transport.requisition").params["basis"]
    agreement = f"本次征用同时按《{one.agreement.name}》（{one.agreement.code}）执行。" if one.agreement else ""
    sections = (
        Section(paragraphs=(f"为处置{one.incident.title}，根据{basis}，决定征用你单位（你）下列财产，请予配合。",)),
        Section(heading="一、被征用人", paragraphs=(
            f"名称：{one.owner_name}。地址：{one.owner_address}。联系人：{one.owner_contact}。联系方式：{one.owner_phone}。",
        )),
        Section(heading="二、征用财产", table=_items(one)),
        Section(heading="三、用途和时间", paragraphs=(
            f"用途：{one.purpose}。征用时间：{_moment(one.since)}至{_moment(one.until)}。",
            f"征用单位：{one.department.organ}。执行人员：{one.executor}。",
        )),
        Section(heading="四、返还和补偿", paragraphs=(
            "被征用的财产使用完毕或者应急处置工作结束后，应当及时返还；财产被征用或者征用后毁损、灭失的，依法给予补偿。",
            *((agreement,) if agreement else ()),
        )),
        *_answered(one, "五、被征用人签收", Paper.NOTICE),
    )  # fmt: skip
    return _paper(one, "应急处置征用通知书", sections, one.at.get(Status.APPROVED))


def as_receipt(one: Requisition) -> OfficialDocument:
    """送达回证 and hand-over list."""
    handed = one.step(Status.HANDED_OVER)
    sections = (
        Section(heading="一、送达", paragraphs=_step_lines(one.step(Status.SERVED), "送达", "签收人")),
        Section(heading="二、交接", paragraphs=_step_lines(handed, "交接", "交出人"), table=_items(one)),
        *_answered(one, "三、被征用人签收", Paper.NOTICE),
        Section(paragraphs=("送达人（签字）：　　　　　　签收人（签字）：　　　　　　", "交出人（签字）：　　　　　　接收人（签字）：　　　　　　")),
    )  # fmt: skip
    last = one.at.get(Status.HANDED_OVER) or one.at.get(Status.SERVED)
    return _paper(one, "应急征用送达回证和交接清单", sections, last)


def as_return(one: Requisition) -> OfficialDocument:
    """Return record with the compensation."""
    claim, settled, paid = (one.step(kind) for kind in (Status.CLAIMED, Status.SETTLED, Status.PAID))
    money = ["补偿：尚未核定。"]
    if claim is not None:
        money = [f"核定补偿 {claim.amount} 元。依据：{claim.note}。核定人：{claim.made_by}，{_moment(claim.at)}。"]
        money.append(f"批准人：{settled.made_by}，{_moment(settled.at)}。" if settled else "批准：待批。")
        if paid is not None:
            money.append(f"已支付，凭证：{paid.note}，{_moment(paid.at)}。")
    returned = one.step(Status.RETURNED)
    sections = (
        Section(heading="一、返还", paragraphs=_step_lines(returned, "返还", "收回人"), table=_items(one)),
        Section(heading="二、补偿", paragraphs=tuple(money)),
        *_answered(one, "三、被征用人签字", Paper.RETURN, Paper.MONEY),
        Section(paragraphs=("返还人（签字）：　　　　　　收回人（签字）：　　　　　　",)),
    )
    return _paper(one, "应急征用返还和补偿登记", sections, one.at.get(Status.RETURNED))


#: The papers by the name in their address, with what people call them.
PAPERS: dict[str, tuple[str, Callable[[Requisition], OfficialDocument]]] = {
    "notice": ("征用通知书", as_notice),
    "receipt": ("送达回证和交接清单", as_receipt),
    "return": ("返还和补偿登记", as_return),
}
