"""A signature drawn on a screen (手写签名): strokes of points in a box, kept as numbers, shown as SVG."""

import json
from math import dist
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: The box in which strokes lie, and how much of them is kept at most.
WIDTH, HEIGHT = 600, 240
MOST_STROKES, MOST_POINTS = 200, 6_000
#: Less ink than this is a slip of the finger.
LEAST_INK = 80.0

Strokes = list[list[list[int]]]


def strokes_of(text: str) -> Strokes:
    """The strokes that a page sent, checked; none where nothing was drawn."""
    try:
        given = json.loads(text or "[]")
    except ValueError:
        given = None
    if not _is_strokes(given):
        raise ValidationError(_("签名没有传完整，请清除后重签。"))
    if given and sum(dist(a, b) for stroke in given for a, b in zip(stroke, stroke[1:], strict=False)) < LEAST_INK:
        raise ValidationError(_("签名太短，请清除后重签。"))
    return given


def _is_strokes(given: Any) -> bool:
    if not isinstance(given, list) or len(given) > MOST_STROKES:
        return False
    points = 0
    for stroke in given:
        if not isinstance(stroke, list):
            return False
        points += len(stroke)
        for point in stroke:
            is_pair = isinstance(point, list) and len(point) == 2 and all(type(n) is int for n in point)
            if not is_pair or not (0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT):
                return False
    return points <= MOST_POINTS


def drawing(strokes: Strokes) -> str:
    """The strokes as SVG; black, for white paper."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in stroke)}"/>' for stroke in strokes if len(stroke) > 1
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="#000" '
        f'stroke-width="5" stroke-linecap="round" stroke-linejoin="round">{lines}</svg>'
    )
