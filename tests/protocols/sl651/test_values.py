"""Numbers, times and steps as packed digits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.sl651.codes import SHANGHAI
from anlan.protocols.sl651.frames import SL651Error
from anlan.protocols.sl651.values import Step, digits, moment, number, stamp


@given(st.integers(-(10**12), 10**12), st.integers(0, 7), st.integers(1, 8))
def test_numbers_are_exact(scaled: int, decimals: int, size: int) -> None:
    exact = Decimal(scaled).scaleb(-decimals)
    assert number(digits(exact, decimals, size), decimals) == float(exact)
    assert digits(float(exact), decimals, size) == digits(exact, decimals, size)


def test_sign_by_the_letter_of_6_6_3_3() -> None:
    assert digits(-12.345, 3, 4).hex() == "ff00012345"
    assert digits(-1.2, 1, 1).hex() == "ff12"
    assert number(bytes.fromhex("ff0123"), 1) == -12.3


@pytest.mark.parametrize("text", ["", "ff", "ffffff", "aaaa"])
def test_what_says_no_number(text: str) -> None:
    assert number(bytes.fromhex(text), 1) is None


@pytest.mark.parametrize("text", ["00a1", "fff1", "aaab", "ff0b"])
def test_what_is_no_packed_digit(text: str) -> None:
    with pytest.raises(SL651Error, match="decimal digits"):
        number(bytes.fromhex(text), 0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e70, Decimal("1e999999")])
def test_numbers_that_cannot_be_sent(value: float) -> None:
    with pytest.raises(SL651Error):
        digits(value, 2, 4)


@given(st.integers(0, 3_000_000_000))
def test_times_survive_the_round_trip(seconds: int) -> None:
    whole = datetime(2000, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
    assert moment(stamp(whole, 6), "sent") == whole
    assert moment(stamp(whole, 5), "observed") == whole.replace(second=0)
    assert moment(stamp(whole, 4), "start") == whole.replace(minute=0, second=0)


def test_times_are_written_in_beijing() -> None:
    assert stamp(datetime(2019, 8, 9, 17, 45, tzinfo=UTC), 5).hex() == "1908100145"


@pytest.mark.parametrize("text", ["000000000000", "190230000000", "190810240000", "19081012005a", "ffffffffffff"])
def test_impossible_times(text: str) -> None:
    with pytest.raises(SL651Error, match="sent"):
        moment(bytes.fromhex(text), "sent")


def test_times_without_zone_or_of_another_century_are_not_sent() -> None:
    for time in (datetime(2019, 8, 10), datetime(1999, 12, 31, tzinfo=UTC)):  # noqa: DTZ001
        with pytest.raises(SL651Error, match="time"):
            stamp(time, 6)


def test_steps() -> None:
    assert Step.read(bytes.fromhex("000100")) == Step(hours=1)
    assert Step(minutes=30).write().hex() == "000030"
    for text in ("320000", "002400", "000060", "0000ff"):
        with pytest.raises(SL651Error, match="step"):
            Step.read(bytes.fromhex(text))
