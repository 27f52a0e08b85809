"""Where a moving device is, as readings: coordinates converted to WGS84, doubtful ones marked."""

from collections.abc import Mapping

from anlan.areas.risk.monitoring.queries import Device
from anlan.areas.risk.monitoring.readings import GOOD
from anlan.science.geo.coordinates import bd09_to_wgs84, gcj02_to_wgs84

TO_WGS84 = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


def to_wgs84(crs: str, lon: float, lat: float) -> tuple[float, float]:
    """A position that a device told in coordinates of its own kind, as WGS84.

    >>> to_wgs84("wgs84", 115.98, 36.45)
    (115.98, 36.45)
    """
    convert = TO_WGS84.get(crs)
    if convert is None:
        return lon, lat
    east, north = convert(lon, lat)
    return float(east), float(north)


def place_rows(
    device: Device, observed: int, lon: float, lat: float, values: Mapping[str, float | None], *, flag: int, crs: str
) -> list[tuple[int, int, float, int]]:
    """Rows of a position and of what came with it; `flag` is the quality of the position alone."""
    lon, lat = to_wgs84(crs, lon, lat)
    rows = []
    for channel, value, quality in (("lon", lon, flag), ("lat", lat, flag), *((k, v, GOOD) for k, v in values.items())):
        instrument = device.channels.get(channel)
        if instrument is not None and value is not None:
            rows.append((instrument, observed, float(value), quality))
    return rows
