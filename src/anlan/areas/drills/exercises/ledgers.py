"""The registers of units that owe exercises, and of exercises."""

from anlan.areas.drills.exercises.models import Exercise, ExerciseUnit
from anlan.foundation.ledger.registry import Ledger, register


@register
class ExerciseUnitLedger(Ledger):
    """Units that owe exercises."""

    model = ExerciseUnit
    name = "exerciseunits"
    group = "drills"
    icon = "building-community"
    columns = ("code", "name", "category", "area", "since", "contact", "phone")
    filters = ("category", "area")
    search = ("code", "name")


@register
class ExerciseLedger(Ledger):
    """Exercises, planned and held."""

    model = Exercise
    name = "exercises"
    group = "drills"
    icon = "target-arrow"
    columns = ("code", "name", "unit", "kind", "coverage", "planned_on", "status", "held_on", "score", "area")
    filters = ("kind", "coverage", "status", "area")
    search = ("code", "name", "plan")
    owner_path = "unit__department_id"
