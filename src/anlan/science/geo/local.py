"""A flat plane round a point: metres east and north of it, and back to degrees.

Azimuthal equidistant on the WGS-84 ellipsoid (pyproj): distances from the origin are exact, elsewhere within a ten
thousandth as far as 50 km from it. Refused beyond 500 km, where a plane is no longer a plane.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

#: Farthest from the origin that a plane still serves, m.
FARTHEST_M = 500_000.0


class Plane:
    """The plane whose origin is at a longitude and latitude in degrees.

    >>> plane = Plane(115.985, 36.457)
    >>> plane.to_degrees([[0.0, 0.0]]).round(6).tolist()
    [[115.985, 36.457]]
    >>> east, north = plane.to_metres([[115.996, 36.457]])[0]
    >>> round(float(east)), round(float(north))
    (986, 0)
    """

    def __init__(self, lon: float, lat: float) -> None:
        if not (-180 <= lon <= 180 and -90 < lat < 90):
            raise ValueError(f"({lon}, {lat}) is no longitude and latitude in degrees")
        flat = f"+proj=aeqd +lon_0={lon!r} +lat_0={lat!r} +datum=WGS84 +units=m"
        self._flatten = Transformer.from_crs("EPSG:4326", flat, always_xy=True)

    def to_metres(self, degrees: ArrayLike) -> NDArray[np.float64]:
        """Metres east and north of positions in degrees, shape (n, 2) both."""
        given = np.asarray(degrees, dtype=np.float64).reshape(-1, 2)
        return self._checked(np.column_stack(self._flatten.transform(given[:, 0], given[:, 1])))

    def to_degrees(self, metres: ArrayLike) -> NDArray[np.float64]:
        """Longitude and latitude of places in metres east and north, shape (n, 2) both."""
        given = self._checked(np.asarray(metres, dtype=np.float64).reshape(-1, 2))
        return np.column_stack(self._flatten.transform(given[:, 0], given[:, 1], direction="INVERSE"))

    @staticmethod
    def _checked(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        if metres.size and not np.abs(metres).max() <= FARTHEST_M:
            raise ValueError(f"a place lies farther than {FARTHEST_M / 1000:.0f} km from the origin")
        return metres
