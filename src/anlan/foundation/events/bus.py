"""Publish and subscribe: `publish(event)` writes the outbox row and calls the subscribers in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db import transaction

from anlan.foundation.events.models import OutboxRow


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; subclasses add fields, all of them JSON values or times."""

    area_code: str
    is_exercise: bool = False
    recipients: tuple[int, ...] = field(default=())

    @property
    def topic(self) -> str:
        return type(self).__name__


_subscribers: dict[type[Event], list[Callable]] = defaultdict(list)


def subscribe(kind: type[Event]) -> Callable:
    """Decorate a function that runs, in the same transaction, whenever such an event is published."""

    def decorate(function: Callable) -> Callable:
        _subscribers[kind].append(function)
        return function

    return decorate


def publish(event: Event) -> OutboxRow:
    """Write the event to the outbox and let the subscribers react, all or nothing with the caller's change."""
    values = {k: v.isoformat() if isinstance(v, datetime | date) else v for k, v in asdict(event).items()}
    recipients = list(values.pop("recipients"))
    with transaction.atomic():
        row = OutboxRow.objects.create(
            topic=event.topic, area_code=event.area_code, recipients=recipients, payload=values
        )
        for react in _subscribers[type(event)]:
            react(event)
    return row
