"""Figures and labels of the models as people read them."""

import math
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from anlan.areas.risk.prediction.wording import said, spoken

register = template.Library()


@register.filter
def translated(text: Any) -> str:
    """A text of the models, a label or a composed sentence, in the reader's language."""
    return said(text)


@register.filter
def in_words(table: Any) -> Any:
    """A table of a run with its labels and texts in the reader's language."""
    return spoken(table)


@register.filter
def figure(value: Any) -> str:
    """A number to four significant figures; what is unknown says so."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | float):
        if value == 0 or 1e-3 <= abs(value) < 1e7:
            text = f"{value:.4g}"
            decimals = len(text.partition(".")[2]) if "e" not in text else 0
            return number_format(float(text), decimal_pos=decimals, use_l10n=True, force_grouping=True)
        return f"{value:.3e}"
    return said(value)


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
