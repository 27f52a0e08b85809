"""The median of the newest days against the median of the days before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median


@dataclass(frozen=True)
class Standing:
    """What an item costs now, what it cost before, and from how many observations."""

    newest_on: date
    now: Decimal
    samples: int
    #: None where nobody looked in the days before.
    before: Decimal | None
    samples_before: int

    @property
    def percent(self) -> float | None:
        """The change; None where there is nothing to compare with."""
        return None if not self.before else round(float(100 * (self.now / self.before - 1)), 1)


def standing(seen: Sequence[tuple[date, Decimal]], *, recent_days: int, before_days: int) -> Standing | None:
    """The newest `recent_days` with an observation at their end, against `before_days` before them; None if nothing was seen.

    >>> day = date(2026, 3, 31)
    >>> seen = [(day, Decimal(12)), (day - timedelta(10), Decimal(10)), (day - timedelta(60), Decimal(1))]
    >>> standing(seen, recent_days=7, before_days=30).percent
    20.0
    """
    if not seen:
        return None
    newest = max(day for day, _yuan in seen)
    turn = newest - timedelta(days=recent_days)
    start = turn - timedelta(days=before_days)
    now = [yuan for day, yuan in seen if day > turn]
    before = [yuan for day, yuan in seen if start < day <= turn]
    return Standing(newest, _median(now), len(now), _median(before) if before else None, len(before))


def _median(yuan: Sequence[Decimal]) -> Decimal:
    return median(yuan).quantize(Decimal("0.01"))
