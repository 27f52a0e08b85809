"""Keep what devices say of their cameras; tell cameras what to do.

What an alarm says is an official record: its text is Chinese, whatever language its reader reads.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import singledispatch
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
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


def take_in(told: Iterable[reports.Report], at: datetime) -> None:
    """Keep what gateways report, in the transaction of the frames that said it."""
    for report in told:
        keep(report, at)


@singledispatch
def keep(report: reports.Report, at: datetime) -> None:
    """Keep one report."""
    raise TypeError(f"no register keeps {type(report).__name__}")


def _own(report: reports.Report, codes: Iterable[str]):
    """The cameras among these codes that belong to the reporting device."""
    return Camera.objects.filter(device_id=report.device, code__in=list(codes))


@keep.register
def _keep_registered(report: reports.Registered, at: datetime) -> None:
    VideoDevice.objects.update_or_create(
        station_id=report.device,
        defaults={"version": report.version[:40], "registered_at": at, "gone_at": None, "gone_reason": ""},
    )


@keep.register
def _keep_gone(report: reports.Gone, at: datetime) -> None:
    VideoDevice.objects.update_or_create(
        station_id=report.device, defaults={"gone_at": at, "gone_reason": report.reason[:12]}
    )
    cameras = Camera.objects.filter(device_id=report.device)
    cameras.exclude(status=Status.REMOVED).update(status=Status.OFFLINE, viewed_since=None, ssrc="")


@keep.register
def _keep_described(report: reports.Described, at: datetime) -> None:
    told = {"manufacturer": report.manufacturer[:60], "model": report.model[:60]}
    station = Station.objects.get(pk=report.device)
    if report.code == station.address:
        VideoDevice.objects.update_or_create(
            station_id=report.device, defaults=told | {"firmware": report.firmware[:60]}
        )


@keep.register
def _keep_stated(report: reports.Stated, at: datetime) -> None:
    _own(report, report.codes).update(status=report.status, heard_at=at)


@keep.register
def _keep_preset(report: reports.Preset, at: datetime) -> None:
    _own(report, [report.code]).update(presets=[list(one) for one in report.presets], heard_at=at)


@keep.register
def _keep_viewed(report: reports.Viewed, at: datetime) -> None:
    _own(report, [report.code]).update(viewed_since=at if report.ssrc else None, ssrc=report.ssrc)


@keep.register
def _keep_moved(report: reports.Moved, at: datetime) -> None:
    """Move a camera; what a recorder in a vehicle says of itself moves all its cameras."""
    lon, lat = report.position
    rows = _own(report, [report.code])
    if not rows.exists():
        rows = Camera.objects.filter(device_id=report.device, device__address=report.code)
    rows = rows.exclude(located_at__gt=report.at)
    rows.update(lon=lon, lat=lat, located_at=report.at, heard_at=at)


@keep.register
def _keep_alarmed(report: reports.Alarmed, at: datetime) -> None:
    station = Station.objects.get(pk=report.device)
    camera = _own(report, [report.code]).first()
    place = report.position or ((camera.lon, camera.lat) if camera else (station.lon, station.lat))
    alarm = CameraAlarm.objects.create(
        device=station, camera=camera, area_code=(camera or station).area_id, code=report.code[:20],
        priority=report.priority[:2], method=report.method[:2], title=report.title[:60],
        description=report.description[:200], happened_at=report.happened_at, received_at=at,
        is_exercise=station.is_demo, lon=place[0], lat=place[1],
    )  # fmt: skip
    if camera is not None:
        Camera.objects.filter(pk=camera.pk).update(heard_at=at)
    publish(
        CameraAlarmed(
            area_code=alarm.area_code, is_exercise=alarm.is_exercise, alarm=alarm.pk,
            camera=camera.pk if camera else None, title=f"{camera or station}：{alarm.title}",
            source=str(camera or station), priority=alarm.priority, lon=alarm.lon, lat=alarm.lat,
        )
    )  # fmt: skip


@keep.register
def _keep_catalogued(report: reports.Catalogued, at: datetime) -> None:
    """Enter new cameras, move on the facts of known ones, and note who is no longer listed."""
    station = Station.objects.select_related("area").get(pk=report.device)
    listed = {one.code: one for one in report.cameras}
    known = Camera.objects.in_bulk(list(listed), field_name="code")
    foreign = [code for code, camera in known.items() if camera.device_id not in (None, station.pk)]
    keep_unknown(
        at,
        [
            ("gb28181", station.address, code, f"编码已登记在“{known[code].device}”下", code.encode())
            for code in foreign
        ],
    )
    own = [one for code, one in listed.items() if code not in foreign]
    created = _enter(station, [one for one in own if one.code not in known])
    changed = _correct(station, [(known[one.code], one) for one in own if one.code in known])
    for status in {one.status for one in own if one.status}:
        codes = [one.code for one in own if one.status == status]
        Camera.objects.filter(device=station, code__in=codes).update(status=status, heard_at=at)
    removed = _remove(station, report.whole, report.total, at) if report.whole is not None else []
    if created or changed or removed:
        details = {"created": created, "changed": changed, "removed": removed}
        audit.record(actor=station, action="cameras.catalogue", subject=station, details=details)


def _enter(station: Station, listed: Sequence[reports.Listed]) -> list[str]:
    areas = _areas([code for one in listed for code in place_of(one)])
    fresh = [
        Camera(
            code=one.code, device=station, is_kept_by_hand=False, is_demo=station.is_demo,
            **facts_of(one) | {"area_id": _area(one, areas, station)},
        )
        for one in listed
    ]  # fmt: skip
    bulk_create_with_history(fresh, Camera, batch_size=500, default_change_reason=f"目录 {station.code}")
    return [one.code for one in fresh]


def _correct(station: Station, pairs: Sequence[tuple[Camera, reports.Listed]]) -> list[str]:
    areas = _areas([code for _camera, one in pairs for code in place_of(one)])
    changed = []
    for camera, one in pairs:
        facts = facts_of(one, is_kept_by_hand=camera.is_kept_by_hand, is_mobile=camera.located_at is not None)
        if not camera.is_kept_by_hand and place_of(one):
            facts["area_id"] = _area(one, areas, station)
        facts["device_id"] = station.pk
        if any(getattr(camera, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(camera, name, value)
            changed.append(camera)
    fields = ["name", "area", "device", "address", "structure", "manufacturer", "model", "civil_code", "lon", "lat"]
    bulk_update_with_history(
        changed, Camera, fields, batch_size=200, default_change_reason=f"目录 {station.code}"
    )  # fmt: skip
    return [one.code for one in changed]


def _areas(codes: Iterable[str]) -> set[str]:
    return set(Area.objects.filter(code__in=set(codes)).values_list("code", flat=True))


def _area(one: reports.Listed, areas: set[str], station: Station) -> str:
    """The smallest known area that a camera's codes name; else that of its device."""
    return next((code for code in place_of(one) if code in areas), station.area_id)


def _remove(station: Station, whole: frozenset[str], total: int, at: datetime) -> list[str]:
    VideoDevice.objects.update_or_create(
        station=station, defaults={"catalogue_at": at, "catalogue_total": total}
    )  # fmt: skip
    rows = Camera.objects.filter(device=station).exclude(status=Status.REMOVED)
    gone = sorted(set(rows.filter(is_kept_by_hand=False).values_list("code", flat=True)) - whole)
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
