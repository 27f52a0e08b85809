"""MQTT: a client of an existing broker, whose messages are acknowledged once their readings are kept."""

import asyncio
import json
from datetime import datetime

import paho.mqtt.client as paho
from django.conf import settings
from django.utils import timezone
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.queries import Device, SourceConfig
from anlan.areas.risk.monitoring.readings import GOOD, MISSING, milliseconds
from anlan.gateways.adapters import Fault, Register, Submission
from anlan.gateways.intake import Intake, Item
from anlan.gateways.sources import devices_of, mark_sent, note
from anlan.protocols.mqtt import MQTTError, Place, readings, stations_of

PROTOCOL = "mqtt"
KEEP_ALIVE_S = 30
#: How long the broker keeps what arrives while Anlan is away, seconds.
SESSION_S = 7 * 24 * 3600
#: A station counts as unknown at most so many topics deep.
DEPTH = 12


def submission(
    config: SourceConfig, register: Register, topic: str, payload: bytes, at: datetime, *, is_retained: bool = False
) -> Submission | Fault:
    """What one message says of which station; a retained one that says no time is no reading of now."""
    raw = topic.encode() + b"\n" + payload
    devices, prefix = register(), f"{config.code}/".lower()
    address, device = "", None
    for candidate in list(stations_of(topic))[-DEPTH:]:
        if device := devices.get((PROTOCOL, prefix + candidate.lower())):
            address = prefix + candidate.lower()
            break
    if device is None:
        return Submission(PROTOCOL, prefix + topic, (raw,), unknown=(("", "没有站登记这个主题"),))
    below = topic[len(device.address) :].strip("/")
    try:
        places = {channel: Place.parse(channel) for channel in device.channels}
        moment, found = readings(payload, below, places, time_path=config.time_path)
    except MQTTError as error:
        return Fault(PROTOCOL, error.code, f"{topic}：{error}", raw)
    if moment is None:  # the same payload at another time is another reading
        raw += b"\n@" + at.isoformat().encode()
    observed = milliseconds(moment or at)
    rows, unknown = [], {} if found else {below or "/": "该站没有登记这个子主题"}
    for one in found if moment or not is_retained else ():
        if one.problem:
            unknown[one.channel] = one.problem
        else:
            value, flag = (float("nan"), MISSING) if one.value is None else (one.value, GOOD)
            rows.append((device.channels[one.channel], observed, value, flag))
    return Submission(PROTOCOL, address, (raw,), tuple(rows), b"ack", tuple(unknown.items()))


class MqttSource:
    """One broker: subscribes to its stations' topics with QoS 1 and a session that outlives Anlan."""

    def __init__(self, config: SourceConfig, intake: Intake) -> None:
        self.config, self.intake = config, intake
        self.addresses: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._version = paho.MQTTv5
        self._topics: set[str] = set()
        self._publishing: dict[int, DeviceCommand] = {}
        self._client: paho.Client | None = None
        self._is_stopping = False

    def start(self) -> None:
        self._topics = self._wanted()
        self._connect()

    def follow(self) -> None:
        """Subscribe to topics of stations that were registered since, and leave those that went."""
        wanted = self._wanted()
        if self._client is None or wanted == self._topics:
            return
        if new := wanted - self._topics:
            self._client.subscribe([(topic, self._options()) for topic in sorted(new)])
        if gone := self._topics - wanted:
            self._client.unsubscribe(sorted(gone))
        self._topics = wanted

    def stop_listening(self) -> None:
        """Take nothing more; what was taken is still acknowledged, the rest stays with the broker."""
        self._is_stopping = True

    async def stop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            await asyncio.to_thread(client.loop_stop)

    def send(self, command: DeviceCommand) -> None:
        """Publish a command below its station's topic; the broker's receipt is its answer."""
        if self._client is None or not self._client.is_connected():
            return
        topic = f"{command.station.address}/{command.code}"
        message = self._client.publish(topic, json.dumps(command.parameters, ensure_ascii=False).encode(), qos=1)
        if message.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._loop.create_task(mark_sent(command, problem=paho.error_string(message.rc)))
            return
        self._publishing[message.mid] = command

    def _wanted(self) -> set[str]:
        own: dict[str, Device] = devices_of(self.config, self.intake.devices)
        return {topic for one in own.values() for topic in (one.address, f"{one.address}/#")}

    def _options(self) -> paho.SubscribeOptions | int:
        return paho.SubscribeOptions(qos=1) if self._version == paho.MQTTv5 else 1

    def _connect(self) -> None:
        name = f"anlan-{settings.ANLAN.city}-{self.config.code}"
        modern = self._version == paho.MQTTv5
        client = paho.Client(
            CallbackAPIVersion.VERSION2, name, clean_session=None if modern else False, protocol=self._version,
            manual_ack=True,
        )  # fmt: skip
        if self.config.username:
            client.username_pw_set(self.config.username, self.config.password)
        if self.config.uses_tls:
            client.tls_set()
        client.on_connect, client.on_message = self._on_connect, self._on_message
        client.on_connect_fail, client.on_disconnect = self._on_connect_fail, self._on_disconnect
        client.on_publish = self._on_publish
        client.reconnect_delay_set(1, 60)
        self._client = client
        values: dict = {}
        if modern:
            lasting = Properties(PacketTypes.CONNECT)
            lasting.SessionExpiryInterval = SESSION_S
            values = {"clean_start": False, "properties": lasting}
        client.connect_async(self.config.host, self.config.port, KEEP_ALIVE_S, **values)
        client.loop_start()

    # Everything below runs on the client's own thread.

    def _on_connect(self, client: paho.Client, _data, _flags, reason, _properties) -> None:
        if reason.is_failure:
            if self._version == paho.MQTTv5 and reason.getName() == "Unsupported protocol version":
                self._later(self._go_back)
            else:
                self._later(self._note, f"服务器拒绝连接：{reason}")
            return
        if self._topics:
            client.subscribe([(topic, self._options()) for topic in sorted(self._topics)])
        self._later(self._note, "")

    def _on_connect_fail(self, _client: paho.Client, _data) -> None:
        self._later(self._note, f"连接不上 {self.config.host}:{self.config.port}")

    def _on_disconnect(self, _client: paho.Client, _data, _flags, reason, _properties) -> None:
        self._later(self._forget, f"连接中断：{reason}" if reason.is_failure else "")

    def _on_message(self, client: paho.Client, _data, message: paho.MQTTMessage) -> None:
        if self._is_stopping:
            return
        content = submission(
            self.config, lambda: self.intake.devices, message.topic, bytes(message.payload), timezone.now(),
            is_retained=message.retain,
        )  # fmt: skip
        if isinstance(content, Submission) and content.is_known:
            self.addresses.add(content.address)
        peer = f"{self.config.code} {self.config.host}"
        self.intake.submit(Item(content, peer, lambda _confirmation: client.ack(message.mid, message.qos)))

    def _on_publish(self, _client: paho.Client, _data, mid: int, reason, _properties) -> None:
        if command := self._publishing.pop(mid, None):
            self._later(self._answered, command, str(reason))

    def _later(self, work, *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work, *arguments)

    # Everything below runs in the event loop again.

    def _note(self, problem: str) -> None:
        self._loop.create_task(note(self.config, problem))

    def _forget(self, problem: str) -> None:
        self.addresses.clear()
        if problem:
            self._note(problem)

    def _answered(self, command: DeviceCommand, reason: str) -> None:
        self._loop.create_task(mark_sent(command, answer=f"服务器已收下（{reason}）"))

    def _go_back(self) -> None:
        """The broker is of the older version."""

        async def again() -> None:
            await self.stop()
            self._version = paho.MQTTv311
            self._connect()

        self._loop.create_task(again())
