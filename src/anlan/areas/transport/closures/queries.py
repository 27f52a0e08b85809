"""What stands in the way now, declared for whoever drives; and what the road wall shows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely
from django.db.models import QuerySet
from django.utils import timezone

from anlan.areas.transport.closures.isolation import Isolation, cut_off
from anlan.areas.transport.closures.models import Closure, ClosureEntry
from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.files.models import Attachment
from anlan.foundation.files.queries import attachments_of
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.roads.registry import Obstacle, obstacles, obstacles_at
from anlan.science.geo.distance import great_circle_km


@obstacles
def closures_at(at: datetime) -> Iterator[Obstacle]:
    """The closures in force at a moment; a jam and lanes left open slow, everything else blocks."""
    for row in Closure.objects.filter(Closure.standing(at), lon__isnull=False):
        yield obstacle_of(row)


def obstacle_of(row: Closure) -> Obstacle:
    """What a closure is to whoever drives."""
    return Obstacle(
        title=f"{row.name}（{row.get_reason_display()}）",
        area_code=row.area_id,
        lon=row.lon,
        lat=row.lat,
        radius_m=row.radius_m,
        factor=row.factor if row.is_passable else math.inf,
    )


def closures_for(user: User) -> QuerySet[Closure]:
    """The closures that the user may see."""
    return ledger("closures").rows(user).select_related("area", "department", "incident")


@dataclass(frozen=True, kw_only=True)
class Card:
    """A closure on the wall."""

    closure: Closure
    clock: Clock | None
    last: ClosureEntry | None


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The state of the roads: what stands by state, the clock that is due first on top."""

    closed: list[Card]
    limited: list[Card]
    slow: list[Card]
    #: Opened again within a day.
    reopened: list[Closure]
    overdue: int
    #: None while there is no network.
    isolation: Isolation | None


def wall_for(user: User) -> Wall:
    """What the dispatcher looks at all day."""
    now = timezone.now()
    rows = list(closures_for(user).filter(Closure.standing(now)))
    clocks = {
        clock.subject_id: clock
        for clock in Clock.objects.filter(
            subject_type__app_label="closures", subject_type__model="closure", subject_id__in=[row.pk for row in rows],
            met_at=None, cancelled_at=None,
        )
    }  # fmt: skip
    last: dict[int, ClosureEntry] = {}
    for entry in ClosureEntry.objects.filter(closure__in=rows).order_by("at", "pk"):
        last[entry.closure_id] = entry
    cards = [Card(closure=row, clock=clocks.get(row.pk), last=last.get(row.pk)) for row in rows]
    cards.sort(key=lambda card: (card.clock is None, card.clock.due_at if card.clock else card.closure.since))
    return Wall(
        closed=[card for card in cards if card.closure.state == "closed"],
        limited=[card for card in cards if card.closure.state == "limited"],
        slow=[card for card in cards if card.closure.state == "slow"],
        reopened=list(closures_for(user).filter(reopened_at__gt=now - timedelta(days=1), reopened_at__lte=now)),
        overdue=sum(card.clock is not None and card.clock.due_at < now for card in cards),
        isolation=cut_off(user.scope.prefixes, obstacles_at(now)),
    )


def isolation_by(user: User, closure: Closure) -> Isolation | None:
    """What one closure cuts off: settlements that would be reached if it alone were open again."""
    if closure.lon is None or closure.reopened_at is not None:
        return None
    own = obstacle_of(closure)
    return cut_off(user.scope.prefixes, [*obstacles_at(timezone.now()), own], by=[own])


def entries_of(closure: Closure) -> list[tuple[ClosureEntry, list[Attachment]]]:
    """What was reported and done, the newest first, with pictures and the resources asked for."""
    rows = closure.entries.select_related("by", "request").prefetch_related("request__assignments")
    return [(entry, list(attachments_of(entry))) for entry in rows]


def clock_of(closure: Closure) -> Clock | None:
    """The closure's 24-hour clock."""
    return clocks_of(closure).first()


def county_at(user: User, lon: float, lat: float) -> str:
    """The county of the user's areas that a place lies in, by outline, else by the nearest seat; empty where none is."""
    rows = Area.objects.filter(within(user.scope.prefixes, "code"), level=Area.Level.COUNTY)
    counties = list(rows) or list(Area.objects.filter(pk__in=[p[:6] for p in user.scope.prefixes]))
    point = shapely.Point(lon, lat)
    for one in counties:
        if one.geometry is not None and one.geometry.contains(point):
            return one.pk
    placed = [one for one in counties if one.lon is not None]
    nearest = min(placed, key=lambda one: great_circle_km(one.lon, one.lat, lon, lat), default=None)
    return nearest.pk if nearest else (counties[0].pk if counties else "")
