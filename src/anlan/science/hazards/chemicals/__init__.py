"""The library of hazardous substances that the release models share (危险化学品库)."""

from anlan.science.hazards.chemicals.substances import (
    AEGL_MINUTES,
    AIR_MOLAR_MASS,
    GAS_CONSTANT,
    Probit,
    Published,
    Substance,
    substance,
    substances,
)

__all__ = [
    "AEGL_MINUTES",
    "AIR_MOLAR_MASS",
    "GAS_CONSTANT",
    "Probit",
    "Published",
    "Substance",
    "substance",
    "substances",
]
