"""What a button of the camera page asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

#: Directions of the pad: pan to the right, tilt upwards, zoom in.
MOVES = {
    "up_left": (-1, 1, 0), "up": (0, 1, 0), "up_right": (1, 1, 0), "left": (-1, 0, 0), "right": (1, 0, 0),
    "down_left": (-1, -1, 0), "down": (0, -1, 0), "down_right": (1, -1, 0), "in": (0, 0, 1), "out": (0, 0, -1),
}  # fmt: skip
#: Focus far or near, iris open or close.
LENS = {"far": (1, 0), "near": (-1, 0), "open": (0, 1), "close": (0, -1)}
SWITCHES = ("record", "guard", "wiper")
PLAIN = ("presets", "reset", "iframe", "status", "view", "stop")
STEPS = [(300, _("小步")), (800, _("中步")), (2000, _("大步"))]


class ControlForm(forms.Form):
    """`do` names the button, such as `ptz.left`, `lens.near`, `preset.call`, `record.on`, `view`."""

    do = forms.CharField(max_length=20)
    speed = forms.IntegerField(label=_("速度"), min_value=1, max_value=10, required=False)
    step = forms.TypedChoiceField(label=_("步长"), choices=STEPS, coerce=int, empty_value=800, required=False)
    number = forms.IntegerField(label=_("预置位"), min_value=1, max_value=255, required=False)

    def clean(self) -> dict[str, Any]:
        """Add `action` and `parameters`, as the service wants them."""
        values = super().clean()
        action, _dot, detail = values.get("do", "").partition(".")
        speed, ms = values.get("speed") or 5, values.get("step") or 800
        if action == "ptz" and detail in MOVES:
            pan, tilt, zoom = (one * speed for one in MOVES[detail])
            values["parameters"] = {"pan": pan, "tilt": tilt, "zoom": zoom, "ms": ms}
        elif action == "lens" and detail in LENS:
            focus, iris = (one * speed for one in LENS[detail])
            values["parameters"] = {"focus": focus, "iris": iris, "ms": ms}
        elif action == "preset" and detail in ("call", "set", "delete"):
            if not values.get("number"):
                self.add_error("number", _("请填写预置位编号，1 到 255。"))
            values["parameters"] = {"operation": detail, "number": values.get("number")}
        elif action in SWITCHES and detail in ("on", "off"):
            values["parameters"] = {"is_on": detail == "on"}
        elif action in PLAIN and not detail:
            values["parameters"] = {}
        else:
            self.add_error("do", _("没有这种操作。"))
        values["action"] = action
        return values
