"""An official document as DOCX: page, grid, typefaces, marks, and text that stays text."""

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.official import Section
from tests.foundation.documents.test_pdf import SHORT


def read(document):
    return docx.Document(BytesIO(as_docx(document)))


def test_page_grid_and_typefaces_are_the_standards():
    made = read(SHORT)
    page = made.sections[0]
    measures = (page.page_width, page.page_height, page.top_margin, page.left_margin, page.right_margin)
    for value, wanted in zip(measures, (210, 297, 37, 28, 26), strict=True):
        assert value == pytest.approx(Mm(wanted), abs=Mm(0.1))
    grid = page._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert grid.get(qn("w:linePitch")) == "580"
    fonts = {font.get(qn("w:eastAsia")) for font in made.element.iter(qn("w:rFonts"))}
    assert {"仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"} <= fonts


def test_text_table_and_signature_are_there():
    made = read(SHORT)
    text = "\n".join(paragraph.text for paragraph in made.paragraphs)
    for part in ("特急", "聊应急值〔2019〕3号\t签发人：张三", "省应急管理厅：", "二、伤亡和损失", "抄送：市水利局。"):
        assert part in text
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["项目", "数字"], ["死亡", "未知"], ["被困", "3 人"],
    ]  # fmt: skip


def test_hostile_text_stays_text():
    hostile = '<w:p/>&amp; "x" {{ 7*7 }} \x00\x0b\x1f]]>'
    made = read(replace(SHORT, title=hostile, sections=(Section(paragraphs=(hostile,)),)))
    assert sum(p.text == '<w:p/>&amp; "x" {{ 7*7 }} ]]>' for p in made.paragraphs) == 2


@pytest.mark.parametrize("is_exercise", [True, False])
def test_odd_and_even_pages_of_an_exercise_say_so(is_exercise):
    page = read(replace(SHORT, is_exercise=is_exercise)).sections[0]
    heads = [page.header.paragraphs[0].text, page.even_page_header.paragraphs[0].text]
    assert heads == (["【演练】"] * 2 if is_exercise else [""] * 2)
