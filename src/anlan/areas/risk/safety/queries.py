"""Units that a person may see, what they hold, who lives near, what the sums would be now, and how each unit stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from anlan.areas.risk.safety import rules as judging
from anlan.areas.risk.safety.models import HazardSheet, HazardStock, HazardUnit
from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.residents import Village, population_notes, villages_near
from anlan.foundation.rules.queries import rule
from anlan.science.geo.distance import great_circle_km
from anlan.science.major_hazard.identification import Identification, Stored, identify

LEVELS_RULE, REACH_RULE = "safety.hazard_source_levels", "safety.hazard_source_exposure"
FILING_RULE, HOLDS_RULE = "safety.hazard_source_filing", "safety.hazard_source_reassessment"
PERSONS_RULE = "safety.hazard_source_responsible"


def units_for(user: User) -> QuerySet[HazardUnit]:
    """The units of the person's areas; an enterprise's only its own."""
    rows = ledger("hazardunits").rows(user)
    return rows.select_related("enterprise__department", "source", "sheet", "area").prefetch_related("stocks", "sheets")


def sheets_for(user: User) -> QuerySet[HazardSheet]:
    """The sheets of those units, the newest first."""
    rows = ledger("hazardsheets").rows(user)
    return rows.select_related("unit__enterprise", "unit__source", "based_on", "signed_by", "reviewed_by", "filed_by")


def stored_in(unit: HazardUnit) -> list[dict[str, Any]]:
    """The stock of a unit as a sheet keeps it."""
    return [
        {
            "code": row.code, "name": row.name, "cas": row.cas, "number": row.number,
            "classes": list(judging.classes_of(row.classes)), "quantity_t": judging.plain(row.quantity_t),
            "updated_at": timezone.localtime(row.updated_at).isoformat(timespec="seconds"),
        }
        for row in sorted(unit.stocks.all(), key=lambda row: row.code)
    ]  # fmt: skip


@dataclass(frozen=True)
class Exposure:
    """Who lives within reach of a unit as far as the map knows, for a person to check."""

    #: None where the unit has no position, or no village with a known population was found.
    people: int | None
    radius_m: float | None
    villages: tuple[tuple[Village, float], ...] = ()
    notes: tuple[str, ...] = ()
    at: datetime = field(default_factory=timezone.now)

    @property
    def unknown(self) -> int:
        """Villages within reach whose population nobody knows."""
        return sum(village.people is None for village, _ in self.villages)

    @property
    def is_safe_to_take(self) -> bool:
        """Whether the number may be used unseen: nobody found is no proof that nobody lives there."""
        return bool(self.people) and not self.unknown


def exposure_of(unit: HazardUnit) -> Exposure:
    """People of the villages whose seat lies within the reach of the rule beyond the fence."""
    lon, lat = (unit.lon, unit.lat) if unit.lon is not None else (unit.enterprise.lon, unit.enterprise.lat)
    if lon is None or lat is None:
        return Exposure(None, None)
    radius = rule(REACH_RULE).params["metres"] + (unit.fence_m or 0.0)
    near = [
        (one, 1000.0 * great_circle_km(lon, lat, one.lon, one.lat)) for one in villages_near(lon, lat, radius / 1000)
    ]
    inside = tuple(sorted((pair for pair in near if pair[1] <= radius), key=lambda pair: pair[1]))
    known = [village.people for village, _ in inside if village.people is not None]
    people = sum(known) if known else None  # no settlement found is not nobody
    return Exposure(people, radius, inside, tuple(population_notes([village.code for village, _ in inside])))


def judged(stored: Sequence[Mapping[str, Any]], residents: int) -> Identification:
    """S, R and the grade of some stock by the rule in force."""
    parts = [
        Stored(
            name=row["name"], quantity_t=Decimal(row["quantity_t"]), number=row["number"], classes=tuple(row["classes"])
        )
        for row in stored
    ]
    return identify(parts, residents=residents, criteria=judging.criteria_of(rule(LEVELS_RULE).params))


@dataclass(frozen=True)
class Standing:
    """How a unit stands: its sheet, whether it still holds, what waits for whom."""

    unit: HazardUnit
    #: The newest sheet, whatever became of it.
    newest: HazardSheet | None
    #: What changed in the stock since the sheet that the register follows.
    changes: tuple[judging.Change, ...]
    holds_until: date | None
    missing: tuple[str, ...]
    clock: Clock | None

    @property
    def sheet(self) -> HazardSheet | None:
        return self.unit.sheet

    @property
    def is_old(self) -> bool:
        return self.holds_until is not None and self.holds_until <= timezone.localdate()

    @property
    def is_valid(self) -> bool:
        """Whether the sheet was accepted, is young enough, and the stock is what it says."""
        sheet = self.sheet
        return (
            sheet is not None and sheet.status == HazardSheet.Status.ACCEPTED and not self.changes and not self.is_old
        )

    @property
    def is_major(self) -> bool:
        return bool(self.sheet and self.sheet.is_major)

    @property
    def waits_for_review(self) -> bool:
        return self.newest is not None and self.newest.status == HazardSheet.Status.SIGNED

    @property
    def waits_for_filing(self) -> bool:
        return self.is_major and self.sheet.filed_on is None


def standing_of(unit: HazardUnit) -> Standing:
    """How one unit stands now."""
    return standings([unit])[0]


def standings(units: Iterable[HazardUnit]) -> list[Standing]:
    """How units stand now; their stocks and sheets should be prefetched."""
    units = list(units)
    if not units:
        return []
    years, wanted = rule(HOLDS_RULE).params["years"], rule(PERSONS_RULE).params["persons"]
    found = []
    for unit in units:
        sheet = unit.sheet
        changes = judging.stock_changes(sheet.inputs["stored"], stored_in(unit)) if sheet else []
        newest = max(unit.sheets.all(), key=lambda one: (one.signed_at, one.pk), default=None)
        waits = sheet is not None and sheet.is_major and sheet.filed_on is None
        found.append(
            Standing(
                unit=unit, newest=newest, changes=tuple(changes),
                holds_until=judging.holds_until(timezone.localdate(sheet.signed_at), years) if sheet else None,
                missing=tuple(judging.missing_persons(unit.persons, wanted)),
                clock=filing_clock(unit) if waits else None,
            )
        )  # fmt: skip
    return found


def filing_clock(unit: HazardUnit) -> Clock | None:
    """The filing limit of a unit that runs, the first due."""
    return clocks_of(unit).filter(met_at=None, cancelled_at=None).order_by("due_at").first()


def main_share(sheet: HazardSheet) -> Mapping[str, Any]:
    """The stock row of a sheet that weighs most in R."""
    weights = [Decimal(share["of_r"]) for share in sheet.result["shares"]]
    return sheet.inputs["stored"][weights.index(max(weights))]


def next_stock_code(unit: HazardUnit) -> str:
    """A free number for the next row of a unit's stock."""
    taken = set(HazardStock.objects.filter(code__startswith=f"{unit.code}-").values_list("code", flat=True))
    number = next(n for n in range(1, len(taken) + 2) if f"{unit.code}-{n:02d}" not in taken)
    return f"{unit.code}-{number:02d}"
