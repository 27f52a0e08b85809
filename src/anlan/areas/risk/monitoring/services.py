"""Keep what gateways bring, raise and end alarms, and what people do about them.

What an alarm says is an official record: its text is Chinese, whatever language its reader reads.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import (
    Alarm,
    DeviceCommand,
    DeviceState,
    GatewayMinute,
    Instrument,
    Latest,
    MalformedFrame,
    Source,
    Station,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.newest import Kept
from anlan.areas.risk.monitoring.quantities import QUANTITIES
from anlan.areas.risk.monitoring.readings import Readings, milliseconds, moment
from anlan.areas.risk.monitoring.rules import LEVELS, Judge, Verdict
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import ReadingExceeded
from anlan.foundation.resources.services import move_resources

COLOURS = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}
#: Kept malformed frames; the oldest give way, their number stays counted.
MALFORMED_LIMIT = 10_000
#: A command that a device did not take or answer for so long is given up.
COMMAND_LIFE = timedelta(minutes=5)
#: Bytes kept of one malformed frame.
RAW_LIMIT = 4096
#: What a vehicle terminal reports by itself: channel and quantity.
VEHICLE_CHANNELS = {"lon": "longitude", "lat": "latitude", "speed": "speed", "mileage": "mileage"}


@dataclass
class Delivery:
    """What a gateway wants to have kept in one commit."""

    received_at: datetime
    rows: list[tuple[int, int, float, int]] = field(default_factory=list)
    #: (station, raw); the station is 0 where a frame has none
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    #: (protocol, peer, code, reason, raw)
    malformed: list[tuple[str, str, str, str, bytes]] = field(default_factory=list)
    #: (protocol, address, channel, problem, raw)
    unknown: list[tuple[str, str, str, str, bytes]] = field(default_factory=list)
    #: Answers of devices to commands: (command, whether it ends the matter, text).
    answers: list[tuple[int, bool, str]] = field(default_factory=list)
    #: Counters by protocol, as in GatewayMinute.
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    #: What stands before `rows` and `frames`, already in columns and labelled.
    columns: list[Readings] = field(default_factory=list)
    labelled: list[bytes] = field(default_factory=list)

    def add(self, readings: Readings, frames: bytes) -> None:
        """Add readings and labelled frames behind all that is there."""
        self.columns += (Readings.of(self.rows), readings)
        self.labelled += (storage.labelled(self.frames), frames)
        self.rows, self.frames = [], []


@transaction.atomic
def take_in(delivery: Delivery, judge: Judge) -> Kept | None:
    """Keep a delivery and judge it, all or nothing; afterwards its frames may be acknowledged.

    What was kept, if anything: the caller moves the newest readings on once it is durable.
    """
    kept = None
    readings = Readings.joined([*delivery.columns, Readings.of(delivery.rows)])
    frames = b"".join((*delivery.labelled, storage.labelled(delivery.frames)))
    if len(readings) or frames:
        readings, verdicts = judge.judge(readings, now=milliseconds(delivery.received_at))
        batch = storage.store(
            received_at=delivery.received_at, readings=readings, digests=b"".join(delivery.digests), frames=frames
        )
        apply_verdicts(verdicts)
        kept = Kept(batch.pk, delivery.received_at, readings)
    _keep_malformed(delivery)
    keep_unknown(delivery.received_at, delivery.unknown)
    _keep_answers(delivery)
    count_minute(delivery.received_at, delivery.counts)
    return kept


def keep_states(heard: Mapping[int, tuple[datetime, str, int]], online: Collection[int]) -> None:
    """Record when, from where and how often devices were heard since the last time, and which are connected."""
    known = set(Station.objects.filter(pk__in=heard).values_list("pk", flat=True))
    table = DeviceState._meta.db_table
    adapt = connection.ops.adapt_datetimefield_value
    rows = [(key, adapt(at), peer[:60], n) for key, (at, peer, n) in heard.items() if key in known]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (station_id, heard_at, peer, messages, is_online) VALUES (%s, %s, %s, %s, true) "  # noqa: S608  (the table's own name)
            "ON CONFLICT (station_id) DO UPDATE SET heard_at = excluded.heard_at, peer = excluded.peer, "
            f"messages = {table}.messages + excluded.messages, is_online = true",
            rows,
        )
        gone = DeviceState.objects.filter(is_online=True).values_list("pk", flat=True)
        DeviceState.objects.filter(pk__in=set(gone) - set(online)).update(is_online=False)
        back = DeviceState.objects.filter(is_online=False).values_list("pk", flat=True)
        DeviceState.objects.filter(pk__in=set(back) & set(online)).update(is_online=True)
        _move_vehicles(known)


def _move_vehicles(stations: Collection[int]) -> None:
    """Put vehicles that reported to where their newest reading says they are, and whom they carry with them."""
    rows = Latest.objects.filter(
        instrument__station__in=stations,
        instrument__station__kind=Station.Kind.VEHICLE,
        instrument__quantity__in=("longitude", "latitude"),
    ).values_list("instrument__station", "instrument__quantity", "value", "observed_at")
    places: dict[int, dict[str, float]] = {}
    seen: dict[int, datetime] = {}
    for station, quantity, value, at in rows:
        places.setdefault(station, {})[quantity] = value
        seen[station] = at
    moved = {key: (place["longitude"], place["latitude"]) for key, place in places.items() if len(place) == 2}
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Station._meta.db_table} SET lon = %s, lat = %s WHERE id = %s",  # noqa: S608  (the table's own name)
            [(lon, lat, key) for key, (lon, lat) in moved.items()],
        )
    addresses = Station.objects.filter(pk__in=moved).values_list("pk", "address")
    move_resources({address: (*moved[key], seen[key]) for key, address in addresses})


def note_source(*, pk: int, problem: str = "") -> None:
    """Record that a source answers, or why it does not."""
    now = {"problem": problem[:200]} if problem else {"problem": "", "connected_at": timezone.now()}
    Source.objects.filter(pk=pk).update(**now)


def equip_vehicles() -> None:
    """Give every vehicle terminal the instruments that it reports by itself: where it is and how fast."""
    bare = Station.objects.filter(kind=Station.Kind.VEHICLE).exclude(instruments__channel="lon")
    known = set(Instrument.objects.filter(station__in=bare).values_list("station_id", "channel"))
    missing = [
        Instrument(
            station=station, channel=channel, area_id=station.area_id, code=f"{station.code[: 39 - len(channel)]}-{channel}",
            quantity=quantity, name=str(QUANTITIES[quantity].title), is_demo=station.is_demo,
        )
        for station in bare
        for channel, quantity in VEHICLE_CHANNELS.items()
        if (station.pk, channel) not in known
    ]  # fmt: skip
    if missing:
        bulk_create_with_history(missing, Instrument, batch_size=500)


def _keep_malformed(delivery: Delivery) -> None:
    for protocol, peer, code, reason, raw in delivery.malformed:
        digest = _digest(protocol.encode() + raw).hex()
        times = {"last_at": delivery.received_at, "times": F("times") + 1, "peer": peer}
        if not MalformedFrame.objects.filter(pk=digest).update(**times):
            MalformedFrame.objects.create(
                digest=digest, protocol=protocol, peer=peer, code=code, reason=reason[:300], raw=raw[:RAW_LIMIT],
                first_at=delivery.received_at, last_at=delivery.received_at,
            )  # fmt: skip


def keep_unknown(at: datetime, unknown: Sequence[tuple[str, str, str, str, bytes]]) -> None:
    """Record devices and channels that no register claims: (protocol, address, channel, problem, raw)."""
    for protocol, address, channel, problem, raw in unknown:
        key = {"protocol": protocol, "address": address[:64], "channel": channel[:40]}
        moved = {"last_at": at, "frames": F("frames") + 1, "problem": problem, "sample": raw}
        if not UnknownDevice.objects.filter(**key).update(**moved):
            UnknownDevice.objects.create(
                **key, problem=problem, sample=raw[:RAW_LIMIT], first_at=at, last_at=at
            )  # fmt: skip


def _keep_answers(delivery: Delivery) -> None:
    for key, is_last, text in delivery.answers:
        command = DeviceCommand.objects.filter(pk=key).first()
        if command is None:
            continue
        command.answer = "\n".join(part for part in (command.answer, text) if part)[-20_000:]
        if is_last or command.status != DeviceCommand.Status.ANSWERED:
            command.status, command.answered_at = DeviceCommand.Status.ANSWERED, delivery.received_at
        command.save()


def count_minute(at: datetime, counts: dict[str, dict[str, int]]) -> None:
    """Add to a gateway's counters of this minute; the number of devices online is its highest."""
    minute = connection.ops.adapt_datetimefield_value(at.replace(second=0, microsecond=0))
    table = GatewayMinute._meta.db_table
    names = ("frames", "duplicates", "malformed", "unknown", "readings", "devices")
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names[:-1])
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (protocol, minute, {', '.join(names)}) VALUES (%s, %s{', %s' * len(names)}) "  # noqa: S608  (the table's own names)
            f"ON CONFLICT (protocol, minute) DO UPDATE SET {sums}, devices = "
            f"CASE WHEN excluded.devices > {table}.devices THEN excluded.devices ELSE {table}.devices END",
            [(protocol, minute, *(values.get(name, 0) for name in names)) for protocol, values in counts.items()],
        )


def _digest(raw: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(raw, digest_size=storage.DIGEST).digest()


def apply_verdicts(verdicts: Sequence[Verdict]) -> None:
    """Raise, move on and end alarms; what changed is published, repetitions are only merged."""
    if not verdicts:
        return
    instruments = Instrument.objects.select_related("station").in_bulk({verdict.key for verdict in verdicts})
    standing = {
        (alarm.instrument_id, alarm.kind): alarm
        for alarm in Alarm.objects.filter(instrument__in=instruments, cleared_at=None)
    }
    for verdict in verdicts:
        instrument = instruments.get(verdict.key)
        if instrument is None:
            continue
        alarm = standing.get((verdict.key, verdict.kind))
        if alarm is None and verdict.is_open:
            standing[verdict.key, verdict.kind] = _raise(instrument, verdict)
        elif alarm is not None and verdict.is_open:
            _move_on(alarm, instrument, verdict)
        elif alarm is not None:
            _clear(alarm, instrument, verdict)
            del standing[verdict.key, verdict.kind]


def _raise(instrument: Instrument, verdict: Verdict) -> Alarm:
    station, at = instrument.station, moment(verdict.observed)
    alarm = Alarm.objects.create(
        instrument=instrument, area_code=station.area_id, kind=verdict.kind, level=verdict.level, peak=verdict.level,
        title=alarm_text(instrument, verdict), value=verdict.value, threshold=verdict.threshold,
        unit=instrument.unit, window_h=verdict.window_h, rule=verdict.rule, citation=verdict.citation,
        steps=[[at.isoformat(), verdict.level, verdict.value]], raised_at=at, last_at=at,
        is_silenced=bool(instrument.silenced_until and instrument.silenced_until > timezone.now()),
        is_exercise=station.is_demo, lon=station.lon, lat=station.lat,
    )  # fmt: skip
    _publish(alarm, instrument)
    return alarm


def _move_on(alarm: Alarm, instrument: Instrument, verdict: Verdict) -> None:
    at = moment(verdict.observed)
    alarm.occurrences += 1
    alarm.last_at, alarm.value, alarm.threshold = max(alarm.last_at, at), verdict.value, verdict.threshold
    alarm.window_h, alarm.rule, alarm.citation = verdict.window_h, verdict.rule, verdict.citation
    alarm.title = alarm_text(instrument, verdict)
    moved = ["occurrences", "last_at", "value", "threshold", "window_h", "rule", "citation", "title"]
    is_change = verdict.level != alarm.level
    if is_change:
        is_worse = LEVELS.index(verdict.level) > LEVELS.index(alarm.peak)
        if is_worse:
            # A worse level than anybody acknowledged wants to be acknowledged again.
            alarm.peak, alarm.acknowledged_at, alarm.acknowledged_by = verdict.level, None, None
            moved += ["peak", "acknowledged_at", "acknowledged_by"]
        alarm.level = verdict.level
        alarm.steps = [*alarm.steps, [at.isoformat(), verdict.level, verdict.value]]
        moved += ["level", "steps"]
    alarm.save(update_fields=moved)
    if is_change:
        _publish(alarm, instrument)


def _clear(alarm: Alarm, instrument: Instrument, verdict: Verdict) -> None:
    at = moment(verdict.observed)
    alarm.cleared_at, alarm.last_at, alarm.level = timezone.now(), max(alarm.last_at, at), ""
    alarm.steps = [*alarm.steps, [at.isoformat(), "", verdict.value]]
    alarm.save(update_fields=["cleared_at", "last_at", "level", "steps"])
    _publish(alarm, instrument)


def _publish(alarm: Alarm, instrument: Instrument) -> None:
    """Tell the platform of a level; trouble of a device is for its keepers' page only."""
    if alarm.kind != Alarm.Kind.THRESHOLD or alarm.is_silenced:
        return
    publish(
        ReadingExceeded(
            area_code=alarm.area_code,
            is_exercise=alarm.is_exercise,
            alarm=alarm.pk,
            instrument=instrument.pk,
            station=str(instrument.station),
            quantity=instrument.quantity,
            level=alarm.level,
            value=alarm.value,
            unit=alarm.unit,
            observed_at=alarm.last_at,
            rule=alarm.rule,
            lon=alarm.lon,
            lat=alarm.lat,
            title=alarm.title,
        )
    )


def alarm_text(instrument: Instrument, verdict: Verdict) -> str:
    """One sentence: where, what, how much, against which threshold."""
    quantity, station = instrument.measured, instrument.station
    unit, places = quantity.unit, quantity.decimals
    value = "—" if verdict.value is None else f"{verdict.value:.{places}f}"
    limit = "" if verdict.threshold is None else f"{verdict.threshold:g}"
    if verdict.kind == "threshold":
        what = f"{verdict.window_h}小时降水量" if verdict.window_h else instrument.name
        has_fallen = None not in (verdict.value, verdict.threshold) and verdict.value < verdict.threshold
        if has_fallen:
            return f"{station} {what}回落到 {value} {unit}，低于{COLOURS[verdict.level]}阈值 {limit} {unit}，继续观察"
        return f"{station} {what} {value} {unit}，达到{COLOURS[verdict.level]}阈值 {limit} {unit}"
    if verdict.kind == "rate":
        return f"{station} {instrument.name}每小时变化 {value} {unit}，超过 {limit} {unit}"
    if verdict.kind == "missing":
        return f"{station} {instrument.name}超过 {limit} 分钟没有数据"
    if verdict.kind == "stuck":
        return f"{station} {instrument.name}保持 {value} {unit} 不变超过 {limit} 小时"
    return f"{station} {instrument.name}连续出现不可信的数值 {value} {unit}"


def _demand(actor: User, capability: str, station: Station) -> None:
    demand(actor, capability)
    owner = actor.scope.owner
    if not actor.scope.contains(station.area_id) or (owner is not None and station.department_id != owner):
        raise PermissionDenied(_("%(station)s不在您的管辖范围内。") % {"station": station})


@transaction.atomic
def acknowledge_alarm(*, actor: User, alarm: Alarm, reason: str = "", note: str = "") -> Alarm:
    """Take an alarm over; the reason may be given now or corrected later."""
    _demand(actor, "act:alarms", alarm.instrument.station)
    if reason and reason not in Alarm.Reason.values:
        raise ValidationError({"reason": _("请从列表中选择原因。")})
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = timezone.now(), actor
    alarm.reason, alarm.note = reason or alarm.reason, note.strip() or alarm.note
    typed = {"reason", "note"}
    alarm.clean_fields(exclude={one.name for one in alarm._meta.fields} - typed)
    # The gateway may move the alarm on meanwhile: each writes its own fields only.
    alarm.save(update_fields=[*typed, "acknowledged_at", "acknowledged_by"])
    audit.record(
        actor=actor, action="alarm.acknowledge", subject=alarm, details={"reason": alarm.reason, "note": alarm.note}
    )
    return alarm


@transaction.atomic
def silence_instrument(*, actor: User, instrument: Instrument, hours: float, reason: str) -> Instrument:
    """Let an instrument's alarms be recorded without calling anybody, until a moment that comes by itself."""
    _demand(actor, "act:alarms", instrument.station)
    if not 0 <= hours <= 72:
        raise ValidationError({"hours": _("静音时间应在 0 到 72 小时之间。")})
    if hours and not reason.strip():
        raise ValidationError({"reason": _("请写明静音的原因。")})
    instrument.silenced_until = timezone.now() + timedelta(hours=hours) if hours else None
    instrument.silence_reason = reason.strip()[:200]
    instrument._history_user = actor
    instrument.save()
    audit.record(
        actor=actor, action="instrument.silence", subject=instrument, details={"hours": hours, "reason": reason}
    )
    return instrument


@transaction.atomic
def change_state(*, actor: User, instrument: Instrument, state: str, until: datetime | None) -> Instrument:
    """Put an instrument into maintenance or calibration until a moment, or back into service."""
    _demand(actor, "act:alarms", instrument.station)
    if until is not None and until <= timezone.now():
        raise ValidationError({"until": _("截止时间应晚于现在。")})
    instrument.state, instrument.state_until = state, until if state != Instrument.State.IN_SERVICE else None
    instrument.full_clean()
    instrument._history_user = actor
    instrument.save()
    audit.record(actor=actor, action="instrument.state", subject=instrument, details={"state": state})
    return instrument


@transaction.atomic
def send_command(*, actor: User, station: Station, code: str, parameters: dict[str, Any]) -> DeviceCommand:
    """Queue a command; the gateway sends it when the device is connected, and keeps the answer."""
    _demand(actor, "act:gateways", station)
    if not station.protocol:
        raise ValidationError(_("该站没有登记通信协议，不能反控。"))
    command = DeviceCommand.objects.create(station=station, code=code, parameters=parameters, asked_by=actor)
    audit.record(
        actor=actor, action="device.command", subject=station, details={"code": code, "parameters": parameters}
    )
    return command


def expire_commands() -> None:
    """Give up commands that waited too long."""
    waiting = DeviceCommand.objects.filter(status__in=(DeviceCommand.Status.QUEUED, DeviceCommand.Status.SENT))
    waiting.filter(asked_at__lt=timezone.now() - COMMAND_LIFE).update(status=DeviceCommand.Status.EXPIRED)


def commands_to_send() -> list[DeviceCommand]:
    """The queued commands, the oldest first."""
    return list(
        DeviceCommand.objects.filter(status=DeviceCommand.Status.QUEUED)
        .select_related("station__source")
        .order_by("asked_at")
    )


def mark_sent(*, command: DeviceCommand, number: str, problem: str = "") -> None:
    """Record that a command left for its device, or why it could not."""
    command.sent_at, command.number = timezone.now(), number
    command.status = DeviceCommand.Status.EXPIRED if problem else DeviceCommand.Status.SENT
    command.answer = problem
    command.save(update_fields=["sent_at", "number", "status", "answer"])


def keep_answer(*, command: DeviceCommand, text: str) -> None:
    """Record the last word on a command."""
    _keep_answers(Delivery(received_at=timezone.now(), answers=[(command.pk, True, text)]))
