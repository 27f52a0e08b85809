"""An official document as PDF: its words, its marks, and nothing that a person wrote taken for markup."""

from dataclasses import replace

import pytest

from anlan.foundation.documents.official import OfficialDocument, Section, Table
from anlan.foundation.documents.pdf import as_pdf, as_pictures
from tests.foundation.documents.reading import pages

SHORT = OfficialDocument(
    organ="聊城市应急管理局",
    number="聊应急值〔2019〕3号",
    signatory="张三",
    title="关于姜店镇内涝的信息报告（初报）",
    addressee="省应急管理厅",
    sections=(
        Section(paragraphs=("2019年8月11日5时20分接报。",)),
        Section(
            heading="二、伤亡和损失",
            table=Table(columns=("项目", "数字"), rows=(("死亡", "未知"), ("被困", "3 人")), note="未知不是零。"),
        ),
    ),
    signature="聊城市应急管理局",
    date="2019年8月11日",
    copy_to="市水利局",
    printed_by="市应急局值班室",
    printed_on="2019年8月11日印发",
    urgency="特急",
)


def test_the_elements_stand_in_the_standards_order():
    (page,) = pages(as_pdf(SHORT))
    places = [
        page.index(text)
        for text in (
            "特急", "聊城市应急管理局", "聊应急值〔2019〕3号", "签发人：张三", "关于姜店镇内涝", "省应急管理厅：",
            "二、伤亡和损失", "死亡未知", "未知不是零", "聊城市应急管理局2019年8月11日", "抄送：市水利局。", "印发", "— 1 —",
        )
    ]  # fmt: skip
    assert places == sorted(places)


@pytest.mark.parametrize(
    "text",
    ['#import "x": *', '"引号" \\ $a^2$ @标签 <xml attr="1">', "*粗* _斜_ = 题 #panic()", "]#read(\"/etc/passwd\")[", "// 注"],
)  # fmt: skip
def test_what_a_person_wrote_is_never_markup(text):
    document = replace(SHORT, title=text, organ=text, sections=(Section(heading=text, paragraphs=(text,)),))
    words = "".join(pages(as_pdf(document)))
    assert words.replace(" ", "").count(text.replace(" ", "")) == 4


def test_twenty_two_lines_of_twenty_eight_characters():
    document = OfficialDocument(organ="局", title="题", sections=(Section(paragraphs=("安" * (28 * 60),)),))
    found = pages(as_pdf(document))
    assert found[1].count("安") == 22 * 28
    assert found[1].endswith("— 2 —")


@pytest.mark.parametrize("is_exercise", [True, False])
def test_every_page_of_an_exercise_says_so(is_exercise):
    long = replace(SHORT, is_exercise=is_exercise, sections=(Section(paragraphs=("安澜。" * 600,)),))
    found = pages(as_pdf(long))
    assert len(found) > 2
    assert [("演练" in page, "【演练】" in page) for page in found] == [(is_exercise, is_exercise)] * len(found)


def test_a_draft_says_so_and_pictures_show_each_page():
    draft = replace(SHORT, is_draft=True, is_exercise=True)
    assert "【演练】【草稿】" in pages(as_pdf(draft))[0]
    assert [picture[:4] for picture in as_pictures(draft, ppi=30)] == [b"\x89PNG"]


@pytest.mark.parametrize("lines", range(14, 24))
def test_the_signature_never_stands_alone(lines):
    paragraphs = tuple(f"第{number}段。" for number in range(lines))
    document = replace(SHORT, copy_to="", printed_by="", sections=(Section(paragraphs=paragraphs),))
    last = pages(as_pdf(document))[-1]
    assert last.index("段。") < last.index("2019年8月11日")
