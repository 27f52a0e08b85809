"""GB/T 28181 between the registrar and the intake: what devices say in the ledger's words, what they are asked.

No socket, no database: bytes and the time go in, contents for the intake and things to send come out.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from anlan.areas.risk.cameras import reports
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.queries import Device
from anlan.gateways.adapters import Fault, Noticed, Register, Submission
from anlan.gateways.adapters.orders import order
from anlan.gateways.adapters.positions import to_wgs84
from anlan.protocols import gb28181 as gb
from anlan.protocols.gb28181 import codes

PROTOCOL = "gb28181"
#: Catalogues are asked for again after this, subscriptions that ended are tried again.
CATALOGUE_EVERY = timedelta(hours=1)
#: A catalogue that did not come whole is asked for again after this, doubled each time up to the hour.
CATALOGUE_AGAIN = timedelta(minutes=1)
#: Devices that are greeted at one tick: each is asked for what it is, for its catalogue, and subscribed to.
GREETED = 100
#: Commands whose answer is waited for at most.
ASKED_LIMIT = 4_096
#: A picture that nobody stopped is stopped after this.
VIEW_LIFE = timedelta(minutes=30)
#: Seconds between two positions of a mobile camera.
POSITION_EVERY_S = 10
TOPICS = ("Catalog", "Alarm", "MobilePosition")
_STATUS = {
    "ON": "online", "OFF": "offline", "VLOST": "fault", "DEFECT": "fault", "DEL": "removed", "ONLINE": "online",
    "OFFLINE": "offline",
}  # fmt: skip
_BLANK = b"\r\n \t\x00"


@dataclass(slots=True)
class Heard:
    """What bytes or the time brought: a content to keep first, then what is to be sent."""

    content: Submission | Fault | Noticed | None = None
    sends: list[gb.Send] = field(default_factory=list)
    #: Commands that nobody answered.
    unanswered: list[DeviceCommand] = field(default_factory=list)


@dataclass(slots=True)
class _View:
    device_id: str
    camera: str
    ssrc: str
    since: datetime


class Platform:
    """The platform that cameras, recorders and lower platforms register with."""

    def __init__(
        self, register: Register, agent: gb.Agent, *, secret: bytes, silence: timedelta, now: datetime
    ) -> None:
        self._register = register
        authenticator = gb.Authenticator(agent.me.code[:10], secret)
        self.registrar = gb.Registrar(agent, authenticator, self._password, keepalive=silence / 3, missed=3)
        self._collector = gb.Collector()
        #: Requests by Call-ID and commands by device and SN, whose answers are waited for.
        self._asked: OrderedDict[str, DeviceCommand] = OrderedDict()
        self._numbered: OrderedDict[tuple[str, int], DeviceCommand] = OrderedDict()
        self._topics: dict[str, tuple[str, str]] = {}
        self._views: dict[str, _View] = {}
        self._streams = 0
        self._to_greet: deque[str] = deque()
        self._due: dict[str, datetime] = {}
        #: How often a catalogue was asked for in vain.
        self._tries: dict[str, int] = {}
        #: Stations of the devices that are registered.
        self._stations: dict[str, int] = {}
        self._reckoning: datetime | None = now + silence

    def device(self, device_id: str) -> Device | None:
        """The station that claims a device."""
        return self._register().get((PROTOCOL, device_id.lower()))

    def _password(self, device_id: str) -> str | None:
        device = self.device(device_id)
        return device.password if device and device.password else None

    def hear(self, raw: bytes | gb.Frame | gb.Malformed, source: gb.Source, now: datetime) -> Heard:
        """What a datagram, or what a connection's splitter found, brings."""
        if isinstance(raw, gb.Malformed):
            return Heard(Fault(PROTOCOL, raw.code, raw.reason, raw.raw))
        if isinstance(raw, bytes) and not raw.strip(_BLANK):
            return Heard()
        outputs = self.registrar.receive(raw, source, now)
        frame = raw if isinstance(raw, bytes) else raw.raw
        refused = next((one for one in outputs if isinstance(one, gb.Refused)), None)
        heard = Heard(sends=[one for one in outputs if isinstance(one, gb.Send)])
        if refused is not None:
            heard.content = self._refused(refused, frame)
            return heard
        told, answer = self._told(outputs, heard, now)
        address = next((_who(one) for one in outputs if not isinstance(one, gb.Send)), "")
        address = address or self.registrar.device_at(source)
        if address:
            heard.content = Submission(PROTOCOL, address.lower(), (frame,), answer=answer, reports=tuple(told))
        return heard

    def _refused(self, refused: gb.Refused, frame: bytes) -> Submission | Fault | None:
        device_id = refused.device_id
        if not device_id:
            return Fault(PROTOCOL, "message", refused.reason, frame)
        device = self.device(device_id)
        if device is None:
            return Submission(PROTOCOL, device_id[:64], (frame,), unknown=(("", "未登记的设备编码"),))
        if device_id in self.registrar.registrations:
            return Fault(PROTOCOL, "body", refused.reason, frame)
        if not device.password:
            return Fault(PROTOCOL, "password", f"{device_id} 登记时没有填设备密码，不能注册", frame)
        if refused.reason == "口令错误":
            return Fault(PROTOCOL, "password", f"{device_id} 的密码不符", frame)
        return None  # it was told to register, and says the same again once it has

    def _told(
        self, outputs: list[gb.Output], heard: Heard, now: datetime
    ) -> tuple[list[reports.Report], tuple[int, bool, str] | None]:
        """What the registrar's outputs say for the ledger, and on which command."""
        told: list[reports.Report] = []
        answer: tuple[int, bool, str] | None = None
        for output in outputs:
            if isinstance(output, gb.Gone):
                self._due.pop(output.device_id, None)
                self._tries.pop(output.device_id, None)
                if station := self._stations.pop(output.device_id, 0):
                    told.append(reports.Gone(device=station, reason=output.reason))
                continue
            device = None if isinstance(output, gb.Send) else self.device(_who(output))
            if device is None:
                continue
            station = device.station
            if isinstance(output, gb.Registered):
                version = codes.VERSIONS.get(output.registration.version, output.registration.version)
                told.append(reports.Registered(device=station, version=version))
                self._stations[output.registration.device_id] = station
                if output.is_new:
                    self._to_greet.append(output.registration.device_id)
            elif isinstance(output, gb.Reported):
                told += self._said(device, output, now)
                answer = self._outcome(output) or answer
            elif isinstance(output, gb.Answered):
                told += self._answered_view(station, output)
                answer = self._answered(output, heard) or answer
            elif isinstance(output, gb.Ended):
                self._topics.pop(output.token, None)
                view = self._views.pop(output.token, None)
                told += [reports.Viewed(device=station, code=view.camera)] if view else []
        return told, answer

    def _answered(self, output: gb.Answered, heard: Heard) -> tuple[int, bool, str] | None:
        if output.status >= 300:
            self._topics.pop(output.token, None)
        command = self._asked.pop(output.token, None)
        if command is None:
            return None
        if output.status == 408:
            heard.unanswered.append(command)
            return None
        if output.status >= 300:
            return command.pk, True, f"设备拒绝，状态码 {output.status}"
        return command.pk, False, f"设备已接收，状态码 {output.status}"

    def _answered_view(self, station: int, output: gb.Answered) -> list[reports.Report]:
        view = self._views.get(output.token)
        if view is None:
            return []
        if output.status >= 300:
            del self._views[output.token]
            return []
        return [reports.Viewed(device=station, code=view.camera, ssrc=view.ssrc)]

    def _outcome(self, output: gb.Reported) -> tuple[int, bool, str] | None:
        body = output.body
        command = self._numbered.pop((output.device_id, body.sn), None) if body.root == "Response" else None
        if command is None:
            return None
        return command.pk, True, _words(body)

    def _said(self, device: Device, output: gb.Reported, now: datetime) -> list[reports.Report]:
        """A body as reports; what concerns no camera is only kept as it came."""
        body, station = output.body, device.station
        if isinstance(body, gb.Catalog):
            return [self._catalogued(device, output.device_id, body, now)]
        if isinstance(body, gb.Alarm):
            kind = body.info.alarm_type if body.info else None
            return [
                reports.Alarmed(
                    device=station, code=body.device_id, priority=body.alarm_priority, method=body.alarm_method,
                    title=codes.alarm_name(body.alarm_method, kind) or "报警", description=body.alarm_description,
                    happened_at=body.alarm_time or now, position=_place(device, body.longitude, body.latitude),
                )
            ]  # fmt: skip
        if isinstance(body, gb.MobilePosition):
            found = [(one, _place(device, one.longitude, one.latitude)) for one in body.positions()]
            return [
                reports.Moved(device=station, code=one.device_id, at=min(one.capture_time or now, now), position=place)
                for one, place in found
                if place
            ]
        if isinstance(body, gb.Keepalive):
            return [reports.Stated(device=station, codes=body.faults, status="fault")] if body.faults else []
        if isinstance(body, gb.DeviceInfo):
            told = {"manufacturer": body.manufacturer, "model": body.model, "firmware": body.firmware}
            return [reports.Described(device=station, code=body.device_id, **told)]
        if isinstance(body, gb.DeviceStatus):
            status = _STATUS.get(body.online.upper(), "")
            status = "fault" if status == "online" and body.status.upper() == "ERROR" else status
            return [reports.Stated(device=station, codes=(body.device_id,), status=status)] if status else []
        if isinstance(body, gb.PresetList):
            named = [(int(one.preset_id), one.preset_name) for one in body.preset_list if one.preset_id.isdecimal()]
            return [reports.Preset(device=station, code=body.device_id, presets=tuple(named[:255]))]
        return []

    def _catalogued(self, device: Device, device_id: str, body: gb.Catalog, now: datetime) -> reports.Report:
        whole: gb.Catalog | None = None
        if body.root == "Response" and body.sum_num is not None:
            try:
                whole = self._collector.add(device_id, body, now)
            except gb.GB28181Error:
                whole = None  # too many catalogues wait; what each part says counts all the same
            if whole is not None and device_id in self._due:
                self._due[device_id] = now + CATALOGUE_EVERY
                self._tries.pop(device_id, None)
        return reports.Catalogued(
            device=device.station,
            cameras=tuple(_listed(device, one) for one in body.device_list if is_camera(one.device_id)),
            whole=frozenset(one.device_id for one in whole.device_list) if whole else None,
            total=len(whole.device_list) if whole else 0,
        )

    def tick(self, now: datetime) -> Heard:
        """What the time brings: requests sent again, devices that fell silent, catalogues that are due."""
        heard = Heard()
        outputs = self.registrar.tick(now)
        told, _answer = self._told(outputs, heard, now)
        told += self._reckon(now)
        heard.sends += [one for one in outputs if isinstance(one, gb.Send)]
        self._collector.overdue(now)
        due = [one for one, moment in self._due.items() if now >= moment]
        self._due |= dict.fromkeys(due, now + CATALOGUE_EVERY)
        self._to_greet += due
        for _ in range(min(GREETED, len(self._to_greet))):
            heard.sends += self._greet(self._to_greet.popleft(), now)
        for token, view in list(self._views.items()):
            if now - view.since >= VIEW_LIFE:
                view.since = now
                heard.sends += _sends(self.registrar.close(token, now))
        heard.content = Noticed(PROTOCOL, tuple(told)) if told else None
        return heard

    def _reckon(self, now: datetime) -> list[reports.Report]:
        """Once, when every device had its time to come back after a start: who did not is gone."""
        if self._reckoning is None or now < self._reckoning:
            return []
        self._reckoning = None
        here = {device_id.lower() for device_id in self.registrar.registrations}
        return [
            reports.Gone(device=device.station, reason="silent")
            for (protocol, address), device in self._register().items()
            if protocol == PROTOCOL and address not in here
        ]

    def _greet(self, device_id: str, now: datetime) -> list[gb.Send]:
        """Ask a device what it is and what it has, and to tell what changes."""
        if device_id not in self.registrar.registrations:
            self._due.pop(device_id, None)
            return []
        is_first = device_id not in self._due
        tries = self._tries.get(device_id, 0)
        self._tries[device_id] = tries + 1
        self._due[device_id] = now + min(CATALOGUE_AGAIN * 2 ** min(tries, 8), CATALOGUE_EVERY)
        number = self.registrar.agent.number
        found: list[gb.Output] = []
        try:
            for kind in ("DeviceInfo", "Catalog") if is_first else ("Catalog",):
                query = gb.Query(cmd_type=kind, sn=number(), device_id=device_id)
                found += self.registrar.ask(device_id, query, now)[1]
            subscribed = {topic for who, topic in self._topics.values() if who == device_id} if not is_first else set()
            for topic in TOPICS:
                if topic not in subscribed:
                    token, outputs = self.registrar.subscribe(device_id, self._topic(topic, device_id), now)
                    self._topics[token] = (device_id, topic)
                    found += outputs
        except gb.GB28181Error:  # too much waits for an answer: again at the next turn
            self._due[device_id] = now + CATALOGUE_AGAIN
        return _sends(found)

    def _topic(self, topic: str, device_id: str) -> gb.Query:
        values: dict[str, Any] = {}
        if topic == "Alarm":  # every priority and method (2016 9.11, annex A.2.4)
            values = {"start_alarm_priority": "0", "end_alarm_priority": "0", "alarm_method": "0"}
        elif topic == "MobilePosition":
            values = {"interval": POSITION_EVERY_S}
        return gb.Query(cmd_type=topic, sn=self.registrar.agent.number(), device_id=device_id, **values)

    def forget_strangers(self, now: datetime) -> Heard:
        """Let go of devices that the register no longer has."""
        heard = Heard()
        gone = [one for one in self.registrar.registrations if self._password(one) is None]
        outputs = [output for one in gone for output in self.registrar.dismiss(one)]
        told, _answer = self._told(outputs, heard, now)
        heard.content = Noticed(PROTOCOL, tuple(told)) if told else None
        return heard

    def order(self, command: DeviceCommand, now: datetime, receiver: tuple[str, str, int] | None) -> list[gb.Send]:
        """Send what a person wants; ValueError says why it cannot be."""
        device_id, parameters = command.station.address, dict(command.parameters)
        camera = parameters.pop("camera")
        if command.code == "view":
            return self._view(command, device_id, camera, now, receiver)
        if command.code == "stop":
            tokens = [token for token, view in self._views.items() if view.camera == camera]
            if not tokens:
                raise ValueError("没有正在取的图像")
            return [send for token in tokens for send in _sends(self.registrar.close(token, now))]
        sn = self.registrar.agent.number()
        is_2022 = self.registrar.registrations[device_id].version == "3.0"
        body = order(command.code, parameters, code=camera, sn=sn, is_2022=is_2022)
        token, outputs = self.registrar.ask(device_id, body, now, target=camera)
        _remember(self._asked, token, command)
        _remember(self._numbered, (device_id, sn), command)
        return _sends(outputs)

    def _view(
        self, command: DeviceCommand, device_id: str, camera: str, now: datetime, receiver: tuple[str, str, int] | None
    ) -> list[gb.Send]:
        if receiver is None:
            raise ValueError("没有设置媒体服务器的收流地址 media_receiver")
        if any(view.camera == camera for view in self._views.values()):
            raise ValueError("已在取流")
        transport, host, port = receiver
        self._streams = self._streams % 9_999 + 1
        me = self.registrar.agent.me
        ssrc = gb.ssrc(me.code[:10], self._streams)
        is_tcp = transport == "tcp"
        session = gb.Session(
            owner=me.code, address=host, port=port, ssrc=ssrc,
            transport="TCP/RTP/AVP" if is_tcp else "RTP/AVP", setup="passive" if is_tcp else "",
            connection="new" if is_tcp else "",
        )  # fmt: skip
        token, outputs = self.registrar.invite(device_id, session, now, target=camera)
        self._views[token] = _View(device_id, camera, ssrc, now)
        _remember(self._asked, token, command)
        return _sends(outputs)

    def halt(self, device_id: str, body: gb.Body, now: datetime) -> list[gb.Send]:
        """Send a command whose answer nobody waits for."""
        if device_id not in self.registrar.registrations:
            return []
        return _sends(self.registrar.ask(device_id, body, now, target=body.device_id)[1])


def _who(output: gb.Output) -> str:
    return output.registration.device_id if isinstance(output, gb.Registered) else getattr(output, "device_id", "")


def _sends(outputs: list[gb.Output]) -> list[gb.Send]:
    return [one for one in outputs if isinstance(one, gb.Send)]


def _remember(kept: OrderedDict, key: object, command: DeviceCommand) -> None:
    kept[key] = command
    if len(kept) > ASKED_LIMIT:
        kept.popitem(last=False)


def is_camera(code: str) -> bool:
    """Whether a catalogue's item is a view, by the type in its code.

    >>> is_camera("37152600001320000001"), is_camera("37150000002160000001"), is_camera("371526")
    (True, False, False)
    """
    try:
        return gb.DeviceID.parse(code).kind in codes.CAMERA_TYPES
    except gb.GB28181Error:
        return False


def _place(device: Device, lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """A position in WGS84; None where none was told, or the 0, 0 of a device that was never told its own."""
    if lon is None or lat is None or (lon, lat) == (0.0, 0.0) or abs(lon) > 180 or abs(lat) > 90:
        return None
    east, north = to_wgs84(device.crs, lon, lat)
    return round(east, 6), round(north, 6)


def _listed(device: Device, one: gb.CatalogItem) -> reports.Listed:
    info = one.info
    first = info.ptz_type.partition("/")[0] if info else ""
    place = one.position
    status = _STATUS.get(one.event.upper()) or _STATUS.get(one.status.upper(), "")
    return reports.Listed(
        code=one.device_id,
        name=one.name,
        civil_code=one.civil_code if one.civil_code.isdecimal() else "",
        address=one.address,
        manufacturer=one.manufacturer,
        model=one.model,
        structure=int(first) if first.isdecimal() and int(first) in codes.PTZ_TYPES else None,
        status=status,
        position=_place(device, *place) if place else None,
    )


def _words(body: gb.Body) -> str:
    """A device's answer in a sentence."""
    if isinstance(body, gb.PresetList):
        return f"预置位 {len(body.preset_list)} 个"
    if isinstance(body, gb.DeviceStatus):
        recording, state = body.record or "未知", body.status or "未知"
        return f"{body.online or '未知'}，工作状态 {state}，录像 {recording}"
    result = getattr(body, "result", "")
    return {"OK": "设备执行成功", "ERROR": "设备执行失败"}.get(
        result.upper(), f"设备应答 {body.cmd_type} {result}".strip()
    )
