"""Studies that a person may see, what one can be made from, and the protected targets of the registers."""

from typing import Any

from django.db.models import QuerySet

from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.prediction.queries import runs_for
from anlan.areas.risk.qra.computing import FARTHEST_KM, Place
from anlan.areas.risk.qra.models import RiskStudy
from anlan.areas.risk.qra.rules import RULES
from anlan.areas.risk.safety.models import HazardSource
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger, ledgers
from anlan.foundation.places.geometry import near
from anlan.foundation.places.residents import population_notes, villages_near
from anlan.foundation.rules.queries import rule

#: Models whose runs say who dies where.
HAZARDS = ("toxic_release", "explosion", "fire", "gas_leak")
#: Things offered to choose from at once.
OFFERED = 100


def studies_for(user: User) -> QuerySet[RiskStudy]:
    """The studies of the person's areas, the newest first."""
    return ledger("riskstudies").rows(user).select_related("area", "asked_by")


def sources_for(user: User) -> QuerySet[HazardSource]:
    """Hazard sources that scenarios can be derived from: those with a position and a quantity."""
    rows = ledger("hazardsources").rows(user).filter(lon__isnull=False, quantity_t__gt=0)
    return rows.select_related("enterprise").order_by("enterprise__code", "code")


def runs_offered(user: User) -> QuerySet[Run]:
    """Finished runs that may be scenarios, the accepted ones first."""
    if not user.may("view:predictions"):
        return Run.objects.none()
    rows = runs_for(user).filter(status=Run.Status.DONE, hazard__in=HAZARDS)
    return rows.order_by("accepted_at", "-asked_at")


def rules_in_force() -> dict[str, dict[str, Any]]:
    """The rules of a study as it keeps them: parameters, version, citation, whether a person checked them."""
    found = {}
    for code in RULES:
        one = rule(code)
        found[code] = {
            "params": one.params, "reference": one.reference, "title": one.title, "citation": one.citation,
            "status": one.status, "source": one.source,
        }  # fmt: skip
    return found


def places_near(study: RiskStudy) -> list[Place]:
    """Protected targets of the registers that the rule names, as far as the asker may see them."""
    box = near(study.lon, study.lat, FARTHEST_KM)
    known = {entry.name: entry for entry in ledgers() if entry.location}
    found = []
    for row in study.rules["risk.individual_criteria"]["params"]["registers"]:
        entry = known.get(row["ledger"])
        if entry is None or not entry.may(study.asked_by, "view"):
            continue
        found += [
            Place(name=str(one), register=str(entry.title), class_code=row["class"], lon=one.lon, lat=one.lat)
            for one in entry.rows(study.asked_by).filter(box)
        ]
    return found


def registers_missing(study: RiskStudy) -> list[str]:
    """Registers that the rule names and this installation does not keep, or the asker may not read."""
    known = {entry.name for entry in ledgers() if entry.location and entry.may(study.asked_by, "view")}
    rows = study.rules["risk.individual_criteria"]["params"]["registers"]
    return [row["name"] for row in rows if row["ledger"] not in known]


def notes_of_people(study: RiskStudy) -> list[str]:
    """Where the population comes from."""
    return population_notes([one.code for one in villages_near(study.lon, study.lat, FARTHEST_KM)])
