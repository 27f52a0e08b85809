"""What models say, in the reader's language."""

import math
from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

from anlan.science.hazards.sentences import said as _said

#: What joins lists and clauses: without a Chinese word in them, the collection from the models passes them over.
JOINTS = (
    gettext_noop("、"),
    gettext_noop("{first}，{then}"),
    gettext_noop("（{label}）：{problem}"),
    gettext_noop("（{line} {number}）"),
    gettext_noop("{name} {formula}（CAS {cas}，UN {un}）"),
    gettext_noop("{name} {formula}（CAS {cas}）"),
)


def said(told: Any) -> str:
    """A text of a model, as it was kept."""
    return _said(told, gettext)


def all_said(told: Iterable[Any]) -> list[str]:
    """Several."""
    return [said(one) for one in told]


def spoken(tables: Any) -> Any:
    """Figures or tables as kept, with every label and composed text in the reader's language."""
    if isinstance(tables, dict):
        if "template" in tables:
            return said(tables)
        return {key: gettext(one) if key == "label" and one else spoken(one) for key, one in tables.items()}
    return [spoken(one) for one in tables] if isinstance(tables, list) else tables


def figure(value: Any) -> str:
    """A number to four significant figures; what is unknown says so."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return "—"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, int | float):
        if value == 0 or 1e-3 <= abs(value) < 1e7:
            text = f"{value:.4g}"
            decimals = len(text.partition(".")[2]) if "e" not in text else 0
            return number_format(float(text), decimal_pos=decimals, use_l10n=True, force_grouping=True)
        return f"{value:.3e}"
    return said(value)
