"""What an official document says, apart from how it looks."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its heading row; a cell without a value says 未知, never zero."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing in SVG, for instance somebody's signature, with what it is."""

    svg: str
    width_mm: float
    caption: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading of the first rank (一、) with its paragraphs and, after them, a table and pictures; the heading may be missing."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfficialDocument:
    """An official document (公文) with the elements of GB/T 9704-2012 that the city uses."""

    #: 发文机关, which is both the red heading and, unless `signature` differs, the signature.
    organ: str
    title: str
    sections: tuple[Section, ...]
    #: 发文字号, for instance 聊应急值〔2019〕3号.
    number: str = ""
    #: 签发人, named in documents that go upwards.
    signatory: str = ""
    #: 主送机关.
    addressee: str = ""
    #: 发文机关署名.
    signature: str = ""
    #: 成文日期 in Arabic digits, for instance 2019年8月11日.
    date: str = ""
    #: 抄送机关.
    copy_to: str = ""
    #: 印发机关 and its date.
    printed_by: str = ""
    printed_on: str = ""
    #: 密级和保密期限, 紧急程度.
    security: str = ""
    urgency: str = ""
    is_exercise: bool = False
    is_draft: bool = False

    @property
    def marks(self) -> tuple[str, ...]:
        """What every page says across and above its text."""
        draft = ("草稿",) if self.is_draft else ()
        return (("演练",) if self.is_exercise else ()) + draft
