"""What the figures of a gas network say: the pressure grade's limit, whether a valve is overdue."""

from collections.abc import Mapping
from datetime import date


def most_pressure(upto: Mapping[str, float], grade: str) -> float:
    """The most pressure of a grade, MPa.

    >>> most_pressure({"low": 0.01, "medium_b": 0.2}, "medium_b")
    0.2
    """
    return float(upto[grade])


def is_overdue(exercised_on: date | None, today: date, days: int) -> bool | None:
    """Whether a valve was last exercised too long ago; None where nobody knows when.

    >>> is_overdue(date(2026, 1, 1), date(2026, 6, 1), 365), is_overdue(None, date(2026, 6, 1), 365)
    (False, None)
    """
    return None if exercised_on is None else (today - exercised_on).days > days
