"""Stations of a small city, and gateways that listen on free ports."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.gateways.lanes import compile_all
from anlan.gateways.process import LISTENERS, Gateways
from anlan.protocols import hj212, sl651

RAIN, WORKS = "0011223344", "91371500TEST000000000001"


@pytest.fixture(scope="session", autouse=True)
def _lanes():
    """Gateways read through their lanes, as they do once these are compiled."""
    compile_all()


@pytest.fixture
def stations(city, rules):
    """A rain station that speaks SL 651 and a works that speaks HJ 212."""
    rain = Station.objects.create(
        code="R1", name="姜店", kind="rain", area_id="371526", protocol="sl651", address=RAIN, lon=116.2, lat=36.9
    )
    Instrument.objects.create(
        station=rain, area_id="371526", code="R1-PT", name="雨量计", quantity="rain_total", channel="PT"
    )
    works = Station.objects.create(
        code="W1", name="化工厂", kind="works", area_id="371502", protocol="hj212", address=WORKS, password="123456"
    )
    Instrument.objects.create(
        station=works, area_id="371502", code="W1-G1", name="1号气体探测器", quantity="gas_combustible",
        channel="a99001-Rtd", persistence=1,
    )  # fmt: skip
    return {"rain": rain, "works": works}


def rain_frame(total: float, observed: datetime, *, serial: int = 1, function: int = 0x32) -> bytes:
    """What a rain station sends: its running total."""
    local = observed.astimezone(sl651.SHANGHAI)
    place = sl651.Block(station=RAIN, station_class="P", observed=local, readings=(sl651.reading("26", total),))
    message = sl651.Message(
        header=sl651.Header(function=function, station=RAIN, password="1234"),
        serial=serial,
        sent=local,
        body=sl651.Report(blocks=(place,)),
    )
    return sl651.encode(message)


def gas_frame(value: float, observed: datetime, *, flag: str = "N", mn: str = WORKS, pw: str = "123456") -> bytes:
    """What the works' monitor sends: one gas reading that wants to be confirmed."""
    stamp = hj212.timestamp(observed.astimezone(sl651.SHANGHAI))
    groups = ((("DataTime", stamp[:14]),), (("a99001-Rtd", f"{value:.2f}"), ("a99001-Flag", flag)))
    return hj212.encode(hj212.Message(qn=stamp, st="31", cn="2011", pw=pw, mn=mn, flag="5", groups=groups))


@asynccontextmanager
async def listening():
    """Gateways on free ports."""
    gateways = Gateways()
    await gateways.start("127.0.0.1", dict.fromkeys(LISTENERS, 0))
    try:
        yield gateways
    finally:
        await gateways.stop()


async def converse(port: int, *frames: bytes, answers: int = 1) -> list[bytes]:
    """Send frames and read so many answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"".join(frames))
        return [await asyncio.wait_for(reader.read(4096), 10) for _ in range(answers)]
    finally:
        writer.close()
        await writer.wait_closed()


async def in_thread(work: Callable, *arguments: object):
    """What `work(*arguments)` gives in a thread of its own, whose database connection is closed behind it."""

    def run():
        try:
            return work(*arguments)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def ago(**values: float) -> datetime:
    """A moment in the past, at a full minute."""
    return (timezone.now() - timedelta(**values)).replace(second=0, microsecond=0)
