"""The label of a lot (批次标签): its number as text and as a QR code that a telephone's camera opens."""

from pathlib import Path

from anlan.areas.supplies.movements.models import Lot
from anlan.foundation.documents.pdf import page_as_pdf
from anlan.foundation.documents.qr import qr_svg

TEMPLATE = Path(__file__).parent / "label.typ"


def label_pdf(lot: Lot, address: str) -> bytes:
    """One label of 100 by 60 millimetres; the code holds the address of the lot's page."""
    lines = [
        ("批次编号", lot.code),
        ("物资编码", lot.item.gb_code if lot.item.is_code_checked else f"{lot.item.gb_code}（待核对）"),
        ("生产批号", lot.batch or "—"),
        ("生产日期", f"{lot.produced_on:%Y-%m-%d}" if lot.produced_on else "—"),
        ("有效期至", f"{lot.expires_on:%Y-%m-%d}" if lot.expires_on else "不限"),
    ]
    return page_as_pdf(TEMPLATE, {"title": str(lot.item), "lines": lines, "qr": qr_svg(address)})
