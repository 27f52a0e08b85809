"""Administrative codes (GB/T 2260 and statistical codes) as prefixes that order areas into a tree."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q


def prefix(code: str) -> str:
    """The leading digits that every code inside this area shares.

    >>> prefix("371500"), prefix("371502"), prefix("371502001"), prefix("370000")
    ('3715', '371502', '371502001', '37')
    """
    if len(code) == 6:
        return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return code


def within(prefixes: tuple[str, ...], field: str = "area_id") -> Q:
    """A filter for rows whose code starts with any prefix, as ranges that an index serves on every database.

    >>> within(("3715",))
    <Q: (AND: ('area_id__gte', '3715'), ('area_id__lt', '3716'))>
    """
    if "" in prefixes:
        return Q()
    ranges = [Q(**{f"{field}__gte": p, f"{field}__lt": str(int(p) + 1).zfill(len(p))}) for p in prefixes]
    return reduce(or_, ranges) if ranges else Q(pk__in=[])


@dataclass(frozen=True)
class Scope:
    """The rows that somebody may see: code prefixes, and for an enterprise its own records only."""

    prefixes: tuple[str, ...]
    owner: int | None = None

    def contains(self, code: str) -> bool:
        """Whether an area code lies inside.

        >>> Scope(("371502",)).contains("371502001"), Scope(("371502",)).contains("371503")
        (True, False)
        """
        return any(code.startswith(start) for start in self.prefixes)
