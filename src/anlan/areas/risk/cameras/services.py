"""Keep what devices say of their cameras; tell cameras what to do.

What an alarm says is an official record: its text is Chinese, whatever language its reader reads.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from anlan.areas.risk.cameras import reports
from anlan.areas.risk.cameras.models import Camera, CameraAlarm, VideoDevice
from anlan.areas.risk.cameras.rules import facts_of, place_of
from anlan.areas.risk.monitoring.models import DeviceCommand, Station
from anlan.areas.risk.monitoring.services import keep_unknown
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import CameraAlarmed
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.models import Area

Status = Camera.Status
#: Commands and the parameters that each must have.
ACTIONS: dict[str, tuple[str, ...]] = {
    "ptz": ("pan", "tilt", "zoom", "ms"),
    "lens": ("focus", "iris", "ms"),
    "preset": ("operation", "number"),
    "presets": (),
    "record": ("is_on",),
    "guard": ("is_on",),
    "wiper": ("is_on",),
    "reset": (),
    "iframe": (),
    "status": (),
    "view": (),
    "stop": (),
}


Told = TypeVar("Told", bound=reports.Report)
_KEEPERS: dict[type[reports.Report], Callable[[list[Any], datetime], None]] = {}


def take_in(told: Iterable[reports.Report], at: datetime) -> None:
    """Keep what gateways report, in the transaction of the frames that said it.

    What one device says is kept in its order; what many devices say at the same turn is kept together.
    """
    turns: dict[int, tuple[int, type]] = {}
    groups: dict[tuple[int, type[reports.Report]], list[reports.Report]] = {}
    for report in told:
        turn, before = turns.get(report.device, (0, type(report)))
        turns[report.device] = key = (turn + (before is not type(report)), type(report))
        groups.setdefault(key, []).append(report)
    for key in sorted(groups, key=lambda key: key[0]):
        _KEEPERS[key[1]](groups[key], at)


def _keeps(kind: type[Told]) -> Callable:
    def declare(keep: Callable[[list[Told], datetime], None]) -> Callable:
        _KEEPERS[kind] = keep
        return keep

    return declare


def _note(rows: Iterable[VideoDevice], *fields: str) -> None:
    """Write these fields of video devices, one row a station; the last one counts."""
    last = {row.station_id: row for row in rows}
    VideoDevice.objects.bulk_create(
        last.values(), batch_size=500, update_conflicts=True, unique_fields=["station"], update_fields=list(fields)
    )


def _own(report: reports.Report, codes: Iterable[str]) -> QuerySet[Camera]:
    """The cameras among these codes that belong to the reporting device."""
    return Camera.objects.filter(device_id=report.device, code__in=list(codes))


@_keeps(reports.Registered)
def _registered(told: list[reports.Registered], at: datetime) -> None:
    rows = [VideoDevice(station_id=one.device, version=one.version[:40], registered_at=at) for one in told]
    _note(rows, "version", "registered_at", "gone_at", "gone_reason")


@_keeps(reports.Gone)
def _gone(told: list[reports.Gone], at: datetime) -> None:
    rows = [VideoDevice(station_id=one.device, gone_at=at, gone_reason=one.reason[:12]) for one in told]
    _note(rows, "gone_at", "gone_reason")
    cameras = Camera.objects.filter(device__in=[one.device for one in told]).exclude(status=Status.REMOVED)
    cameras.update(status=Status.OFFLINE, viewed_since=None, ssrc="")


@_keeps(reports.Described)
def _described(told: list[reports.Described], at: datetime) -> None:
    addresses = dict(Station.objects.filter(pk__in=[one.device for one in told]).values_list("pk", "address"))
    rows = [
        VideoDevice(
            station_id=one.device, manufacturer=one.manufacturer[:60], model=one.model[:60], firmware=one.firmware[:60]
        )
        for one in told
        if addresses.get(one.device) == one.code
    ]  # fmt: skip
    _note(rows, "manufacturer", "model", "firmware")


@_keeps(reports.Stated)
def _stated(told: list[reports.Stated], at: datetime) -> None:
    for one in told:
        _own(one, one.codes).update(status=one.status, heard_at=at)


@_keeps(reports.Preset)
def _preset(told: list[reports.Preset], at: datetime) -> None:
    for one in told:
        _own(one, [one.code]).update(presets=[list(preset) for preset in one.presets], heard_at=at)


@_keeps(reports.Viewed)
def _viewed(told: list[reports.Viewed], at: datetime) -> None:
    for one in told:
        _own(one, [one.code]).update(viewed_since=at if one.ssrc else None, ssrc=one.ssrc)


@_keeps(reports.Moved)
def _moved(told: list[reports.Moved], at: datetime) -> None:
    """Move cameras; what a recorder in a vehicle says of itself moves all its cameras."""
    for one in told:
        rows = _own(one, [one.code])
        if not rows.exists():
            rows = Camera.objects.filter(device_id=one.device, device__address=one.code)
        lon, lat = one.position
        rows.exclude(located_at__gt=one.at).update(lon=lon, lat=lat, located_at=one.at, heard_at=at)


@_keeps(reports.Alarmed)
def _alarmed(told: list[reports.Alarmed], at: datetime) -> None:
    for one in told:
        station, camera = Station.objects.get(pk=one.device), _own(one, [one.code]).first()
        lon, lat = one.position or ((camera.lon, camera.lat) if camera else (station.lon, station.lat))
        alarm = CameraAlarm.objects.create(
            device=station, camera=camera, area_code=(camera or station).area_id, code=one.code[:20],
            priority=one.priority[:2], method=one.method[:2], title=one.title[:60],
            description=one.description[:200], happened_at=one.happened_at, received_at=at,
            is_exercise=station.is_demo, lon=lon, lat=lat,
        )  # fmt: skip
        _own(one, [one.code]).update(heard_at=at)
        publish(
            CameraAlarmed(
                area_code=alarm.area_code, is_exercise=alarm.is_exercise, alarm=alarm.pk,
                camera=camera.pk if camera else None, title=f"{camera or station}：{alarm.title}",
                source=str(camera or station), priority=alarm.priority, lon=lon, lat=lat,
            )
        )  # fmt: skip


@_keeps(reports.Catalogued)
def _catalogued(told: list[reports.Catalogued], at: datetime) -> None:
    """Enter new cameras, move on the facts of known ones, and note who is no longer listed."""
    stations = Station.objects.in_bulk({one.device for one in told})
    listed = {one.code: (stations[part.device], one) for part in told for one in part.cameras}
    known = Camera.objects.select_related("device").in_bulk(list(listed), field_name="code")
    foreign = {
        code
        for code, (station, _one) in listed.items()
        if code in known and known[code].device_id not in (None, station.pk)
    }
    keep_unknown(
        at,
        [
            ("gb28181", listed[code][0].address, code, f"编码已登记在“{known[code].device}”下", code.encode())
            for code in foreign
        ],
    )
    own = [pair for code, pair in listed.items() if code not in foreign]
    areas = _areas([code for _station, one in own for code in place_of(one)])
    created = _enter([pair for pair in own if pair[1].code not in known], areas)
    changed = _correct([(known[one.code], station, one) for station, one in own if one.code in known], areas)
    for status in {one.status for _station, one in own if one.status}:
        codes = [one.code for _station, one in own if one.status == status]
        Camera.objects.filter(code__in=codes).update(status=status, heard_at=at)
    whole = [part for part in told if part.whole is not None]
    removed = [code for part in whole for code in _remove(part)]
    _note(
        [VideoDevice(station_id=part.device, catalogue_at=at, catalogue_total=part.total) for part in whole],
        "catalogue_at",
        "catalogue_total",
    )
    if created or changed or removed:
        details = {"created": created, "changed": changed, "removed": removed}
        actors = [station.code for station in stations.values()]
        audit.record(actor="、".join(actors[:5]), action="cameras.catalogue", subject="cameras", details=details)


def _enter(pairs: Sequence[tuple[Station, reports.Listed]], areas: set[str]) -> list[str]:
    fresh = []
    for station, one in pairs:
        facts = {"name": one.code} | facts_of(one) | {"area_id": _area(one, areas, station)}
        camera = Camera(code=one.code, device=station, is_kept_by_hand=False, is_demo=station.is_demo, **facts)
        camera._change_reason = _reason(station)
        fresh.append(camera)
    bulk_create_with_history(fresh, Camera, batch_size=500)
    return [camera.code for camera in fresh]


def _correct(known: Sequence[tuple[Camera, Station, reports.Listed]], areas: set[str]) -> list[str]:
    changed = []
    for camera, station, one in known:
        facts = facts_of(one, is_kept_by_hand=camera.is_kept_by_hand, is_mobile=camera.located_at is not None)
        facts["device_id"] = station.pk
        if not camera.is_kept_by_hand and one.civil_code:
            facts["area_id"] = _area(one, areas, station)
        if any(getattr(camera, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(camera, name, value)
            camera._change_reason = _reason(station)
            changed.append(camera)
    fields = ["name", "area", "device", "address", "structure", "manufacturer", "model", "civil_code", "lon", "lat"]
    bulk_update_with_history(changed, Camera, fields, batch_size=200)
    return [camera.code for camera in changed]


def _reason(station: Station) -> str:
    """Who wrote it, as a camera's history shows it."""
    return f"目录 {station.code}"


def _areas(codes: Iterable[str]) -> set[str]:
    return set(Area.objects.filter(code__in=set(codes)).values_list("code", flat=True))


def _area(one: reports.Listed, areas: set[str], station: Station) -> str:
    """The smallest known area that a camera's codes name; else that of its device."""
    return next((code for code in place_of(one) if code in areas), station.area_id)


def _remove(part: reports.Catalogued) -> list[str]:
    """Note the cameras that a whole catalogue no longer has; those that people keep stay as they are."""
    rows = Camera.objects.filter(device=part.device).exclude(status=Status.REMOVED)
    gone = sorted(set(rows.filter(is_kept_by_hand=False).values_list("code", flat=True)) - (part.whole or set()))
    for start in range(0, len(gone), 500):
        rows.filter(code__in=gone[start : start + 500]).update(status=Status.REMOVED)
    return gone


def begin() -> None:
    """The gateway starts: no picture is on its way, whatever was asked for before."""
    Camera.objects.exclude(viewed_since=None).update(viewed_since=None, ssrc="")


@transaction.atomic
def control_camera(*, actor: User, camera: Camera, action: str, parameters: dict[str, Any]) -> DeviceCommand:
    """Queue what a person wants of a camera; the gateway sends it at once and keeps the answer."""
    demand(actor, "act:cameras")
    if not ledger("cameras").holds(actor, camera):
        raise PermissionDenied(_("“%(name)s”不在您的管辖范围内。") % {"name": camera})
    if action not in ACTIONS or set(ACTIONS[action]) != set(parameters):
        raise ValidationError(_("没有这种操作：%(action)s。") % {"action": action})
    if camera.device is None:
        raise ValidationError(_("该监控点没有登记所属设备，不能控制。请在登记信息中填写所属设备或平台。"))
    if action in ("ptz", "preset") and not camera.is_movable:
        raise ValidationError(_("该监控点是%(structure)s，不能转动。") % {"structure": camera.get_structure_display()})
    command = DeviceCommand.objects.create(
        station=camera.device, code=action, parameters={"camera": camera.code} | parameters, asked_by=actor
    )
    audit.record(actor=actor, action=f"camera.{action}", subject=camera, details=parameters)
    return command
