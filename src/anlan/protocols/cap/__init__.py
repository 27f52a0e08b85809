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
from anlan.protocols.cap.feeds import CAP_TYPE, Entry, Feed, read_feed
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
from anlan.protocols.cap.signatures import Verdict, verify
from anlan.protocols.markup import SIZE_LIMIT

__all__ = [
    "CAP_TYPE",
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
    "Entry",
    "Feed",
    "Info",
    "Reference",
    "Resource",
    "Verdict",
    "WarningIdentifier",
    "as_json",
    "build",
    "chain",
    "colour_in",
    "current",
    "parse",
    "problems",
    "read_feed",
    "verify",
]
