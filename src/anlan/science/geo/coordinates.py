"""Longitude and latitude between WGS-84/CGCS2000 and the datums of Chinese internet maps, GCJ-02 and BD-09.

The formulas are those in public use since 2013 (Krasovsky 1940 ellipsoid, a = 6378245 m, e2 = 0.00669342162296594323).
Valid inside 72.004-137.8347 E, 0.8293-55.8271 N; outside that box a position stays as it is, as map providers do.
Accuracy of the inverses: better than 1e-7 m (GCJ-02, iterated) and 0.2 m (BD-09).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEMI_MAJOR_AXIS_M = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD_ANGLE = np.pi * 3000.0 / 180.0

Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


def _offset(lon: NDArray, lat: NDArray) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lat += (waves + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lon += (waves + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian = SEMI_MAJOR_AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (magic * np.sqrt(magic))
    parallel = SEMI_MAJOR_AXIS_M / np.sqrt(magic) * np.cos(phi)
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return np.where(inside, np.degrees(d_lon / parallel), 0.0), np.where(inside, np.degrees(d_lat / meridian), 0.0)


def _arrays(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """GCJ-02 position in degrees of a WGS-84 position in degrees.

    >>> lon, lat = wgs84_to_gcj02(115.985371, 36.456704)
    >>> round(float(lon), 7), round(float(lat), 7)
    (115.9910513, 36.4567916)
    """
    lon, lat = _arrays(lon, lat)
    d_lon, d_lat = _offset(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """WGS-84 position in degrees of a GCJ-02 position in degrees.

    >>> lon, lat = gcj02_to_wgs84(115.99105131, 36.45679159)
    >>> round(float(lon), 6), round(float(lat), 6)
    (115.985371, 36.456704)
    """
    lon, lat = _arrays(lon, lat)
    wgs_lon, wgs_lat = lon, lat
    for _ in range(10):
        d_lon, d_lat = _offset(wgs_lon, wgs_lat)
        wgs_lon, wgs_lat = lon - d_lon, lat - d_lat
    return wgs_lon, wgs_lat


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """BD-09 position in degrees of a GCJ-02 position in degrees."""
    lon, lat = _arrays(lon, lat)
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """GCJ-02 position in degrees of a BD-09 position in degrees."""
    lon, lat = _arrays(lon, lat)
    x, y = lon - 0.0065, lat - 0.006
    z = np.hypot(x, y) - 0.00002 * np.sin(y * BD_ANGLE)
    theta = np.arctan2(y, x) - 0.000003 * np.cos(x * BD_ANGLE)
    return z * np.cos(theta), z * np.sin(theta)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """WGS-84 position in degrees of a BD-09 position in degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
