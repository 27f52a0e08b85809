"""Portable geometry columns: WKB with its bounding box, the same on SQLite and PostgreSQL."""

from math import cos, radians

import shapely
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

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
