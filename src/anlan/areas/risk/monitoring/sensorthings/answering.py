"""Answer addresses and queries: pages of entities, what they expand to, single entities, properties, references."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cmp_to_key
from typing import Any
from urllib.parse import quote

import numpy as np
from django.db.models import QuerySet

from anlan.areas.risk.monitoring.models import Instrument
from anlan.areas.risk.monitoring.readings import Readings
from anlan.areas.risk.monitoring.sensorthings.nodes import STATION_TYPES, Graph, Node, Sample, plain_values
from anlan.areas.risk.monitoring.sensorthings.observations import SINGLE, Budget, firsts, walk
from anlan.areas.risk.monitoring.sensorthings.selecting import AROUND, Selection, select, token, ways
from anlan.protocols.sensorthings import TYPES, EntityType, Query, Resource, SensorThingsError, options
from anlan.protocols.sensorthings.evaluating import evaluate, holds
from anlan.protocols.sensorthings.expressions import Order, Path
from anlan.protocols.sensorthings.paths import Key, Step

#: Entities of a page unless asked, at most, and of all pages that one answer nests.
PAGE, MOST, NESTED = 100, 1_000, 20_000
#: Entities that are fetched at a time while a filter looks through them.
CHUNK = 500


class NotThere(Exception):
    """The address means nothing that the person may see."""


@dataclass
class Found:
    """A page of entities, how many there are in all when that was asked, and what asks for the next page."""

    nodes: list[Node]
    count: int | None = None
    next: Query | None = None


@dataclass
class Rows:
    """Entities that a set or a relation leads to, before any query."""

    type: EntityType
    rows: QuerySet | list[Any]


@dataclass
class Samples:
    """The Observations of some instruments."""

    instruments: QuerySet[Instrument]


class Answerer:
    """Answers one request of one person."""

    def __init__(self, graph: Graph, now: datetime) -> None:
        self.graph, self.now = graph, now
        self.budget = Budget()
        self._nested = 0

    # Where an address leads.

    def source(self, resource: Resource) -> Rows | Samples | Node:
        """The set, or the one entity, at the end of an address."""
        place: Rows | Samples | Node = self._set(TYPES["Thing"])
        for number, step in enumerate(resource.steps):
            if number == 0:
                place = self._set(Resource((Step(step.name),)).type)
            else:
                assert isinstance(place, Node)
                place = self._beyond(place, step.name)
            if step.key is not None:
                place = self._one(place, step.key)
        return place

    def _set(self, kind: EntityType) -> Rows | Samples:
        if kind.name == "Observation":
            return Samples(self.graph.instruments())
        return Rows(kind, self.graph.rows(kind))

    def _beyond(self, node: Node, name: str) -> Rows | Samples | Node:
        relation = node.type.relation(name)
        assert relation is not None
        if relation.target == "Observation":
            by = {"pk": node.key} if node.type.name == "Datastream" else {"station": node.key}
            return Samples(self.graph.instruments().filter(**by))
        if relation.target == "Datastream" and node.type.name in ("Thing", "ObservedProperty"):
            by = {"station": node.key} if node.type.name == "Thing" else {"quantity": node.key}
            return Rows(TYPES["Datastream"], self.graph.instruments().filter(**by).order_by("pk"))
        found = self.graph.attach([node], relation)
        if relation.is_many:
            return Rows(TYPES[relation.target], [one.row for one in found])
        if not found:
            raise NotThere
        return found[0]

    def _one(self, place: Rows | Samples | Node, key: Key) -> Node:
        found: Node | None = None
        if isinstance(place, Samples):
            found = self._observation(place, key)
        elif isinstance(place, Rows) and isinstance(place.rows, list):
            nodes = (self.graph.node(place.type.name, row) for row in place.rows)
            found = next((node for node in nodes if node.key == key), None)
        elif isinstance(place, Rows) and isinstance(key, int) and key < 2**63:
            row = place.rows.filter(pk=key).first()
            found = row and self.graph.node(place.type.name, row)
        if found is None:
            raise NotThere
        return found

    def _observation(self, place: Samples, key: Key) -> Node | None:
        instrument, dash, observed = str(key).partition("-")
        digits = observed.removeprefix("-")
        if not (dash and instrument.isascii() and instrument.isdigit() and digits.isascii() and digits.isdigit()):
            return None
        if len(instrument) > 10 or len(digits) > 15 or not place.instruments.filter(pk=int(instrument)).exists():
            return None
        at = int(observed)
        window = replace(select(Query()).window, start=at, end=at)
        rows = firsts([int(instrument)], window, None, self.budget)[int(instrument)]
        return self.graph.node("Observation", _sample(rows, 0)) if len(rows) else None

    # Pages.

    def page(self, place: Rows | Samples, query: Query) -> Found:
        """The entities of a set that a query means."""
        if isinstance(place, Samples):
            return self._page_of_samples(place, query)
        top = self._top(query)
        is_plain = query.filter is None and not query.orders
        if is_plain and isinstance(place.rows, QuerySet):
            rows = list(place.rows[query.skip : query.skip + top + 1])
            nodes = [self.graph.node(place.type.name, row) for row in rows]
            count = place.rows.count() if query.count else None
            return Found(nodes[:top], count, _next(query, top, is_more=len(nodes) > top))
        kept = self._matching(place, query)
        return self._cut(self._sorted(kept, query.orders), query)

    def _top(self, query: Query) -> int:
        return min(PAGE if query.top is None else query.top, MOST)

    def _cut(self, nodes: list[Node], query: Query) -> Found:
        top = self._top(query)
        shown = nodes[query.skip : query.skip + top]
        is_more = len(nodes) > query.skip + top
        return Found(shown, len(nodes) if query.count else None, _next(query, top, is_more=is_more))

    def _matching(self, place: Rows, query: Query) -> list[Node]:
        """The entities that a filter means, with what it and the order ask for around them."""
        rows = place.rows if isinstance(place.rows, list) else place.rows.iterator(CHUNK)
        kept, chunk = [], []
        for row in rows:
            chunk.append(self.graph.node(place.type.name, row))
            if len(chunk) == CHUNK:
                kept += self._holding(chunk, query)
                chunk = []
        return kept + self._holding(chunk, query)

    def _holding(self, nodes: list[Node], query: Query) -> list[Node]:
        asked = [order.by for order in query.orders] + ([query.filter] if query.filter else [])
        self._attach(nodes, ways(asked))
        return [one for one in nodes if query.filter is None or holds(query.filter, one, self.now)]

    def _attach(self, nodes: Sequence[Node], wanted: dict[str, list[tuple[str, ...]]]) -> None:
        """Fetch what expressions ask for around entities, a relation at a time."""
        for name, further in wanted.items():
            relation = nodes[0].type.relation(name) if nodes else None
            if relation is not None:
                around = self.graph.attach(nodes, relation)
                self._attach(around, ways(Path(parts) for parts in further))

    def _sorted(self, nodes: list[Node], orders: Sequence[Order]) -> list[Node]:
        for order in reversed(orders):
            values = {id(node): evaluate(order.by, node, self.now) for node in nodes}
            nodes = sorted(nodes, key=cmp_to_key(_comparing(values)), reverse=order.is_descending)
        return nodes

    # Pages of Observations.

    def _page_of_samples(self, place: Samples, query: Query) -> Found:
        selection = select(query)
        around = self._around(place, selection)
        if not selection.is_by_time:
            rows = Readings.joined(walk(list(around), selection.window, self.budget))
            return self._cut(self._in_order(self._kept(rows, selection, around), query.orders), query)
        top, skip, passed = self._top(query), query.skip, 0
        nodes: list[Node] = []
        for rows in walk(list(around), selection.window, self.budget):
            start, missing = max(0, skip - passed), top + 1 - len(nodes)
            if selection.rest is None:
                passed += len(rows)
                index = np.arange(min(start, len(rows)), min(start + missing, len(rows)))
                nodes += self._kept(rows.pick(index), selection, around)
            else:
                kept = self._kept(rows, selection, around)
                passed += len(kept)
                nodes += kept[start : start + missing]
            if len(nodes) > top and not query.count:
                break
        is_more = len(nodes) > top
        nodes = nodes[:top]
        following = (
            replace(query, skip=0, skiptoken=token(nodes[-1].row.instrument, nodes[-1].row.observed)) if nodes else None
        )
        return Found(nodes, passed if query.count else None, following if is_more else None)

    def _around(self, place: Samples, selection: Selection) -> dict[int, Node | None]:
        """The instruments that a query means; as entities where that is asked."""
        if selection.instrument is None and not selection.asks_around:
            return dict.fromkeys(place.instruments.order_by("pk").values_list("pk", flat=True))
        asked = [one for one in (selection.instrument, selection.rest) if one is not None]
        wanted = ways(asked)
        found: dict[int, Node | None] = {}
        rows = list(place.instruments.order_by("pk"))
        nodes = [self.graph.node("Observation", Sample(row.pk, 0, 0.0, 0)) for row in rows]
        for node, row in zip(nodes, rows, strict=True):
            node.related["Datastream"] = self.graph.node("Datastream", row)
            has_place = row.station.lon is not None
            node.related["FeatureOfInterest"] = self.graph.node("FeatureOfInterest", row.station) if has_place else None
        for name in AROUND:
            around = [one for node in nodes if isinstance(one := node.related[name], Node)]
            self._attach(around, ways(Path(parts) for parts in wanted.get(name, [])))
        for node, row in zip(nodes, rows, strict=True):
            if selection.instrument is None or holds(selection.instrument, node, self.now):
                found[row.pk] = node
        return found

    def _kept(self, rows: Readings, selection: Selection, around: dict[int, Node | None]) -> list[Node]:
        """Readings as entities, those of which the rest of the filter holds."""
        nodes = []
        self.budget.spend(len(rows) * SINGLE)
        for place in range(len(rows)):
            node = self.graph.node("Observation", _sample(rows, place))
            known = around.get(node.row.instrument)
            if known is not None:
                node.related |= known.related
            if selection.rest is None or holds(selection.rest, node, self.now):
                nodes.append(node)
        return nodes

    def _in_order(self, nodes: list[Node], orders: Sequence[Order]) -> list[Node]:
        self._attach(nodes, ways(order.by for order in orders))
        return self._sorted(nodes, orders)

    # What an answer says.

    def shown(self, nodes: list[Node], query: Query) -> list[dict[str, Any]]:
        """Entities as JSON with what the query expands, a relation of all of them at once."""
        chosen = [_described(node, query.select) for node in nodes]
        for one in query.expand:
            relation = nodes[0].type.relation(one.relation) if nodes else None
            if relation is None:
                continue
            if relation.target == "Observation":
                found = self._observations_of(nodes, one.query)
            else:
                self.graph.attach(nodes, relation)
                around = [node.related[one.relation] for node in nodes]
                found = self._chosen(
                    [each if isinstance(each, list) else [each] if each else [] for each in around], one.query
                )
            self._nested += sum(len(each.nodes) for each in found)
            if self._nested > NESTED:
                raise SensorThingsError(f"一次应答最多展开 {NESTED} 个实体；请用 $top 缩小", "too-long")
            texts = iter(self.shown([node for each in found for node in each.nodes], one.query))
            for node, text, each in zip(nodes, chosen, found, strict=True):
                values = [next(texts) for _ in each.nodes]
                if not relation.is_many:
                    text[one.relation] = values[0] if values else None
                    continue
                address = f"{node.site}/{quote(node.path, safe=_SAFE)}/{one.relation}"
                text |= {f"{one.relation}@iot.count": each.count} if one.query.count else {}
                text[one.relation] = values
                text |= {f"{one.relation}@iot.nextLink": f"{address}?{options.write(each.next)}"} if each.next else {}
        return chosen

    def _chosen(self, around: list[list[Node]], query: Query) -> list[Found]:
        flat = [node for nodes in around for node in nodes]
        kept = {id(node) for node in self._holding(flat, query)}
        return [
            self._cut(self._sorted([one for one in nodes if id(one) in kept], query.orders), query) for nodes in around
        ]

    def _observations_of(self, nodes: list[Node], query: Query) -> list[Found]:
        """A page of Observations of each Datastream, or feature, all out of one reading of the store."""
        selection = select(query)
        if nodes[0].type.name in STATION_TYPES:
            rows = self.graph.instruments().filter(station__in=[node.key for node in nodes])
        else:
            rows = self.graph.instruments().filter(pk__in=[node.key for node in nodes])
        around = self._around(Samples(rows), selection)
        is_plain = selection.rest is None and selection.is_by_time and not query.count
        most = query.skip + self._top(query) + 1 if is_plain else None
        found = firsts(sorted(around), selection.window, most, self.budget)
        owners = dict(rows.values_list("pk", "station_id" if nodes[0].type.name in STATION_TYPES else "pk"))
        pages = []
        for node in nodes:
            parts = [found[key] for key in found if owners[key] == node.key]
            if most is not None:
                parts = [part.pick(np.arange(min(most, len(part)))) for part in parts]
            kept = [one for part in parts for one in self._kept(part, selection, around)]
            if not selection.is_by_time:
                kept = self._in_order(kept, query.orders)
            elif len(parts) > 1:
                kept.sort(
                    key=lambda one: (one.row.observed, one.row.instrument), reverse=selection.window.is_descending
                )
            pages.append(self._cut(kept, query))
        return pages


_SAFE = "/'()$-.:,"


def _sample(rows: Readings, place: int) -> Sample:
    columns = (rows.instrument, rows.observed, rows.value, rows.flag)
    return Sample(*(column[place].item() for column in columns))


def _next(query: Query, top: int, *, is_more: bool) -> Query | None:
    return replace(query, skip=query.skip + top) if is_more and top else None


def _described(node: Node, select: Iterable[str]) -> dict[str, Any]:
    """An entity with its links; only what is selected, when anything is."""
    address = f"{node.site}/{quote(node.path, safe=_SAFE)}"
    found: dict[str, Any] = {}
    if not select or "id" in select:
        found = {"@iot.id": node.key, "@iot.selfLink": address}
    found |= {name: value for name, value in plain_values(node).items() if not select or name in select}
    for relation in node.type.relations:
        if not select or relation.name in select:
            found[f"{relation.name}@iot.navigationLink"] = f"{address}/{relation.name}"
    return found


def _comparing(values: dict[int, Any]) -> Callable[[Node, Node], int]:
    """Which of two comes first; what is null comes before everything, unlike things by the name of their type."""

    def compare(one: Node, other: Node) -> int:
        left, right = values[id(one)], values[id(other)]
        if left is None or right is None:
            return (left is not None) - (right is not None)
        try:
            return (left > right) - (left < right)
        except TypeError:
            names = [type(value).__name__ for value in (left, right)]
            return (names[0] > names[1]) - (names[0] < names[1])

    return compare


def as_data_array(nodes: list[Node], graph: Graph) -> list[dict[str, Any]]:
    """Observations as arrays, one a Datastream (clause 12.2)."""
    names = ("phenomenonTime", "resultTime", "result", "resultQuality")
    groups: dict[int, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.row.instrument, []).append(node)
    found = []
    for key, members in groups.items():
        texts = [[node.key, *(plain_values(node)[name] for name in names)] for node in members]
        found.append(
            {
                "Datastream@iot.navigationLink": f"{graph.site}/Datastreams({key})",
                "components": ["id", *names],
                "dataArray@iot.count": len(texts),
                "dataArray": texts,
            }
        )
    return found
