"""What stands in the way now, and where roads should be closed: declared and kept by one area, used by all."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """A place that cannot be passed, or only slowly; it bears on every road that passes within its radius."""

    title: str
    area_code: str
    lon: float
    lat: float
    radius_m: float
    #: How many times the free time it takes to pass; infinite where nobody passes.
    factor: float = math.inf


_sources: list[Callable[[datetime], Iterable[Obstacle]]] = []


def obstacles(source: Callable[[datetime], Iterable[Obstacle]]) -> Callable[[datetime], Iterable[Obstacle]]:
    """Decorate `f(at)` that yields the obstacles of a moment."""
    _sources.append(source)
    return source


def obstacles_at(at: datetime) -> list[Obstacle]:
    """Every obstacle of a moment."""
    return [found for source in _sources for found in source(at)]


@dataclass(frozen=True, kw_only=True)
class Cordon:
    """A place where a road should be closed, asked for by who cannot close it."""

    title: str
    lon: float
    lat: float
    radius_m: int
    #: Why, and by whom it was found, such as a run of a model.
    source: str
    incident: Incident | None = None
    is_exercise: bool = False


class Keeper(Protocol):
    """Keeps cordons as proposals until a named person confirms them; how many are new."""

    def __call__(self, *, actor: User, cordons: Sequence[Cordon]) -> int: ...


_keepers: list[Keeper] = []


def keeps_cordons(keeper: Keeper) -> Keeper:
    """Decorate the service of the area that keeps closures."""
    _keepers.append(keeper)
    return keeper


def propose_cordons(*, actor: User, cordons: Sequence[Cordon]) -> int:
    """Hand cordons to whoever keeps closures; how many are new. Nothing is closed by this."""
    return sum(keeper(actor=actor, cordons=cordons) for keeper in _keepers)
