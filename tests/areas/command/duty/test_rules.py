"""The rotation is fair, rested, and keeps to who is free."""

from collections import Counter
from datetime import UTC, date, time

from hypothesis import given
from hypothesis import strategies as st

from anlan.areas.command.duty.rules import Load, rotate, slots


@given(
    people=st.integers(3, 9).map(lambda n: list(range(n))),
    first=st.dates(date(2019, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 62),
)
def test_shares_shifts_and_weekends(people, first, days):
    wanted = slots(first, days, [time(8)], UTC)
    turns = rotate(people, wanted)
    all_counts = Counter(turns)
    weekends = Counter(who for who, slot in zip(turns, wanted, strict=True) if slot.is_weekend)
    for counts in (all_counts, weekends):
        shares = [counts[person] for person in people]
        assert max(shares) - min(shares) <= 2
    assert all(one != other for one, other in zip(turns, turns[1:], strict=False))


def test_leaves_out_who_is_busy_and_leaves_empty_what_nobody_can_take():
    wanted = slots(date(2019, 8, 10), 2, [time(8)], UTC)
    loads = {1: Load(busy=[(wanted[0].start, wanted[0].end)]), 2: Load(busy=[(wanted[0].start, wanted[1].end)])}
    assert rotate([1, 2], wanted, loads) == [None, 1]
