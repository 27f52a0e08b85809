"""Portable geometry columns: WKB or text with its bounding box, the same on SQLite and PostgreSQL."""

import re
from math import cos, radians
from typing import Any

import shapely
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.science.geo.distance import length_m

#: Kilometres of a degree of latitude where it is shortest.
DEGREE_KM = 110.5


def near(lon: float, lat: float, km: float, path: str = "") -> models.Q:
    """A filter for positions in a box that holds everything within a distance, at every latitude of the country."""
    high = km / DEGREE_KM
    wide = high / cos(radians(min(abs(lat) + high, 89.0)))
    return models.Q(**{f"{path}lon__range": (lon - wide, lon + wide), f"{path}lat__range": (lat - high, lat + high)})


class Located(models.Model):
    """A record with a position, WGS-84/CGCS2000 degrees."""

    lon = models.FloatField(
        _("经度"),
        null=True,
        blank=True,
        db_index=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    lat = models.FloatField(
        _("纬度"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if (self.lon is None) != (self.lat is None):
            raise ValidationError({"lat" if self.lat is None else "lon": _("经度和纬度要么都填，要么都不填。")})


class Shaped(models.Model):
    """A record with an outline, kept as WKB in WGS-84/CGCS2000."""

    shape = models.BinaryField(_("范围"), null=True, blank=True, editable=False)
    min_lon = models.FloatField(null=True, editable=False, db_index=True)
    max_lon = models.FloatField(null=True, editable=False)
    min_lat = models.FloatField(null=True, editable=False)
    max_lat = models.FloatField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def geometry(self) -> shapely.Geometry | None:
        """The outline as a shapely geometry."""
        return shapely.from_wkb(bytes(self.shape)) if self.shape else None

    @geometry.setter
    def geometry(self, value: shapely.Geometry | None) -> None:
        if value is None:
            self.shape = self.min_lon = self.max_lon = self.min_lat = self.max_lat = None
            return
        self.shape = shapely.to_wkb(value)
        self.min_lon, self.min_lat, self.max_lon, self.max_lat = value.bounds


#: Vertices of a line at most, and decimals of its degrees (0.1 m).
MOST_VERTICES, DECIMALS = 2000, 6


def read_line(text: str) -> shapely.LineString:
    """A line written as WKT, or as its points `longitude,latitude` one after the other; ValidationError when it is none.

    >>> read_line("116.1,36.5; 116.2,36.6").wkt
    'LINESTRING (116.1 36.5, 116.2 36.6)'
    """
    text = text.strip()
    try:
        if text[:1].isalpha():
            found = shapely.force_2d(shapely.from_wkt(text))
            found = shapely.line_merge(found) if found.geom_type == "MultiLineString" else found
        else:
            points = re.findall(r"(-?[\d.]+)\s*[,，\s]\s*(-?[\d.]+)", text)
            found = shapely.LineString([(float(lon), float(lat)) for lon, lat in points])
    except (ValueError, shapely.errors.ShapelyError):
        found = None
    if found is None or found.geom_type != "LineString" or found.is_empty:
        raise ValidationError(
            _("看不懂这条线：请填 WKT，例如 LINESTRING (116.1 36.5, 116.2 36.6)，或逐点填“经度,纬度”，点之间用分号。"),
            code="line",
        )
    if shapely.get_num_coordinates(found) > MOST_VERTICES:
        raise ValidationError(
            _("这条线的点太多（最多 %(most)s 个），请拆成几段。") % {"most": MOST_VERTICES}, code="line"
        )
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError(_("经纬度超出范围：每点先经度、后纬度，单位为度。"), code="line")
    return found


def write_line(line: shapely.Geometry) -> str:
    """A line as the WKT that is kept."""
    return str(shapely.to_wkt(line, rounding_precision=DECIMALS, trim=True))


class LineFormField(forms.CharField):
    """A box for a line; whatever way it is typed, it is kept as WKT."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return write_line(read_line(text)) if text else text


class LineField(models.TextField):
    """A line (走向) as WKT in WGS-84/CGCS2000 degrees."""

    def formfield(self, **kwargs):
        return super().formfield(form_class=LineFormField, **kwargs)


class Lined(models.Model):
    """A record along a line, such as a pipe; its position is the middle of the line. All but the line is derived."""

    line = LineField(
        _("走向"),
        help_text=_("WKT，例如 LINESTRING (116.1 36.5, 116.2 36.6)；或逐点填“经度,纬度”，点之间用分号。从起点到终点。"),
    )
    length_m = models.FloatField(_("长度（米）"), null=True, editable=False)
    lon = models.FloatField(_("经度"), null=True, editable=False, db_index=True)
    lat = models.FloatField(_("纬度"), null=True, editable=False)
    min_lon = models.FloatField(null=True, editable=False, db_index=True)
    max_lon = models.FloatField(null=True, editable=False)
    min_lat = models.FloatField(null=True, editable=False)
    max_lat = models.FloatField(null=True, editable=False)
    #: Columns that follow from the line; whoever writes rows in bulk writes them too.
    DERIVED = ("length_m", "lon", "lat", "min_lon", "max_lon", "min_lat", "max_lat")

    class Meta:
        abstract = True

    @property
    def geometry(self) -> shapely.LineString:
        """The line as a shapely geometry."""
        return shapely.from_wkt(self.line)

    def clean(self) -> None:
        super().clean()
        if not self.line:
            return
        line = read_line(self.line)
        self.line = write_line(line)
        middle = line.interpolate(0.5, normalized=True)
        self.lon, self.lat = round(middle.x, DECIMALS), round(middle.y, DECIMALS)
        self.min_lon, self.min_lat, self.max_lon, self.max_lat = line.bounds
        self.length_m = round(length_m(line.coords), 1)
