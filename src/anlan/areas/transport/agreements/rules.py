"""What an agreement lacks, and which notice of its end is due; pure decisions."""

from collections.abc import Mapping, Sequence
from typing import Any


def lacking(elements: Mapping[str, Any], *, pledged: Sequence[int | None]) -> list[str]:
    """The elements that are empty, and "pledge" where neither vehicles nor people are pledged.

    >>> lacking({"liability": " ", "response_min": 0, "compensation": "按里程"}, pledged=(None, 3))
    ['liability']
    >>> lacking({}, pledged=(None, 0))
    ['pledge']
    """
    found = [
        name for name, value in elements.items() if value is None or (isinstance(value, str) and not value.strip())
    ]
    return found if any(pledged) else [*found, "pledge"]


def notice_due(days_left: int, told: int | None, days: Sequence[int]) -> int | None:
    """The limit that is reached and not told yet, the nearest one; 0 stands for the end itself.

    >>> days = (60, 30, 7)
    >>> [notice_due(left, told, days) for left, told in ((61, None), (60, None), (45, 60), (29, 60), (-1, 7), (-5, 0))]
    [None, 60, None, 30, 0, None]
    """
    reached = [limit for limit in days if days_left <= limit] + ([0] if days_left < 0 else [])
    nearest = min(reached, default=None)
    return nearest if nearest is not None and (told is None or nearest < told) else None
