"""Enterprises, their units and stock, major hazard sources, and the sheets that identify them."""

from anlan.areas.risk.safety.models.registers import Enterprise, HazardSource, Level
from anlan.areas.risk.safety.models.units import HazardSheet, HazardStock, HazardUnit

__all__ = ["Enterprise", "HazardSheet", "HazardSource", "HazardStock", "HazardUnit", "Level"]
