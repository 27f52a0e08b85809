"""Read passes and their use: what waits, what is in force, who used what where and when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from anlan.areas.transport.passes.models import Check, Pass
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.models import Area


def passes_for(user: User) -> QuerySet[Pass]:
    """The passes of the user's areas, of own-only roles their department's."""
    return ledger("passes").rows(user).select_related("department", "incident", "entry", "applied_by")


def checks_for(user: User) -> QuerySet[Check]:
    """The checks made in the user's areas."""
    return ledger("passchecks").rows(user).select_related("checkpoint", "record", "checked_by")


def area_names(codes: Iterable[str]) -> list[str]:
    """Names of areas in the order of their codes."""
    return list(Area.objects.filter(pk__in=list(codes)).order_by("pk").values_list("name", flat=True))


@dataclass(frozen=True, kw_only=True)
class Line:
    """Passes or checks of one carrier, checkpoint or day."""

    title: str
    passes: int
    used: int
    checks: int
    refused: int
    #: Mean seconds of the checks whose time is known.
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """How the green channel was used in some days."""

    first: date
    last: date
    total: Line
    never_used: list[Pass]
    by_carrier: list[Line]
    by_checkpoint: list[Line]
    by_day: list[Line]
    by_outcome: list[tuple[str, int]]
    #: Checks where the office finds something else than the checkpoint was told.
    differing: list[Check]


def statistics(user: User, first: date, last: date) -> Statistics:
    """Passes whose window touches the days, and the checks of those days."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last, datetime.min.time(), zone) + timedelta(days=1)
    issued = (Pass.Status.ISSUED, Pass.Status.REVOKED)
    rows = passes_for(user).filter(status__in=issued, valid_from__lt=end, valid_until__gt=start)
    passes = list(rows.order_by("carrier", "pk"))
    checks = list(checks_for(user).filter(checked_at__gte=start, checked_at__lt=end))
    ever = set(Check.objects.filter(record__in=passes).values_list("record_id", flat=True))
    day = {check.pk: timezone.localdate(check.checked_at) for check in checks}
    labels = dict(Check.OUTCOMES)
    return Statistics(
        first=first, last=last, total=_line("", passes, checks, ever),
        never_used=[one for one in passes if one.pk not in ever and one.valid_until <= timezone.now()],
        by_carrier=[
            _line(name, [p for p in passes if p.carrier == name],
                  [c for c in checks if c.record and c.record.carrier == name], ever)
            for name in sorted({p.carrier for p in passes})
        ],
        by_checkpoint=_lines([(str(c.checkpoint or "—"), c) for c in checks]),
        by_day=_lines([(day[c.pk].isoformat(), c) for c in checks]),
        by_outcome=[(str(labels[code]), n) for code, n in Counter(c.told for c in checks).most_common()],
        differing=[c for c in checks if c.differs],
    )  # fmt: skip


def _lines(pairs: list[tuple[str, Check]]) -> list[Line]:
    found: dict[str, list[Check]] = {}
    for title, check in pairs:
        found.setdefault(title, []).append(check)
    return [_line(title, [], found[title], set()) for title in sorted(found)]


def _line(title: str, passes: list[Pass], checks: list[Check], ever: set[int]) -> Line:
    known = [check.seconds for check in checks if check.seconds is not None]
    used = {p.pk for p in passes} & ever if passes else {c.record_id for c in checks if c.record_id}
    return Line(
        title=title, passes=len(passes), used=len(used), checks=len(checks),
        refused=sum(not check.was_let_through for check in checks),
        seconds=round(sum(known) / len(known), 1) if known else None,
    )  # fmt: skip
