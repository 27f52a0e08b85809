"""The papers of a requisition as official documents: notice, receipt and hand-over list, return and compensation."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from anlan.areas.transport.agreements.models import Requisition, RequisitionStep
from anlan.foundation.documents.official import OfficialDocument, Section, Table
from anlan.foundation.rules.queries import rule

Status = Requisition.Status
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
    )  # fmt: skip
    return _paper(one, "应急处置征用通知书", sections, one.at.get(Status.APPROVED))


def as_receipt(one: Requisition) -> OfficialDocument:
    """送达回证 and hand-over list."""
    handed = one.step(Status.HANDED_OVER)
    sections = (
        Section(heading="一、送达", paragraphs=_step_lines(one.step(Status.SERVED), "送达", "签收人")),
        Section(heading="二、交接", paragraphs=_step_lines(handed, "交接", "交出人"), table=_items(one)),
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
        Section(paragraphs=("返还人（签字）：　　　　　　收回人（签字）：　　　　　　",)),
    )
    return _paper(one, "应急征用返还和补偿登记", sections, one.at.get(Status.RETURNED))


#: The papers by the name in their address, with what people call them.
PAPERS: dict[str, tuple[str, Callable[[Requisition], OfficialDocument]]] = {
    "notice": ("征用通知书", as_notice),
    "receipt": ("送达回证和交接清单", as_receipt),
    "return": ("返还和补偿登记", as_return),
}
