"""Hazards: their names, which measured quantity speaks of which, and the class of the incident that may follow."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.protocols.cap import EVENT_CODES

#: From the lightest to the most serious; no colour is none in force.
COLOURS = ("", "blue", "yellow", "orange", "red")
COLOUR_NAMES = {"blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红"}
COLOUR_OF_NAME = {name: code for code, name in COLOUR_NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """A kind of danger (灾种), the quantities that measure it and the incident class it leads to."""

    code: str
    title: str | Promise
    quantities: tuple[str, ...]
    incident_kind: str


_ALL = (
    Hazard(code="rainstorm", title=_("暴雨"), quantities=("rain", "rain_total"), incident_kind="11B03"),
    Hazard(code="flood", title=_("洪水"), quantities=("stage", "discharge"), incident_kind="11A01"),
    Hazard(code="gas", title=_("气体泄漏"), quantities=("gas_combustible", "gas_toxic"), incident_kind="12D00"),
    Hazard(code="wind", title=_("大风"), quantities=("wind_speed",), incident_kind="11B06"),
    Hazard(code="pollution", title=_("污染"), quantities=("concentration", "cod", "ph"), incident_kind="12Q00"),
    Hazard(
        code="process", title=_("生产装置异常"), quantities=("temperature", "pressure", "level"), incident_kind="12D00"
    ),
)
HAZARDS = {hazard.code: hazard for hazard in _ALL}
CHOICES = [(hazard.code, hazard.title) for hazard in _ALL]
_OF_QUANTITY = {quantity: hazard.code for hazard in _ALL for quantity in hazard.quantities}


def hazard_of(quantity: str) -> str:
    """The hazard that a quantity measures; empty when its alarms are nobody's assessment.

    >>> hazard_of("stage"), hazard_of("voltage")
    ('flood', '')
    """
    return _OF_QUANTITY.get(quantity, "")


def incident_kind(hazard: str) -> str:
    """The national class of the incident to be raised from a hazard or from a warning's event code."""
    if hazard in HAZARDS:
        return HAZARDS[hazard].incident_kind
    return hazard if hazard in EVENT_CODES else ""


def worst(colours: list[str]) -> str:
    """The most serious of some colours, empty when there is none.

    >>> worst(["blue", "orange", ""]), worst([])
    ('orange', '')
    """
    return max(colours, key=COLOURS.index, default="")
