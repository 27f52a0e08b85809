"""Sample rows for a demonstration: the same each time, flagged, in real townships, with nobody's name or number."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from anlan.foundation.ledger.records import Record
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area

SURNAMES = "王李张刘陈杨赵孙周徐马胡郭林何高罗郑梁谢"
GIVEN_NAMES = (
    "建军",
    "秀英",
    "志强",
    "海涛",
    "晓东",
    "丽华",
    "国庆",
    "玉兰",
    "文斌",
    "振华",
    "春梅",
    "立新",
    "永刚",
    "慧敏",
)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place in a township, and the county that it lies in."""

    township: Area
    county: Area
    lon: float | None
    lat: float | None


class Sampler:
    """Draws places, people and days for one ledger from a fixed seed."""

    def __init__(self, city: Area, seed: str):
        self.city = city
        self.random = random.Random(seed)  # noqa: S311  (sample data)
        prefixes = city.prefixes
        self.counties = list(Area.objects.filter(within(prefixes, "code"), level=Area.Level.COUNTY))
        townships = Area.objects.filter(within(prefixes, "code"), level=Area.Level.TOWNSHIP)
        self._townships = list(townships.select_related("parent"))
        self._outlines = {county.pk: county.geometry for county in self.counties}
        self._turn = 0
        self._phones = self.random.sample(range(10000), 10000)

    def spot(self, county: str = "") -> Spot:
        """The next place: county by county in turn, or in the named one, near a township and inside the outline."""
        code = county or self.counties[self._turn % len(self.counties)].pk
        self._turn += 1
        inside = [one for one in self._townships if one.parent_id == code]
        township = self.random.choice(inside) if inside else Area.objects.get(pk=code)
        whole = next(one for one in self.counties if one.pk == code)
        lon, lat = self._near(township if township.lon is not None else whole, self._outlines[code])
        return Spot(township=township, county=whole, lon=lon, lat=lat)

    def _near(self, place: Area, outline: shapely.Geometry | None) -> tuple[float | None, float | None]:
        if place.lon is None:
            return None, None
        for _ in range(20):
            lon = round(place.lon + self.random.gauss(0, 0.012), 5)
            lat = round(place.lat + self.random.gauss(0, 0.01), 5)
            if outline is None or outline.contains(shapely.Point(lon, lat)):
                return lon, lat
        return place.lon, place.lat

    def person(self) -> str:
        return self.random.choice(SURNAMES) + self.random.choice(GIVEN_NAMES)

    def phone(self) -> str:
        """A number that nobody has: no local number of the city begins with 000."""
        return f"0635-000{self._phones.pop():04d}"

    def day(self, earliest: int, latest: int) -> date:
        """A day so many days from today."""
        return timezone.localdate() + timedelta(days=self.random.randint(earliest, latest))

    def moment(self, hours: int) -> datetime:
        """A moment within the last hours."""
        return timezone.now() - timedelta(minutes=self.random.randint(10, hours * 60))

    def add(self, model: type[Record], rows: Iterable[dict[str, Any]]) -> int:
        """Add the rows whose code is not in the ledger yet, checked and with history; how many they were."""
        known = set(model._default_manager.values_list("code", flat=True))
        fresh = [model(is_demo=True, **row) for row in rows if row["code"] not in known]
        for record in fresh:
            record.full_clean()
        bulk_create_with_history(fresh, model, default_change_reason="demo")
        return len(fresh)


def short(area: Area) -> str:
    """An area's name without its level, as it stands in the names of units.

    >>> short(Area(name="高唐县")), short(Area(name="东昌府区"))
    ('高唐', '东昌府')
    """
    return area.name.rstrip("县市区") if len(area.name) > 2 else area.name
