"""Values that fit a declared layout, for property tests of every protocol whose bodies are declared."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from anlan.protocols.layouts import Bcd, Bytes, Counted, Integer, Many, Nested, Scaled, Text

letters = st.text("鲁聊城AZ019 -;", max_size=5)


def values_of(how: Any, own: Mapping[type, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Values that fit a declared field; `own` are those of a protocol's own kinds of fields."""
    if type(how) in own:
        return own[type(how)]
    match how:
        case Integer():
            low = -(256**how.size) // 2 if how.signed else 0
            return st.integers(low, low + 256**how.size - 1)
        case Scaled():
            return values_of(how.integer, own).map(lambda number: round(number * how.step + how.offset, 9))
        case Text():
            most = 5 if how.size is None else how.size
            if how.encoding == "gbk":
                return letters.map(lambda text: text[: most // 2].strip())
            return st.text("0123456789JC", max_size=most)
        case Bytes():
            return st.binary(min_size=how.size or 0, max_size=9 if how.size is None else how.size)
        case Bcd():
            return st.integers(0, 100 ** min(how.size, 7) - 1).map(lambda number: f"{number:0{2 * how.size}d}")
        case Counted():
            return values_of(how.content, own)
        case Many():
            return st.lists(values_of(how.content, own), max_size=3).map(tuple)
        case Nested():
            return st.builds(how.of, *(values_of(one, own) for _, one in how.layout.fields))
    raise AssertionError(how)
