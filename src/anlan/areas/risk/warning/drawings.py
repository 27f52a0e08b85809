"""Drawings as plain numbers for SVG: the climbs of an assessment, the areas of a warning on the city's outline."""

import math
from typing import Any

import shapely
from django.utils import timezone

from anlan.areas.risk.warning.hazards import COLOURS
from anlan.areas.risk.warning.models import Assessment, AssessmentChange, Warning
from anlan.foundation.places.codes import prefix
from anlan.foundation.places.models import Area

WIDTH, LEFT, RIGHT, TOP, STEP = 400, 34, 8, 8, 26
BASE = TOP + 4 * STEP + STEP // 2


def climbs(assessment: Assessment) -> dict[str, Any]:
    """The colour over time as steps, from the first alarm to its end or to now."""
    changes = [change for change in assessment.changes.all() if change.kind != AssessmentChange.Kind.CONFIRMED]
    end = max([assessment.ended_at or timezone.now(), *(change.at for change in changes)])
    start = min([change.at for change in changes], default=end)
    seconds = max(60.0, (end - start).total_seconds())

    def across(moment) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (moment - start).total_seconds() / seconds, 1)

    steps = []
    for change, after in zip(changes, [*changes[1:], None], strict=True):
        is_over = change.kind == AssessmentChange.Kind.ENDED
        left, right = across(change.at), across(after.at if after else end)
        height = 0 if is_over else COLOURS.index(change.colour) * STEP
        steps.append(
            {
                "x": left,
                "width": max(2.0, right - left),
                "y": BASE - height,
                "height": max(2, height),
                "colour": "none" if is_over else change.colour,
                "is_quiet": change.kind == AssessmentChange.Kind.CLEARED,
                "change": change,
            }
        )
    return {
        "steps": steps,
        "start": start,
        "end": end,
        "is_open": assessment.ended_at is None,
        "rows": [{"colour": colour, "y": BASE - COLOURS.index(colour) * STEP} for colour in COLOURS[1:]],
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "base": BASE,
        "width": WIDTH,
        "height": BASE + 20,
        "label": BASE + 15,
    }


def outlines(warning: Warning) -> dict[str, Any] | None:
    """The counties, those that the warning names, and its polygons; None where no outlines are loaded."""
    counties = [
        area for area in Area.objects.filter(level=Area.Level.COUNTY).exclude(shape=None) if area.geometry is not None
    ]
    if not counties:
        return None
    west, south = min(area.min_lon for area in counties), min(area.min_lat for area in counties)
    east, north = max(area.max_lon for area in counties), max(area.max_lat for area in counties)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink)

    def spot(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * shrink * scale, 1), round((north - lat) * scale, 1)

    def path(shape: shapely.Geometry) -> str:
        rings = [part.exterior for part in getattr(shape, "geoms", [shape])]
        return " ".join(
            "M" + " ".join(f"{x},{y}" for x, y in (spot(*p[:2]) for p in ring.coords)) + "Z" for ring in rings
        )

    named = [prefix(area.pk) for area in warning.areas.all()]
    drawn = []
    for area in counties:
        label = spot(area.lon, area.lat) if area.lon is not None else spot(*area.geometry.centroid.coords[0])
        is_warned = any(area.pk.startswith(start) or start.startswith(area.pk) for start in named)
        drawn.append(
            {"path": path(area.geometry.simplify(0.004)), "name": area.name, "x": label[0], "y": label[1],
             "is_warned": is_warned and not warning.polygons}
        )  # fmt: skip
    own = []
    if warning.polygons:
        own = [
            "M" + " ".join(f"{x},{y}" for x, y in (spot(*point) for point in polygon[0])) + "Z"
            for polygon in warning.polygons["coordinates"]
        ]
    return {"width": WIDTH, "height": round((north - south) * scale, 1), "counties": drawn, "polygons": own}
