"""What a person wants of a camera as the GB/T 28181 command that says it."""

from collections.abc import Mapping
from typing import Any

from anlan.protocols import gb28181 as gb
from anlan.protocols.gb28181 import catalogue, ptz

#: From a person's 1 to 10 to the standard's speeds: pan, tilt, focus and iris up to 255, zoom up to 15.
FAST, ZOOM_FAST = 25, 1.5
#: A movement ends by itself after so many milliseconds at most, whatever becomes of who asked for it.
LONGEST_MS = 5_000


def order(action: str, parameters: Mapping[str, Any], *, code: str, sn: int, is_2022: bool = False) -> gb.Body:
    """The command; ValueError says what is wrong.

    >>> order("ptz", {"pan": -4, "tilt": 0, "zoom": 0, "ms": 500}, code="37152600001320000001", sn=1).ptz_cmd
    'A50F00026400001A'
    """
    if action in ("ptz", "lens", "preset", "wiper"):
        return gb.DeviceControl(sn=sn, device_id=code, ptz_cmd=str(_control(action, parameters)))
    if action == "presets":
        return gb.Query(cmd_type="PresetQuery", sn=sn, device_id=code)
    if action == "status":
        return gb.Query(cmd_type="DeviceStatus", sn=sn, device_id=code)
    if action == "record":
        return gb.DeviceControl(sn=sn, device_id=code, record_cmd="Record" if parameters["is_on"] else "StopRecord")
    if action == "guard":
        return gb.DeviceControl(sn=sn, device_id=code, guard_cmd="SetGuard" if parameters["is_on"] else "ResetGuard")
    if action == "reset":
        every = catalogue.ControlInfo(alarm_method="0")
        return gb.DeviceControl(sn=sn, device_id=code, alarm_cmd="ResetAlarm", info=every)
    if action == "iframe":
        return gb.emphasise_iframe(sn, code, is_2022=is_2022)
    raise ValueError(f"没有这种操作：{action}")


def _control(action: str, parameters: Mapping[str, Any]) -> ptz.PTZCommand:
    if action == "preset":
        return ptz.preset(parameters["operation"], parameters["number"])
    if action == "wiper":
        return ptz.auxiliary(1, is_on=parameters["is_on"])
    if action == "lens":
        return ptz.lens(focus=parameters["focus"] * FAST, iris=parameters["iris"] * FAST)
    zoom = int(parameters["zoom"] * ZOOM_FAST)
    return ptz.move(pan=parameters["pan"] * FAST, tilt=parameters["tilt"] * FAST, zoom=zoom)


def halt(action: str, *, code: str, sn: int) -> gb.Body:
    """The command that ends a movement of the camera or of its lens."""
    stop = ptz.lens() if action == "lens" else ptz.move()
    return gb.DeviceControl(sn=sn, device_id=code, ptz_cmd=str(stop))
