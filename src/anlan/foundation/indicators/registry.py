"""Indicators that areas declare and oversight reads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A computed value with the number of records behind it; value None means that nothing is known yet."""

    value: float | None
    samples: int
    #: Where it comes from and what was left out, in the language of whoever asks.
    basis: str | Promise


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A number that is computed from live records, never typed in."""

    code: str
    title: str | Promise
    unit: str | Promise
    compute: Callable[[str, datetime], Measure]
    #: Name of the page where the records behind the number are listed.
    drill_down: str = ""


_indicators: dict[str, Indicator] = {}


def indicator(*, code: str, title: str | Promise, unit: str | Promise = "", drill_down: str = "") -> Callable:
    """Decorate `compute(area_code, as_of) -> Measure`."""

    def decorate(compute: Callable[[str, datetime], Measure]) -> Callable:
        if code in _indicators:
            raise ValueError(f"indicator {code!r} is declared twice")
        _indicators[code] = Indicator(code=code, title=title, unit=unit, compute=compute, drill_down=drill_down)
        return compute

    return decorate


def indicators() -> dict[str, Indicator]:
    """All declared indicators by code."""
    return dict(_indicators)


def counted(rows: models.QuerySet, field: str = "is_exercise") -> models.QuerySet:
    """Real records only: exercises never move a target, except in a demo installation, which is an exercise as a whole."""
    return rows if settings.ANLAN.demo else rows.filter(**{field: False})
