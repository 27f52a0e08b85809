"""Official documents as DOCX, to be edited further in a word processor."""

import re
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from anlan.foundation.documents import layout
from anlan.foundation.documents.official import OfficialDocument, Section, Table
from anlan.foundation.documents.pdf import drawing_as_png

FANGSONG, KAITI, HEITI, XIAOBIAOSONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
LATIN = "Times New Roman"
CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
#: Characters that XML 1.0 cannot hold.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_docx(document: OfficialDocument) -> bytes:
    """The document as DOCX, with the page, grid and typefaces of the standard."""
    made = docx.Document()
    _lay_out(made)
    _write_edges(made, document)
    _write_head(made, document)
    for section in document.sections:
        _write_section(made, section)
    _write_foot(made, document)
    made.core_properties.title = _writable(document.title)[:250]
    made.core_properties.author = _writable(document.organ)[:250]
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _lay_out(made: Document) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = (Mm(size) for size in layout.PAPER_MM)
    page.top_margin, page.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    page.left_margin, page.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    page.header_distance, page.footer_distance = Mm(15), Mm(25)
    grid = page._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        page._sectPr.append(grid)
    # Twentieths of a point from line to line; 1/4096 point added to each character's width.
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(layout.LINE_PITCH * 20)))
    grid.set(qn("w:charSpace"), str(round((layout.CHARACTER_PITCH - layout.SIZE_3) * 4096)))
    made.settings.odd_and_even_pages_header_footer = True
    normal = made.styles["Normal"]
    normal.font.size = Pt(layout.SIZE_3)
    normal.font.name = LATIN
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Pt(layout.LINE_PITCH)


def _run(paragraph: Paragraph, text: str, *, font: str = FANGSONG, size: float = 0, red: bool = False) -> Run:
    run = paragraph.add_run(_writable(text))
    run.font.name = LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size:
        run.font.size = Pt(size)
    if red:
        run.font.color.rgb = RGBColor.from_string(layout.RED)
    return run


def _paragraph(
    made: Document, text: str = "", *, align=None, indent: float = 0, size: float = 0, free: bool = False, **how
) -> Paragraph:
    """A paragraph; `indent` in characters, `free` lets large type make its line higher."""
    paragraph = made.add_paragraph()
    paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(indent * layout.CHARACTER_PITCH)
    if free:
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _run(paragraph, text, size=size, **how)
    return paragraph


def _rule(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    """A line above or below a paragraph, as thick as so many eighths of a point."""
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)
    # The schema asks for the border before spacing, indent and alignment.
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _write_edges(made: Document, document: OfficialDocument) -> None:
    """Marks above every page, page numbers below: odd ones right, even ones left."""
    page = made.sections[0]
    marks = "".join(f"【{mark}】" for mark in document.marks)
    for header in (page.header, page.even_page_header):
        paragraph = header.paragraphs[0]
        paragraph.alignment = CENTRE
        if marks:
            _run(paragraph, marks, font=HEITI, size=26, red=True).bold = True
    for footer, align in ((page.footer, RIGHT), (page.even_page_footer, LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(layout.SIZE_4)
        _run(paragraph, "— ", font="宋体", size=layout.SIZE_4)
        number = _run(paragraph, "", font="宋体", size=layout.SIZE_4)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            part.text = text or None
            number._r.append(part)
        _run(paragraph, " —", font="宋体", size=layout.SIZE_4)


def _write_head(made: Document, document: OfficialDocument) -> None:
    for word in filter(None, (document.security, document.urgency)):
        _paragraph(made, word, font=HEITI)
    size = min(42, 156 * layout.MM / max(len(document.organ), 1) / 1.02)
    _paragraph(made, document.organ, align=CENTRE, font=XIAOBIAOSONG, size=size, red=True, free=True)
    _paragraph(made)
    line = _paragraph(made, document.number, align=LEFT if document.signatory else CENTRE)
    if document.signatory:
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(layout.SIZE_3)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(layout.SIZE_3), alignment=2)
        _run(line, "\t签发人：")
        _run(line, document.signatory, font=KAITI)
    _rule(line, "bottom", layout.RED, 12)
    _paragraph(made)
    _paragraph(made, document.title, align=CENTRE, font=XIAOBIAOSONG, size=layout.SIZE_2, free=True)
    _paragraph(made)
    if document.addressee:
        _paragraph(made, f"{document.addressee}：")


def _write_section(made: Document, section: Section) -> None:
    if section.heading:
        _paragraph(made, section.heading, indent=2, font=HEITI).paragraph_format.keep_with_next = True
    for text in section.paragraphs:
        _paragraph(made, text, indent=2)
    if section.table:
        _write_table(made, section.table)
    for picture in section.pictures:
        line = _paragraph(made, picture.caption, indent=2)
        line.paragraph_format.line_spacing = None
        drawing = BytesIO(drawing_as_png(picture.svg, picture.width_mm))
        line.add_run().add_picture(drawing, width=Mm(picture.width_mm))


def _write_table(made: Document, table: Table) -> None:
    grid = made.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    for number, row in enumerate((table.columns, *table.rows)):
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(20)
            _run(paragraph, text, font=FANGSONG if number else HEITI, size=12)
    repeated = OxmlElement("w:tblHeader")
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)
    if table.note:
        _paragraph(made, table.note, size=12)


def _write_foot(made: Document, document: OfficialDocument) -> None:
    if document.signature or document.date:
        _paragraph(made)
    for text in filter(None, (document.signature, document.date)):
        line = _paragraph(made, text, align=RIGHT)
        line.paragraph_format.right_indent = Pt(4 * layout.CHARACTER_PITCH)
        line.paragraph_format.keep_together = True
    if not (document.copy_to or document.printed_by):
        return
    _paragraph(made)
    lines = []
    if document.copy_to:
        lines.append(_paragraph(made, f"抄送：{document.copy_to}。", size=layout.SIZE_4))
    lines.append(_paragraph(made, document.printed_by, size=layout.SIZE_4))
    lines[-1].paragraph_format.tab_stops.add_tab_stop(Mm(156), alignment=2)
    _run(lines[-1], f"\t{document.printed_on}", size=layout.SIZE_4)
    for line in lines:
        _rule(line, "top", "000000", 8)
    last = _paragraph(made)
    _rule(last, "top", "000000", 8)
