"""Every protocol under the fuzzer: how it is read, shown, written, split, and how its checksums are put right."""

import struct
from collections.abc import Callable
from importlib import import_module
from typing import Any

from anlan.protocols import cap, edxl, gb26875, gb28181, hj212, jt808, jt809, modbus, mqtt, sensorthings, sl651
from anlan.protocols.decoding import DECODERS
from anlan.protocols.edxl import de, have, rm, sitrep
from anlan.protocols.gb28181 import sdp
from tests.fuzz import seeds
from tests.fuzz.harness import Target


def decoded(protocol: str, **said: Any) -> Target:
    """A target that is read and shown as `anlan decode` does it."""
    module = import_module(f"anlan.protocols.{protocol}")
    return Target(protocol=protocol, read=getattr(module, DECODERS[protocol]), show=module.as_json, **said)


def _sealed_hj212(segment: bytes) -> bytes:
    return hj212.frames.wrap(segment, limit=hj212.DECLARABLE)


def _sealed_sl651(data: bytes) -> bytes:
    """The same frame with length and CRC as they should be."""
    if data[:1] == b"\x01" and len(data) > 25:
        start = data[:20] + b"%03X" % (len(data) - 25 & 0xFFF) + data[23:]
        return start + b"%04X" % sl651.frames.crc(start)
    if len(data) < 16:
        return data
    size = len(data) - 15 & 0xFFF
    start = b"\x7e\x7e" + data[2:11] + bytes([data[11] & 0xF0 | size >> 8, size & 0xFF]) + data[13:]
    return start + sl651.frames.crc(start).to_bytes(2, "big")


def _unsealed_sl651(frame: bytes) -> bytes:
    return frame[: -4 if frame[:1] == b"\x01" else -2]


def _sealed_jt808(data: bytes) -> bytes:
    """The content of a frame with the length of its body put right, its check counted."""
    if len(data) < 4:
        return data
    properties = data[2] << 8 | data[3]
    head = (17 if properties & 0x4000 else 12) + (4 if properties & 0x2000 else 0)
    properties = properties & 0xFC00 | max(len(data) - head, 0) & 0x3FF
    content = data[:2] + properties.to_bytes(2, "big") + data[4:]
    content += bytes([jt808.frames.check(content)])
    return b"\x7e" + content.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def _unsealed_jt808(frame: bytes) -> bytes:
    return frame[1:-1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")[:-1]


def _sealed_jt809(content: bytes) -> bytes:
    return jt809.wrap((len(content) + 4).to_bytes(4, "big") + content[4:])


def _sealed_gb26875(content: bytes) -> bytes:
    if len(content) < 25:
        return content
    content = content[:22] + struct.pack("<H", len(content) - 25 & 0xFFFF) + content[24:]
    return b"@@" + content + bytes([sum(content) & 0xFF]) + b"##"


def _written_edxl(message: edxl.Message) -> bytes:
    write: Callable[[Any], bytes] = {
        de.Distribution: de.build, have.HospitalStatus: have.build, rm.ResourceMessage: rm.build,
        sitrep.SituationReport: sitrep.build, cap.Alert: cap.build,
    }[type(message)]  # fmt: skip
    try:
        return write(message)
    except cap.CAPError as error:
        raise edxl.EDXLError(str(error)) from error


def _written_gb28181(value: Any) -> bytes:
    if isinstance(value, gb28181.Message):
        return gb28181.encode(value)
    if isinstance(value, gb28181.PTZCommand):
        return bytes.fromhex(str(value))
    return sdp.build(value) if isinstance(value, gb28181.Session) else gb28181.encode_body(value)


def _sealed_modbus(data: bytes) -> bytes:
    """A frame of a serial line around unit, function and data."""
    return data + modbus.frames.crc(data).to_bytes(2, "little")


def _read_mqtt(data: bytes) -> Any:
    """What stands in a payload at the place that the first line names; the topic is the second."""
    channel, _, rest = data.partition(b"\n")
    topic, _, payload = rest.partition(b"\n")
    name = channel.decode("utf-8", "replace")
    list(mqtt.stations_of(topic.decode("utf-8", "replace")))
    return mqtt.readings(payload, topic.decode("utf-8", "replace"), {name: mqtt.Place.parse(name)}, time_path="ts")


def _read_address(data: bytes) -> tuple[sensorthings.Resource, sensorthings.Query]:
    """What an address with its query asks for."""
    path, _, query = data.decode("utf-8", "replace").partition("?")
    resource = sensorthings.paths.parse(path)
    kind = resource.type if resource.steps else sensorthings.TYPES["Thing"]
    return resource, sensorthings.options.parse(query, kind)


def _written_address(asked: tuple[sensorthings.Resource, sensorthings.Query]) -> bytes:
    resource, query = asked
    return f"{sensorthings.paths.write(resource)}?{sensorthings.options.write(query)}".encode()


def _read_modbus(data: bytes) -> Any:
    """The values that the channels in the first line have in the registers behind it."""
    names, _, raw = data.partition(b"\n")
    channels = names.decode("utf-8", "replace").split(";")
    registers = {name: modbus.Register.parse(name) for name in channels}
    words = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
    found: dict[str, Any] = {}
    for block in modbus.blocks(registers):
        assert block.count <= modbus.mapping.MOST[block.table]
        for name in block.channels:
            value = modbus.value_in(registers[name], block, words)
            found[name] = value if abs(value) < 1e300 else None
    return found


def _assembled_hj212() -> Callable[[Any], object]:
    reassembler = hj212.Reassembler()

    def take(frame: hj212.Frame) -> None:
        for message in reassembler.add(hj212.decode(frame)):
            message.observations()
            hj212.acknowledge(message)

    return take


def _assembled_sl651() -> Callable[[Any], object]:
    assembler = sl651.Assembler()

    def take(frame: sl651.Frame) -> None:
        message = assembler.add(frame, at=seeds.NOW)
        if message is not None:
            message.observations()
            sl651.acknowledge(message, at=seeds.NOW)

    return take


def _assembled_jt808() -> Callable[[Any], object]:
    assembler = jt808.Assembler()

    def take(frame: jt808.Frame) -> None:
        message = assembler.add(jt808.decode(frame), seeds.NOW)
        if message is not None:
            jt808.acknowledge(message, serial=1)

    return take


def _both_links_jt809() -> Callable[[Any], object]:
    accounts = {1: jt809.Account(1, "password", 71500)}
    superior = jt809.Superior(accounts, verify_code=7)
    superior.accepted(now=0.0)

    def take(frame: jt809.Frame) -> None:
        for link in (jt809.MAIN, jt809.SUB):
            superior.received(link, jt809.decode(frame), now=1.0, host="127.0.0.1")

    return take


def _answered_gb26875() -> Callable[[Any], object]:
    return lambda frame: gb26875.acknowledge(gb26875.decode(frame), seeds.AT)


TARGETS: dict[str, Target] = {
    target.protocol: target
    for target in (
        decoded(
            "hj212", error=hj212.HJ212Error, seeds=seeds.hj212_packets, write=lambda m: hj212.encode(m, limit=9999),
            splitter=hj212.Splitter, seal=_sealed_hj212, unseal=hj212.frames.unwrap, follow=_assembled_hj212,
        ),
        decoded(
            "sl651", error=sl651.SL651Error, seeds=seeds.sl651_frames, write=sl651.encode, splitter=sl651.Splitter,
            seal=_sealed_sl651, unseal=_unsealed_sl651, follow=_assembled_sl651,
        ),
        decoded(
            "jt808", error=jt808.JT808Error, seeds=seeds.jt808_frames, write=jt808.encode, splitter=jt808.Splitter,
            seal=_sealed_jt808, unseal=_unsealed_jt808, follow=_assembled_jt808,
        ),
        decoded(
            "jt809", error=jt809.JT809Error, seeds=seeds.jt809_packets, write=jt809.encode, splitter=jt809.Splitter,
            seal=_sealed_jt809, unseal=jt809.unwrap, follow=_both_links_jt809,
        ),
        decoded(
            "gb26875", error=gb26875.GB26875Error, seeds=seeds.gb26875_packets, write=gb26875.encode,
            splitter=gb26875.Splitter, seal=_sealed_gb26875, unseal=lambda frame: frame[2:-3], follow=_answered_gb26875,
        ),
        decoded(
            "gb28181", error=gb28181.GB28181Error, seeds=seeds.gb28181_messages, write=_written_gb28181,
            splitter=gb28181.Splitter, follow=lambda: gb28181.decode,
        ),
        decoded("cap", error=cap.CAPError, seeds=seeds.cap_documents_of_both_kinds, write=cap.build),
        decoded("edxl", error=edxl.EDXLError, seeds=seeds.edxl_documents, write=_written_edxl),
        decoded("mqtt", error=mqtt.MQTTError, seeds=seeds.mqtt_messages, write=mqtt.encode),
        decoded(
            "modbus", error=modbus.ModbusError, seeds=seeds.modbus_frames, write=modbus.encode, seal=_sealed_modbus,
            unseal=lambda frame: frame[:-2],
        ),
        decoded("sensorthings", error=sensorthings.SensorThingsError, seeds=seeds.sensorthings_documents),
        Target(
            protocol="sensorthings-addresses", error=sensorthings.SensorThingsError, seeds=seeds.sensorthings_addresses,
            read=_read_address, show=str, write=_written_address,
        ),
        Target(protocol="mqtt-mapping", error=mqtt.MQTTError, seeds=seeds.mqtt_payloads, read=_read_mqtt, show=str),
        Target(
            protocol="modbus-mapping", error=modbus.ModbusError, seeds=seeds.modbus_answers, read=_read_modbus,
            show=lambda found: {name: value if value == value else None for name, value in found.items()},
        ),
    )
}  # fmt: skip
"""By the folder of the codec, and after a hyphen what else of it reads what strangers send."""
