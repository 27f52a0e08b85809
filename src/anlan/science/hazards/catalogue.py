"""Which hazards there are: the one list that form, API, command and validation are made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from anlan.science.hazards.outcomes import Impact


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


def hazards() -> dict[str, Hazard]:
    """All hazards by code."""
    from anlan.science.hazards import explosion, fire  # each imports Hazard from here

    return {folder.HAZARD.code: folder.HAZARD for folder in (explosion, fire)}
