"""What stands in the way now, declared by the area that keeps it and read by whoever drives."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


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
