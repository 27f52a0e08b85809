"""Assessments, warnings and decisions; the registers of where warnings come from and go to."""

from anlan.areas.risk.warning.models.records import (
    Assessment,
    AssessmentChange,
    Colour,
    Decision,
    EarlyCancellation,
    Kept,
    Relay,
    Warning,  # noqa: A004  (the field's own word)
    WarningProblem,
)
from anlan.areas.risk.warning.models.registers import FeedEntry, TrustedCertificate, WarningFeed, WarningSource

__all__ = [
    "Assessment",
    "AssessmentChange",
    "Colour",
    "Decision",
    "EarlyCancellation",
    "FeedEntry",
    "Kept",
    "Relay",
    "TrustedCertificate",
    "Warning",
    "WarningFeed",
    "WarningProblem",
    "WarningSource",
]
