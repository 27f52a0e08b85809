"""CAP 1.2, the common form of public warnings (预警信息): documents, and alerts as values."""

from anlan.protocols.cap.codes import (
    COLOUR_OF_SEVERITY,
    EVENT_CODE_NAME,
    EVENT_CODES,
    SEVERITY_OF_COLOUR,
    CAPError,
    WarningIdentifier,
    colour_in,
)
from anlan.protocols.cap.frames import NAMESPACE, build, parse
from anlan.protocols.cap.messages import (
    Alert,
    Area,
    Circle,
    Info,
    Reference,
    Resource,
    as_json,
    chain,
    current,
    problems,
)
from anlan.protocols.markup import SIZE_LIMIT

__all__ = [
    "COLOUR_OF_SEVERITY",
    "EVENT_CODES",
    "EVENT_CODE_NAME",
    "NAMESPACE",
    "SEVERITY_OF_COLOUR",
    "SIZE_LIMIT",
    "Alert",
    "Area",
    "CAPError",
    "Circle",
    "Info",
    "Reference",
    "Resource",
    "WarningIdentifier",
    "as_json",
    "build",
    "chain",
    "colour_in",
    "current",
    "parse",
    "problems",
]
