"""Read prices: the standing of each item in each area, and what one unit of an item is likely to cost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.prices.models import Price
from anlan.areas.supplies.prices.rules import Standing, standing
from anlan.foundation.accounts.models import Department
from anlan.foundation.indicators.registry import counted
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import NoRule, rule

#: What is older says nothing of today's price.
OLDEST = timedelta(days=365)


@dataclass(frozen=True)
class Watched:
    """An item in an area with its standing by the rule."""

    area: Area
    item: Item
    #: Who saw the newest price, to be told of a rise.
    department: Department | None
    standing: Standing
    limit: float
    fresh_since: date
    least: int

    @property
    def is_over(self) -> bool:
        """Whether it rose by at least the limit, lately, and enough people looked."""
        seen, percent = self.standing, self.standing.percent
        enough = seen.samples >= self.least and seen.samples_before >= self.least
        return enough and percent is not None and percent >= self.limit and seen.newest_on >= self.fresh_since


def watched(rows: QuerySet[Price]) -> list[Watched]:
    """Every area and item among the observations, the greatest rise first, the unknown last."""
    params, today = rule("supplies.price_watch").params, timezone.localdate()
    groups: dict[tuple[str, int], list[Price]] = defaultdict(list)
    found = rows.filter(observed_on__gte=today - OLDEST).select_related("area", "item", "department")
    for row in found.order_by("-observed_on", "-pk"):
        groups[row.area_id, row.item_id].append(row)
    standings = []
    for group in groups.values():
        seen = _standing(group, params)
        if seen is not None:
            standings.append(
                Watched(
                    group[0].area, group[0].item, group[0].department, seen, params["rise_percent"],
                    today - timedelta(days=params["recent_days"]), params["least_observations"],
                )
            )  # fmt: skip
    return sorted(standings, key=lambda one: -(one.standing.percent if one.standing.percent is not None else -1e9))


def _standing(rows: Iterable[Price], params: dict) -> Standing | None:
    seen = [(row.observed_on, row.yuan) for row in rows]
    return standing(seen, recent_days=params["recent_days"], before_days=params["before_days"])


def unit_costs() -> dict[int, tuple[Decimal, date]]:
    """The newest median price of each item in the city and its day, for estimates; what nobody saw is not there."""
    try:
        params = rule("supplies.price_watch").params
    except NoRule:
        return {}
    groups: dict[int, list[Price]] = defaultdict(list)
    for row in counted(Price.objects.all(), "is_demo").filter(observed_on__gte=timezone.localdate() - OLDEST):
        groups[row.item_id].append(row)
    found = {item: _standing(rows, params) for item, rows in groups.items()}
    return {item: (one.now, one.newest_on) for item, one in found.items() if one is not None}
