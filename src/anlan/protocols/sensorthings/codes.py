"""What the standard names: entities, their properties and relations (OGC 18-088, clause 8), options and functions."""

from dataclasses import dataclass

VERSION = "v1.1"
OBSERVATION_TYPE = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
_CONFORMANCE = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
#: Requirement classes that Anlan's server keeps to; README.md says how far.
CONFORMANCE = tuple(
    _CONFORMANCE + name
    for name in (
        "datamodel",
        "resource-path/resource-path-to-entities",
        "request-data",
        "create-observations-via-data-array/data-array",
        "data-array/data-array",
    )
)


class SensorThingsError(ValueError):
    """What is wrong with an address, a query or a document; `code` is one word for books, the text is for people."""

    def __init__(self, problem: str, code: str = "malformed") -> None:
        super().__init__(problem)
        self.code = code


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an entity; `kind` is text, object, instant, time (instant or interval), interval, geometry or any."""

    name: str
    kind: str = "text"
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Relation:
    """The way from an entity to others: its name and the type of entity there."""

    name: str
    target: str
    is_many: bool


@dataclass(frozen=True)
class EntityType:
    """One of the eight types of entity."""

    name: str
    plural: str
    properties: tuple[Property, ...]
    relations: tuple[Relation, ...]

    def property(self, name: str) -> Property | None:
        """The property of this name."""
        return next((one for one in self.properties if one.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """The relation of this name."""
        return next((one for one in self.relations if one.name == name), None)


def _one(target: str) -> Relation:
    return Relation(target, target, False)


def _many(name: str, target: str) -> Relation:
    return Relation(name, target, True)


_NAME, _DESCRIPTION = Property("name"), Property("description")
_MORE = Property("properties", "object", False)
_TYPES = (
    EntityType(
        "Thing", "Things", (_NAME, _DESCRIPTION, _MORE),
        (_many("Locations", "Location"), _many("HistoricalLocations", "HistoricalLocation"), _many("Datastreams", "Datastream")),
    ),
    EntityType(
        "Location", "Locations",
        (_NAME, _DESCRIPTION, Property("encodingType"), Property("location", "geometry"), _MORE),
        (_many("Things", "Thing"), _many("HistoricalLocations", "HistoricalLocation")),
    ),
    EntityType(
        "HistoricalLocation", "HistoricalLocations", (Property("time", "instant"),),
        (_one("Thing"), _many("Locations", "Location")),
    ),
    EntityType(
        "Datastream", "Datastreams",
        (
            _NAME, _DESCRIPTION, Property("unitOfMeasurement", "object"), Property("observationType"),
            Property("observedArea", "geometry", False), Property("phenomenonTime", "interval", False),
            Property("resultTime", "interval", False), _MORE,
        ),
        (_one("Thing"), _one("Sensor"), _one("ObservedProperty"), _many("Observations", "Observation")),
    ),
    EntityType(
        "Sensor", "Sensors", (_NAME, _DESCRIPTION, Property("encodingType"), Property("metadata", "any"), _MORE),
        (_many("Datastreams", "Datastream"),),
    ),
    EntityType(
        "ObservedProperty", "ObservedProperties", (_NAME, Property("definition"), _DESCRIPTION, _MORE),
        (_many("Datastreams", "Datastream"),),
    ),
    EntityType(
        "Observation", "Observations",
        (
            Property("phenomenonTime", "time", False), Property("result", "any"), Property("resultTime", "instant", False),
            Property("resultQuality", "any", False), Property("validTime", "interval", False),
            Property("parameters", "object", False),
        ),
        (_one("Datastream"), _one("FeatureOfInterest")),
    ),
    EntityType(
        "FeatureOfInterest", "FeaturesOfInterest",
        (_NAME, _DESCRIPTION, Property("encodingType"), Property("feature", "geometry"), _MORE),
        (_many("Observations", "Observation"),),
    ),
)  # fmt: skip
#: Types by their name, and by the name of their set.
TYPES = {one.name: one for one in _TYPES}
SETS = {one.plural: one for one in _TYPES}
#: Functions of $filter (9.3.3.5.2) and how many values each takes at least and at most.
FUNCTIONS: dict[str, tuple[int, int]] = (
    {"substring": (2, 3), "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0), "st_relate": (3, 3)}
    | dict.fromkeys(("substringof", "endswith", "startswith", "indexof", "concat"), (2, 2))
    | dict.fromkeys(("length", "tolower", "toupper", "trim", "round", "floor", "ceiling", "geo.length"), (1, 1))
    | dict.fromkeys(("year", "month", "day", "hour", "minute", "second", "fractionalseconds"), (1, 1))
    | dict.fromkeys(("date", "time", "totaloffsetminutes"), (1, 1))
    | dict.fromkeys(("geo.distance", "geo.intersects", "st_equals", "st_disjoint", "st_touches"), (2, 2))
    | dict.fromkeys(("st_within", "st_overlaps", "st_crosses", "st_intersects", "st_contains"), (2, 2))
)
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
#: Binary operators by how tightly they bind.
BINDING = {"or": 1, "and": 2} | dict.fromkeys(COMPARISONS, 3) | {"add": 4, "sub": 4, "mul": 5, "div": 5, "mod": 5}
