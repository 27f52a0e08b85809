"""The gateway's end of the local socket over which the web process hands readings to the intake."""

import asyncio
import json
import logging
import os
from pathlib import Path

from anlan.areas.risk.monitoring.handover import LIMIT, Part
from anlan.gateways.adapters import Fault, Submission
from anlan.gateways.intake import Intake, Item

log = logging.getLogger(__name__)

#: A device that sends by requests counts as connected for so long after the last one, seconds.
ONLINE_S = 900.0
#: A handover is read within so many seconds, and answered within so many when the process stops.
READ_S, STOP_S = 30.0, 2.0


class HandoverServer:
    """Takes what the web process heard, and answers when the intake has committed it."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self._heard: dict[str, dict[str, float]] = {}
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task] = set()

    async def start(self, path: Path) -> None:
        """Listen on a socket that only this installation's user can open; one left behind gives way."""
        self._loop = asyncio.get_running_loop()
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, path, limit=LIMIT)
        finally:
            os.umask(before)
        log.info("handover on %s", path)

    def stop_listening(self) -> None:
        """Take nothing more; what was taken is still answered."""
        if self._server is not None:
            self._server.close()

    async def stop(self) -> None:
        """Let answers out that are still under way; called when the intake has kept everything."""
        if self._serving:
            await asyncio.wait(self._serving, timeout=STOP_S)
        for task in self._serving:
            task.cancel()

    def online(self) -> dict[str, set[str]]:
        """The devices that were heard lately, by protocol; asked for by the intake's thread."""
        since = self._loop.time() - ONLINE_S if self._heard else 0.0
        return {
            protocol: {address for address, at in list(heard.items()) if at >= since}
            for protocol, heard in list(self._heard.items())
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            answer = await self._take(await asyncio.wait_for(reader.readline(), READ_S))
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, TimeoutError, ValueError, KeyError) as error:
            log.warning("a handover broke off: %r", error)
        finally:
            self._serving.discard(task)
            writer.close()

    async def _take(self, line: bytes) -> dict[str, str]:
        said = json.loads(line)
        protocol, peer = said["protocol"], said["peer"]
        parts = [Part.of_json(part) for part in said["parts"]]
        if self.intake.is_full:
            return {"problem": "接入网关正忙"}
        if not all(self._is_live(protocol, part) for part in parts):
            # The register changed a moment ago; the intake reads it again within a second or two.
            return {"problem": "仪表刚刚登记，接入网关还没有读到"}
        kept = [self._loop.create_future() for _ in parts]
        for part, future in zip(parts, kept, strict=True):
            self.intake.submit(Item(_content(protocol, part), peer, future.set_result))
        outcomes = await asyncio.gather(*kept)
        for part, outcome in zip(parts, outcomes, strict=True):
            if part.fault is None and not outcome:
                return {"problem": "数据库没有接受这条数据"}
            if part.rows:
                self._heard.setdefault(protocol, {})[part.address] = self._loop.time()
        return {}

    def _is_live(self, protocol: str, part: Part) -> bool:
        if not part.rows:
            return True
        device = self.intake.devices.get((protocol, part.address))
        return device is not None and {row[0] for row in part.rows} <= set(device.channels.values())


def _content(protocol: str, part: Part) -> Submission | Fault:
    if part.fault is not None:
        return Fault(protocol, *part.fault, part.frame)
    rows = tuple((key, at, float("nan") if value is None else value, flag) for key, at, value, flag in part.rows)
    return Submission(protocol, part.address, (part.frame,), rows, b"kept", part.unknown)
