"""The tables of annex C and D."""

from anlan.protocols.sl651.codes import COLLECTED, EVENTS, FUNCTIONS, address, collected
from anlan.protocols.sl651.elements import ELEMENTS, PARAMETERS, SYMBOLS


def test_every_identifier_of_the_annex_is_there_once() -> None:
    assert set(ELEMENTS) == {f"{lead:02X}" for lead in [*range(0x01, 0x76), *range(0xF2, 0xFE)]}
    assert len(SYMBOLS) == len(ELEMENTS)
    assert set(PARAMETERS) == {f"{lead:02X}" for lead in [*range(0x01, 0x10), *range(0x20, 0xA9)]}


def test_rows_of_the_annex() -> None:
    rows = {identifier: (row.symbol, row.definition) for identifier, row in ELEMENTS.items()}
    assert rows["20"] == ("PJ", 0x19)  # N(5,1)
    assert rows["26"] == ("PT", 0x19)  # N(6,1)
    assert rows["27"] == ("Q", 0x2B)  # N(9,3)
    assert rows["2F"] == ("Q8", 0x2B)
    assert rows["38"] == ("VT", 0x12)  # N(4,2)
    assert rows["39"] == ("Z", 0x23)  # N(7,3)
    assert rows["43"] == ("Z8", 0x23)
    assert rows["45"] == ("ZT", 0x20)
    assert rows["F4"] == ("DRP", 0x60)
    assert rows["FC"] == ("DRZ8", 0xC0)
    assert rows["F2"] == ("RGZS", 0xF2)


def test_rows_in_pairs_and_in_series() -> None:
    assert PARAMETERS["4C"].name == "取(排)水口2下限水位"
    assert PARAMETERS["67"].name == "取(排)水口8上限水压"
    assert PARAMETERS["A8"].name == "水表8剩余水量报警值"
    assert PARAMETERS["8A"].name == "总有机碳下限"


def test_codes() -> None:
    assert len(FUNCTIONS) == 30
    assert len(EVENTS) == 18
    assert len(COLLECTED) == 59
    assert collected(bytes(7) + b"\x04") == ("叶绿素a",)
    assert collected(b"\x80") == ("降水量",)


def test_addresses() -> None:
    assert address("371502ffff").kind == "broadcast"
    assert address("3715020000").kind == "invalid"
    assert address("371502ea61").kind == "relay"
