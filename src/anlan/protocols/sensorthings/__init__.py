"""OGC SensorThings API 1.1, Part 1 (Sensing): addresses, queries and documents of things that sense (传感器物联接口)."""

from anlan.protocols.sensorthings import evaluating, expressions, options, paths, times
from anlan.protocols.sensorthings.codes import (
    CONFORMANCE,
    OBSERVATION_TYPE,
    SETS,
    TYPES,
    VERSION,
    EntityType,
    Relation,
    SensorThingsError,
)
from anlan.protocols.sensorthings.documents import (
    SIZE,
    Creation,
    Entity,
    Group,
    Page,
    answered,
    as_json,
    decode,
    frame,
    load,
    plain,
    problem,
    read,
    read_groups,
    read_page,
    write,
    write_groups,
)
from anlan.protocols.sensorthings.options import Expansion, Query
from anlan.protocols.sensorthings.paths import Resource, Step
from anlan.protocols.sensorthings.times import Interval

__all__ = [
    "CONFORMANCE", "OBSERVATION_TYPE", "SETS", "SIZE", "TYPES", "VERSION", "Creation", "Entity", "EntityType",
    "Expansion", "Group", "Interval", "Page", "Query", "Relation", "Resource", "SensorThingsError", "Step", "answered", "as_json",
    "decode", "evaluating", "expressions", "frame", "load", "options", "paths", "plain", "problem", "read",
    "read_groups", "read_page", "times", "write", "write_groups",
]  # fmt: skip
