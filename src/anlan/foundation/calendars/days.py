"""Which days are worked: weekends, public holidays and the weekend days worked in exchange (节假日、调休)."""

from dataclasses import dataclass
from datetime import date

from anlan.foundation.rules.queries import rule

#: The weekday on which the weekend begins.
SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class DaysOff:
    """The days that the rule `calendar.days_off` names; of other years only weekends are known."""

    holidays: frozenset[str]
    worked: frozenset[str]
    years: frozenset[int]

    def is_worked(self, day: date) -> bool:
        """Whether a day is worked.

        >>> known = DaysOff(holidays=frozenset({"2026-10-01"}), worked=frozenset({"2026-10-10"}), years=frozenset({2026}))
        >>> [known.is_worked(date(2026, 10, on)) for on in (1, 8, 10, 11)]
        [False, True, True, False]
        """
        text = day.isoformat()
        return text in self.worked or (text not in self.holidays and day.weekday() < SATURDAY)

    def is_known(self, day: date) -> bool:
        """Whether the arrangement of the day's year is recorded; without it holidays count as working days."""
        return day.year in self.years


def days_off() -> DaysOff:
    """The arrangements on record."""
    params = rule("calendar.days_off").params
    return DaysOff(
        holidays=frozenset(params["holidays"]), worked=frozenset(params["worked"]), years=frozenset(params["years"])
    )
