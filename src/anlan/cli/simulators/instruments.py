"""Modbus instruments: one server with many units, which answers whoever asks, and misbehaves as asked."""

import asyncio
import random
import struct
import time
from collections.abc import Mapping
from typing import Any

from anlan.cli.simulators.devices import Tally
from anlan.cli.simulators.speakers import Channel, wave

protocol, kind, password = "modbus", "other", ""
#: What every unit has: a level as a float, a pressure in tenths, a fault now and then.
channels = (Channel("hr:0:f32", "level"), Channel("ir:3:u16*0.1", "pressure"), Channel("co:7", "fault"))
#: Units that one server can have (Modbus Messaging on TCP/IP V1.0b, 4.1.2).
UNITS = 247
WRONG_FUNCTION, WRONG_ADDRESS = 1, 2


def address(number: int) -> str:
    """The unit's number."""
    return str(number + 1)


def source(number: int) -> dict[str, Any] | None:
    """The server that has the units."""
    return {"code": "SIM-modbus", "name": "模拟仪表", "poll_seconds": 5}


class Instruments:
    """The registers of all units, which change with time."""

    def __init__(self, units: int) -> None:
        self.units, self._started = units, time.monotonic()

    def answer(self, unit: int, request: bytes) -> bytes | None:
        """What a unit says to a request (function and data); nothing when there is no such unit."""
        if not 1 <= unit <= self.units or len(request) != 5:
            return None
        function, start, count = struct.unpack(">BHH", request)
        turn = int(time.monotonic() - self._started)
        if function == 1:
            bits = sum((n + start == 7 and turn % 20 < 10) << n for n in range(min(count, 2000)))
            data = bits.to_bytes((count + 7) // 8, "little")
        elif function in (3, 4) and 1 <= count <= 125:
            words = {
                0: struct.pack(">f", wave(unit, turn, 0.5, 3.0)),
                3: struct.pack(">H", int(wave(unit, turn, 80, 120))),
            }
            table = bytearray(2 * (start + count + 2))
            for place, word in words.items():
                if (place == 0) == (function == 3) and 2 * place + len(word) <= len(table):
                    table[2 * place : 2 * place + len(word)] = word
            data = bytes(table[2 * start : 2 * (start + count)])
        else:
            return bytes([function | 0x80, WRONG_FUNCTION if function not in (3, 4) else WRONG_ADDRESS])
        return bytes([function, len(data)]) + data


async def serve_instruments(
    *, devices: int, host: str, port: int, seconds: float, faults: Mapping[str, float], tally: Tally
) -> None:
    """Answer for so many units for some time; an answer counts as sent, a good one as confirmed."""
    instruments, chance = Instruments(min(devices, UNITS)), random.Random(devices)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tally.connected += 1
        try:
            while True:
                head = await reader.readexactly(7)
                number, _protocol, size, unit = struct.unpack(">HHHB", head)
                answer = instruments.answer(unit, await reader.readexactly(min(max(size - 1, 0), 253)))
                if answer is None:
                    continue
                fault = next((name for name, share in faults.items() if chance.random() < share), "")
                tally.faults.update([fault] if fault else [])
                tally.sent += 1
                if not await _say(
                    writer, struct.pack(">HHHB", number, 0, len(answer) + 1, unit) + answer, fault, chance
                ):
                    break
                tally.confirmed += not fault
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            tally.connected -= 1
            writer.close()

    server = await asyncio.start_server(serve, host, port)
    tally.port = server.sockets[0].getsockname()[1]
    async with server:
        await asyncio.sleep(seconds)


async def _say(writer: asyncio.StreamWriter, answer: bytes, fault: str, chance: random.Random) -> bool:
    """Write an answer with what is wrong about it; whether the line goes on."""
    if fault in ("silent", "deaf"):
        return True
    if fault == "flip":
        place = chance.randrange(len(answer))
        answer = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
    elif fault == "noise":
        answer = chance.randbytes(9) + answer
    elif fault == "twice":
        answer += answer
    elif fault == "flood":
        answer *= 100
    elif fault == "swap":  # as if it answered another question
        answer = bytes([answer[0] ^ 0xFF]) + answer[1:]
    elif fault == "cut":
        writer.write(answer[: len(answer) // 2])
        await writer.drain()
        return False
    if fault == "drip":
        for byte in answer:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)
    else:
        writer.write(answer)
    await writer.drain()
    return True
