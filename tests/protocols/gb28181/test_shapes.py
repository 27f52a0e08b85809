"""Declared shapes: times, numbers, names in any case, what does not fit."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.shapes import SHANGHAI, Node, as_json, integer, read, read_tree, texts, time, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A shape of every simple form."""

    count: int | None = integer("Count")
    moment: datetime | None = time("Moment")
    names: tuple[str, ...] = texts("Names", "Name")
    extra: tuple[Node, ...] = ()


def sample(inner: str) -> Sample:
    return Sample(**read(Sample, read_tree(f"<a>{inner}</a>".encode())))


@pytest.mark.parametrize(
    "text",
    ["2026-11-24T12:00:00", "2026-11-24 12:00:00", "2026-11-24T04:00:00Z", "2026-11-24T12:00:00.000+08:00"],
)
def test_times_are_of_beijing_unless_they_name_a_zone(text: str) -> None:
    found = sample(f"<Moment>{text}</Moment>")
    assert found.moment == datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
    assert as_json(found) == {"moment": "2026-11-24T12:00:00+08:00"}


def test_names_are_read_in_any_case_and_the_first_value_counts() -> None:
    assert sample("<COUNT>1</COUNT><count>2</count>") == Sample(count=1, extra=(Node("count", "2"),))


@pytest.mark.parametrize("inner", ["<Count>1.5</Count>", "<Moment>soon</Moment>", "<Names><Other>x</Other></Names>"])
def test_what_does_not_read_is_kept(inner: str) -> None:
    found = sample(inner)
    assert found.extra
    lines: list[str] = []
    write("a", found, lines)
    assert sample("".join(lines)[3:-4]) == found


def test_values_that_cannot_be_written_are_refused() -> None:
    for value in (
        Sample(count=10**18),
        Sample(moment=datetime(2026, 1, 1)),  # noqa: DTZ001
        Sample(moment=datetime.max.replace(tzinfo=UTC)),
        Sample(names=(" x",)),
        Sample(names=("\x00",)),
        Sample(extra=(Node("a b"),)),
    ):
        with pytest.raises(GB28181Error):
            write("a", value, [])


def test_a_time_of_another_zone_is_written_in_beijing_time() -> None:
    lines: list[str] = []
    write("a", Sample(moment=datetime(2026, 11, 24, 4, tzinfo=UTC) + timedelta(milliseconds=5)), lines)
    assert lines[1] == "<Moment>2026-11-24T12:00:00.005000</Moment>"
