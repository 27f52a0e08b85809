"""Which hazards there are: the one list that form, API, command and validation are made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from anlan.science.hazards.outcomes import Impact, Zone


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Where levels are reached how likely, and how many members could be computed."""

    zones: tuple[Zone, ...]
    members: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What somebody measured at a place, metres east and north, and a time since the start of the event."""

    east_m: float
    north_m: float
    at_s: float
    value: float
    unit: str
    #: Below this, in its unit, the instrument tells nothing; None takes what the model holds usual.
    detection: float | None = None
    #: Time of the mean that is shown, s.
    averaging_s: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Reestimate:
    """How a forecast agrees with what was measured, and the scenario that agrees best."""

    #: What the scenario would have shown, in the units of the readings.
    forecast: tuple[float, ...]
    fac2: float
    #: Geometric mean of measured over forecast: above 1 where the forecast says too little.
    bias: float
    #: The scenario that explains the readings best, what it would have shown, and how well.
    scenario: Any
    fitted: tuple[float, ...]
    fac2_fitted: float
    bias_fitted: float
    #: What changed, with 90 % intervals, in words.
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """A hazard with its scenario, its model and what the model says of places."""

    #: Name of its folder, of its addresses and on the command line.
    code: str
    title: str
    #: What a person gets from it, one sentence.
    summary: str
    scenario: type
    #: The result of a scenario; ScenarioError where the model does not hold. Every result has `zones` and `notes`.
    run: Callable[[Any], Any]
    #: What happens at places, metres east and north, shape (n, 2); a result is taken as `run` made it.
    impact: Callable[[Any, Any, NDArray], Impact]
    #: Changes whenever the same inputs give other figures.
    version: str
    #: A way of its own to an ensemble, faster than one run a member: scenario and count to likely zones and members.
    ensemble: Callable[[Any, int], Ensemble] | None = None
    #: What monitors say of the scenario: scored, and the scenario that explains them best; ScenarioError if it cannot.
    reestimate: Callable[[Any, Sequence[Reading]], Reestimate] | None = None


def hazards() -> dict[str, Hazard]:
    """All hazards by code."""
    from anlan.science.hazards import crowd, explosion, fire, gas_leak, toxic_release  # each imports Hazard from here

    return {folder.HAZARD.code: folder.HAZARD for folder in (toxic_release, explosion, fire, gas_leak, crowd)}
