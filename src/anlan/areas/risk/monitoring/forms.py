"""Forms: take an alarm over, silence an instrument, put it into maintenance, tell a device something."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.monitoring.models import Alarm, Instrument, Station
from anlan.protocols import hj212, sl651
from anlan.protocols.hj212.codes import COMMANDS
from anlan.protocols.sl651.codes import FUNCTIONS

SILENCES = [("1", _("1小时")), ("4", _("4小时")), ("12", _("12小时")), ("24", _("24小时")), ("0", _("取消静音"))]
#: Functions of SL 651 whose request is the head alone.
SL651_ASKED = (0x37, 0x45, 0x46, 0x50, 0x51, 0x4A)
#: Commands of HJ 212 that read, set clocks and intervals, or take a sample.
HJ212_ASKED = ("2011", "2051", "2061", "2031", "1011", "1012", "1061", "1062", "1063", "1064", "2021", "3012", "3019")


class AcknowledgeForm(forms.Form):
    """Why it rose, as far as that is known."""

    reason = forms.ChoiceField(label=_("原因"), choices=[("", _("待查明")), *Alarm.Reason.choices], required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class SilenceForm(forms.Form):
    """How long nobody is to be called, and why."""

    hours = forms.TypedChoiceField(label=_("静音时长"), choices=SILENCES, coerce=float)
    reason = forms.CharField(label=_("静音原因"), max_length=200, required=False)


class StateForm(forms.Form):
    """In service, in maintenance or calibration until a moment, or retired."""

    state = forms.ChoiceField(label=_("状态"), choices=Instrument.State.choices)
    until = forms.DateTimeField(
        label=_("截止时间"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("检修和校准必填，到时自动恢复在用。"),
    )


class CommandForm(forms.Form):
    """A command of the station's own protocol, with its parameters as name=value."""

    PROTOCOLS = ("hj212", "sl651")

    code = forms.ChoiceField(label=_("命令"))
    parameters = forms.CharField(label=_("参数"), max_length=200, required=False)

    def __init__(self, *args, station: Station, **kwargs):
        super().__init__(*args, **kwargs)
        self.station = station
        if station.protocol == "hj212":
            self.fields["code"].choices = [(code, f"{code} {_what(code)}") for code in HJ212_ASKED]
            self.fields["parameters"].help_text = _("如 RtdInterval=30；几个参数用空格分开。")
        else:
            self.fields["code"].choices = [(f"{code:02X}", f"{code:02X}H {FUNCTIONS[code]}") for code in SL651_ASKED]
            del self.fields["parameters"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        given = {}
        for part in values.get("parameters", "").split():
            name, sign, value = part.partition("=")
            if not sign or not name.isidentifier():
                self.add_error("parameters", _("参数应写成 名称=值。"))
                return values
            given[name] = value
        values["parameters"] = given
        if "code" in values:
            self._try(values["code"], given)
        return values

    def _try(self, code: str, given: dict[str, str]) -> None:
        """Build the frame once, so that what the protocol does not allow is said here and not by the device."""
        try:
            if self.station.protocol == "hj212":
                hj212.request(
                    code, st="31", mn=self.station.address, pw="123456", qn=timezone.localtime(), **given
                )  # fmt: skip
            else:
                sl651.request(int(code, 16), station=self.station.address.lower(), at=timezone.localtime())
        except (hj212.HJ212Error, sl651.SL651Error, TypeError) as error:
            self.add_error("parameters" if "parameters" in self.fields else "code", str(error))


def _what(code: str) -> str:
    """A command's name with the parameters it needs."""
    known = COMMANDS[code]
    needed = [name for name in known.parameters if not name.endswith("?")]
    return f"{known.name}（{' '.join(f'{name}=' for name in needed)}）" if needed else known.name
