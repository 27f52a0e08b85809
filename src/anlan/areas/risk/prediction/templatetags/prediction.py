"""Figures and labels of the models as people read them."""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template

from anlan.areas.risk.prediction.wording import figure, said, spoken

register = template.Library()


@register.filter
def translated(text: Any) -> str:
    """A text of the models, a label or a composed sentence, in the reader's language."""
    return said(text)


@register.filter
def chained(labels: Iterable[Any]) -> str:
    """The labels of a part and of the part that it belongs to, outermost first."""
    return " · ".join(said(one) for one in labels)


@register.filter
def in_words(table: Any) -> Any:
    """A table of a run with its labels and texts in the reader's language."""
    return spoken(table)


register.filter(figure)


@register.filter
def typed(value: Any) -> str:
    """A value as one would type it: numbers without an exponent and without zeros that say nothing.

    >>> typed(1e-06), typed(3600.0), typed(12), typed("abc"), typed(None)
    ('0.000001', '3600', '12', 'abc', '')
    """
    if isinstance(value, float) and math.isfinite(value):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return "" if value is None else str(value)


@register.filter
def minutes(seconds: float | None) -> str:
    """Seconds as minutes; a dash where nothing arrives."""
    return "—" if seconds is None else f"{seconds / 60:.1f}"
