"""Read cameras, what they raised, and what they were told."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.cameras.models import Camera, CameraAlarm
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import in_scope, ledger

#: What each command is called, and those that go on or off.
TITLES = {
    "ptz": _("云台"), "lens": _("镜头"), "preset.call": _("转到预置位"), "preset.set": _("设预置位"),
    "preset.delete": _("删预置位"), "presets": _("读取预置位"), "record.on": _("开始录像"), "record.off": _("停止录像"),
    "guard.on": _("布防"), "guard.off": _("撤防"), "wiper.on": _("开雨刷"), "wiper.off": _("关雨刷"),
    "reset": _("报警复位"), "iframe": _("强制关键帧"), "status": _("查询状态"), "view": _("请求图像"), "stop": _("停止取流"),
}  # fmt: skip
_WAYS = {
    "pan": (_("左"), _("右")), "tilt": (_("下"), _("上")), "zoom": (_("缩小"), _("放大")), "focus": (_("近"), _("远")),
    "iris": (_("光圈关小"), _("光圈开大")),
}  # fmt: skip


def cameras(user: User) -> QuerySet[Camera]:
    """The cameras that a person may see."""
    return ledger("cameras").rows(user)


def alarms(user: User) -> QuerySet[CameraAlarm]:
    """What cameras in a person's areas raised, the newest first."""
    rows = in_scope(CameraAlarm.objects.all(), user, "area_code", "camera__department_id")
    return rows.select_related("camera", "device")


def commands(camera: Camera, *, most: int) -> list[DeviceCommand]:
    """What a camera was told, the newest first, each with a title in words."""
    if camera.device_id is None:
        return []
    rows = DeviceCommand.objects.filter(station_id=camera.device_id, parameters__camera=camera.code)
    found = list(rows.select_related("asked_by")[:most])
    for command in found:
        command.title = title_of(command.code, command.parameters)
    return found


def title_of(code: str, parameters: dict[str, Any]) -> str:
    """A command in words: which way a camera was turned, to which preset."""
    detail = parameters.get("operation") or {True: "on", False: "off"}.get(parameters.get("is_on"), "")
    title: str | Promise = TITLES.get(f"{code}.{detail}" if detail else code, code)
    ways = [str(_WAYS[name][value > 0]) for name, value in parameters.items() if name in _WAYS and value]
    number = [str(parameters["number"])] if parameters.get("number") else []
    return " ".join([str(title), *ways, *number])
