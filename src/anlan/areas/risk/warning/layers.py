"""What holds now as GeoJSON: assessed counties and warned areas, polygons where the message has them."""

from typing import Any

from anlan.areas.risk.warning import queries
from anlan.areas.risk.warning.hazards import COLOURS
from anlan.areas.risk.warning.models import Assessment, Warning
from anlan.foundation.accounts.models import User
from anlan.foundation.places.codes import prefix
from anlan.foundation.places.models import Area


def features(user: User) -> list[dict[str, Any]]:
    """One feature for each assessment and warning in force, with the outlines of its areas."""
    found = []
    for assessment in queries.open_assessments(user):
        if shape := _outline([assessment.area]):
            found.append(_feature(assessment, shape, "assessment", f"/assessments/{assessment.pk}/"))
    for warning in queries.warnings_in_force(user):
        if shape := warning.polygons or _outline(list(warning.areas.all())):
            found.append(_feature(warning, shape, "warning", f"/warnings/{warning.pk}/"))
    return found


def _feature(subject: Assessment | Warning, shape: dict, kind: str, url: str) -> dict[str, Any]:
    properties = {
        "kind": kind,
        "title": subject.title,
        "level": subject.colour,
        "hazard": subject.hazard,
        "is_exercise": subject.is_exercise,
        "url": url,
    }
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _outline(areas: list[Area]) -> dict[str, Any] | None:
    """The outlines of some areas as one MultiPolygon; None where none is loaded."""
    coordinates: list = []
    for area in areas:
        shape = area.geometry
        if shape is None and area.level in (Area.Level.TOWNSHIP, Area.Level.VILLAGE):
            county = Area.objects.filter(pk=area.pk[:6]).first()
            shape = county and county.geometry
        if shape is not None:
            coordinates += [part.__geo_interface__["coordinates"] for part in getattr(shape, "geoms", [shape])]
    return {"type": "MultiPolygon", "coordinates": coordinates} if coordinates else None


def warned(user: User) -> dict[str, str]:
    """The worst colour of each county that an assessment or a warning in force names."""
    worst: dict[str, str] = {}
    counties = list(Area.objects.filter(level=Area.Level.COUNTY).values_list("pk", flat=True))

    def paint(area: Area, colour: str) -> None:
        start = prefix(area.pk)
        for code in counties:
            if code.startswith(start) or start.startswith(code):
                worst[code] = max(worst.get(code, ""), colour, key=COLOURS.index)

    for assessment in queries.open_assessments(user):
        paint(assessment.area, assessment.colour)
    for warning in queries.warnings_in_force(user):
        for area in [] if warning.polygons else warning.areas.all():
            paint(area, warning.colour)
    return worst


def polygons(user: User) -> list[dict[str, Any]]:
    """The warnings in force that bring their own polygons."""
    return [
        _feature(warning, warning.polygons, "warning", f"/warnings/{warning.pk}/")
        for warning in queries.warnings_in_force(user)
        if warning.polygons
    ]
