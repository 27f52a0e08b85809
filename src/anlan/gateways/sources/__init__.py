"""Servers that Anlan itself connects to: brokers that it listens to, devices that it asks."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from django.db import connection

from anlan.areas.risk.monitoring import services
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.queries import Device, SourceConfig

log = logging.getLogger(__name__)


class Runner(Protocol):
    """The conversation with one source, while it is switched on."""

    config: SourceConfig
    #: Stations that were heard since it was connected, as the register names them.
    addresses: set[str]

    def start(self) -> None: ...

    def follow(self) -> None: ...

    def stop_listening(self) -> None: ...

    async def stop(self) -> None: ...

    def send(self, command: DeviceCommand) -> None: ...


def devices_of(config: SourceConfig, register: Mapping[tuple[str, str], Device]) -> dict[str, Device]:
    """The stations of a source, by the name that the register gives them."""
    return {address: one for (_protocol, address), one in register.items() if one.source == config.pk}


async def in_thread(work: Callable, **values: object) -> None:
    """Write something to the database beside the event loop; a failure is logged and the source goes on."""

    def run() -> None:
        try:
            work(**values)
        except Exception:  # noqa: BLE001  (the source must go on, whatever the database says)
            log.exception("the state of a source could not be written")
        finally:
            connection.close()

    await asyncio.to_thread(run)


async def note(config: SourceConfig, problem: str = "") -> None:
    """Record how a source fares."""
    if problem:
        log.warning("source %s: %s", config.code, problem)
    await in_thread(services.note_source, pk=config.pk, problem=problem)


async def mark_sent(command: DeviceCommand, *, problem: str = "", answer: str = "") -> None:
    """Record what became of a command."""

    def write() -> None:
        services.mark_sent(command=command, number="", problem=problem)
        if answer:
            services.keep_answer(command=command, text=answer)

    await in_thread(write)
