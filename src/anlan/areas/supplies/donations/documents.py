"""The receipt for a donor (捐赠收据)."""

from anlan.areas.supplies.donations.models import Entry
from anlan.foundation.documents.official import OfficialDocument, Section


def receipt(entry: Entry) -> OfficialDocument:
    """What was given to whom and for what; it does not stand in for the fiscal receipt of the treasury."""
    given = f"人民币 {entry.amount} 元" if entry.item is None else f"{entry.item} {entry.quantity} {entry.item.unit}"
    organ, day = entry.department.organ, entry.happened_on
    will = f"定向：{entry.purpose}" if entry.is_directed else (entry.purpose or "非定向")
    lines = [
        f"兹收到您（贵单位）{day.year}年{day.month}月{day.day}日捐赠的{given}，谨致谢意。",
        f"收据号：{entry.code}。凭证号：{entry.document or '—'}。",
        f"捐赠用途：{will}。公示方式：{'匿名' if entry.is_anonymous else '公开姓名（名称）'}。",
        *([f"突发事件：{entry.incident.title}。"] if entry.incident else []),
        *([f"入库单：{entry.slip.code}，{entry.slip.depot}。"] if entry.slip else []),
        "本收据是接收凭据，不代替财政部门监制的公益事业捐赠统一票据。捐赠的接收和使用情况在“捐赠公示”网页公开。",
        f"经办人：{entry.made_by}。",
    ]
    return OfficialDocument(
        organ=organ, number=entry.code, title="捐赠收据", addressee=entry.party,
        sections=(Section(paragraphs=tuple(lines)),), signature=organ,
        date=f"{day.year}年{day.month}月{day.day}日", is_exercise=entry.is_exercise or entry.is_demo,
    )  # fmt: skip
