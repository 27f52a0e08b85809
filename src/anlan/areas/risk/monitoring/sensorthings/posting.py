"""Take in posted Observations: whose they are, what they say, and into the gateway's intake like every other reading."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.risk.monitoring.handover import Part, hand_over
from anlan.areas.risk.monitoring.models import Instrument, Protocol
from anlan.areas.risk.monitoring.readings import DEVICE, GOOD, MISSING, milliseconds
from anlan.areas.risk.monitoring.sensorthings.nodes import QUALITY, Graph
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.protocols import sensorthings
from anlan.protocols.sensorthings import TYPES, Entity, Group, Interval, SensorThingsError
from anlan.protocols.sensorthings.paths import Key, written_key

PROTOCOL = Protocol.SENSORTHINGS.value
#: Readings ahead of time or older than this are no readings: devices that push can be told so at once.
AHEAD, AGE = timedelta(minutes=10), timedelta(days=3653)
#: Groups of one posting that are kept as malformed or unknown; the senders hear of all.
LEFT_OUT = 20
NO_DATASTREAM = "没有这个数据流，或不在这个账号的管辖范围内"


class Missing(SensorThingsError):
    """There is no Datastream that the sender may write to under this key."""


@dataclass
class Posted:
    """What became of each observation: its key, or what is wrong with it."""

    outcomes: list[str | SensorThingsError] = field(default_factory=list)

    @property
    def problems(self) -> list[SensorThingsError]:
        return [one for one in self.outcomes if isinstance(one, SensorThingsError)]


#: Whose readings were audited today; one entry a sender, station and day keeps the chain readable.
_audited: set[tuple[date, int, int]] = set()


def post_one(*, actor: User, datastream: Key | None, raw: bytes, peer: str) -> Posted:
    """Take in one Observation, posted to a Datastream or naming it; a SensorThingsError says what is wrong with it."""
    path = f"Datastreams({written_key(datastream)})/Observations" if datastream is not None else "Observations"
    with override("zh-hans"):
        try:
            entity = sensorthings.read(TYPES["Observation"], sensorthings.load(raw))
            named = entity.related.get("Datastream")
            key = datastream if datastream is not None else named.key if isinstance(named, Entity) else None
            if key is None:
                raise SensorThingsError(
                    "Observation 要写明 Datastream/@iot.id，或发往 Datastreams(id)/Observations", "property"
                )
            if isinstance(named, Entity) and named.key not in (None, key):
                raise SensorThingsError("Observation 的 Datastream/@iot.id 与地址中的不是同一个", "property")
        except SensorThingsError as error:
            _keep_fault(actor, path, raw, peer, error)
            raise
        posted = _take_in(actor, [Group(key, (entity,))], peer, path, raw)
    if posted.problems:
        raise posted.problems[0]
    return posted


def post_array(*, actor: User, raw: bytes, peer: str) -> Posted:
    """Take in a CreateObservations; observations that cannot be taken leave the others alone."""
    with override("zh-hans"):
        try:
            groups = sensorthings.read_groups(sensorthings.load(raw))
        except SensorThingsError as error:
            _keep_fault(actor, "CreateObservations", raw, peer, error)
            raise
        return _take_in(actor, groups, peer, "CreateObservations")


def _keep_fault(actor: User, path: str, raw: bytes, peer: str, error: SensorThingsError) -> None:
    frame = sensorthings.frame(path, raw, actor.username)
    _hand_over([Part("", frame, fault=(error.code[:20], str(error)[:300]))], peer)


def _hand_over(parts: list[Part], peer: str) -> None:
    hand_over(parts, protocol=PROTOCOL, peer=peer[:60], path=settings.ANLAN.handover_path)


@dataclass
class _OfStation:
    """What a posting says of one station."""

    address: str
    rows: list[tuple[int, int, float | None, int]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    is_timed: bool = True


def _take_in(actor: User, groups: Sequence[Group], peer: str, path: str, raw: bytes = b"") -> Posted:
    now, posted = timezone.now(), Posted()
    keys = [group.datastream for group in groups if isinstance(group.datastream, int)]
    known = {one.pk: one for one in Graph(actor, "").instruments().filter(pk__in=[key for key in keys if key < 2**31])}
    stations: dict[int, _OfStation] = {}
    parts: list[Part] = []
    for group in groups:
        instrument = known.get(group.datastream) if isinstance(group.datastream, int) else None
        problem = _refusal(instrument)
        kept: list[Entity] = []
        for one in group.observations:
            try:
                if isinstance(one, SensorThingsError):
                    raise one
                if problem is not None or instrument is None:
                    raise problem or Missing(NO_DATASTREAM, "unknown")
                row, is_timed = _row(instrument, one, now)
            except SensorThingsError as error:
                posted.outcomes.append(error)
                continue
            of_station = stations.setdefault(instrument.station_id, _OfStation(instrument.station.device_key))
            of_station.rows.append(row)
            of_station.is_timed &= is_timed
            posted.outcomes.append(f"{row[0]}-{row[1]}")
            kept.append(one)
        if kept and instrument is not None:
            stations[instrument.station_id].groups.append(Group(group.datastream, tuple(kept)))
        if len(kept) < len(group.observations) and len(parts) < LEFT_OUT:
            parts.append(_left_out(actor, group, problem, posted, path, raw))
    for of_station in stations.values():
        body = raw or json.dumps(sensorthings.write_groups(tuple(of_station.groups)), ensure_ascii=False).encode()
        # The same words at another time are another reading, where they say no time of their own.
        frame = sensorthings.frame(path, body, actor.username, "" if of_station.is_timed else now.isoformat())
        parts.append(Part(of_station.address, frame, tuple(of_station.rows)))
    _hand_over(parts, peer)
    _audit(actor, stations, {one.station_id: one for one in known.values()}, now)
    return posted


def _left_out(
    actor: User, group: Group, problem: SensorThingsError | None, posted: Posted, path: str, raw: bytes
) -> Part:
    """What is kept of observations that could not be taken: an unknown device, or a malformed frame."""
    errors = [one for one in posted.outcomes[-len(group.observations) :] if isinstance(one, SensorThingsError)]
    text = {"Datastream": {"@iot.id": group.datastream}, "errors": [str(one) for one in errors[:20]]}
    frame = sensorthings.frame(path, raw or json.dumps(text, ensure_ascii=False).encode(), actor.username)
    if isinstance(problem, Missing):
        return Part(f"datastreams({written_key(group.datastream)})"[:64].lower(), frame, unknown=(("", str(problem)),))
    return Part("", frame, fault=(errors[0].code[:20], str(errors[0])[:300]))


def _refusal(instrument: Instrument | None) -> SensorThingsError | None:
    """Why nothing can be written to a Datastream; None when it can."""
    if instrument is None:
        return Missing(NO_DATASTREAM, "unknown")
    station = instrument.station
    if station.protocol != PROTOCOL or station.source_id is not None:
        how = station.get_protocol_display() if station.protocol else "没有登记通信协议"
        if station.source_id is not None:
            how += "（数据接入源）"
        return SensorThingsError(
            f"{station.name}不由外部写入（{how}）；要写入，请在台账中把它的通信协议改为 SensorThings，不选接入源",
            "protocol",
        )
    if instrument.state == Instrument.State.RETIRED:
        return SensorThingsError(f"仪表 {instrument.code} 已停用", "retired")
    return None


def _row(instrument: Instrument, entity: Entity, now: datetime) -> tuple[tuple[int, int, float | None, int], bool]:
    """(instrument, ms, value, flag) of an observation, and whether it says its time."""
    feature = entity.related.get("FeatureOfInterest")
    if isinstance(feature, Entity) and feature.key != instrument.station_id:
        raise SensorThingsError(
            f"FeatureOfInterest 只能是该站自己（@iot.id 为 {instrument.station_id}），不能另建", "property"
        )
    given = entity.values.get("phenomenonTime")
    at: datetime = given.end if isinstance(given, Interval) else given or now
    if at > now + AHEAD:
        raise SensorThingsError(
            f"phenomenonTime {sensorthings.plain(at)} 在将来；现在是 {sensorthings.plain(now)}，请校准设备时钟", "time"
        )
    if at < now - AGE:
        raise SensorThingsError(f"phenomenonTime {sensorthings.plain(at)} 早于十年前", "time")
    value = entity.values["result"]
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300):
        raise SensorThingsError("result 应为数；没有数值时写 null", "type")
    flag = MISSING if value is None else GOOD if _is_good(entity.values.get("resultQuality")) else DEVICE
    return (instrument.pk, milliseconds(at), None if value is None else float(value), flag), given is not None


def _is_good(quality: Any) -> bool:
    """Whether a resultQuality doubts the value; only our own form is understood."""
    entries = quality if isinstance(quality, list) else [quality]
    said = [one.get("result") for one in entries if isinstance(one, dict) and one.get("nameOfMeasure") == QUALITY]
    return all(one == "good" for one in said)


def _audit(actor: User, stations: dict[int, _OfStation], instruments: dict[int, Instrument], now: datetime) -> None:
    today = timezone.localdate(now)
    for key, of_station in stations.items():
        if (today, actor.pk, key) in _audited:
            continue
        if len(_audited) > 100_000:
            _audited.clear()
        _audited.add((today, actor.pk, key))
        audit.record(
            actor=actor, action="readings.receive", subject=instruments[key].station,
            details={"protocol": PROTOCOL, "readings": len(of_station.rows), "note": "当日第一次"},
        )  # fmt: skip
