"""Another SensorThings service, asked for what its Datastreams observed since the last time."""

import asyncio
import base64
import urllib.request
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit

from django.db import connection
from django.utils import timezone

from anlan.areas.risk.monitoring.models import DeviceCommand, Latest
from anlan.areas.risk.monitoring.queries import Device, SourceConfig
from anlan.areas.risk.monitoring.readings import DEVICE, GOOD, MISSING, milliseconds
from anlan.gateways.adapters import Fault, Submission
from anlan.gateways.intake import Intake, Item
from anlan.gateways.sources import devices_of, mark_sent, note
from anlan.protocols import sensorthings
from anlan.protocols.sensorthings import Entity, Interval, Page, Query, SensorThingsError, options
from anlan.protocols.sensorthings.expressions import Binary, Literal, Order, Path
from anlan.protocols.sensorthings.paths import written_key

PROTOCOL = "sensorthings"
TIMEOUT_S = 10.0
#: Observations of a page, and pages of one Datastream in one round, so that one cannot hold up the others.
PAGE, PAGES = 500, 20
#: How far back a Datastream is asked that was never heard, and how far ahead its clock may be.
FIRST, AHEAD = timedelta(days=1), timedelta(minutes=10)
#: A service that does not answer is asked less and less often, down to once in so many seconds.
SELDOM_S = 600.0


class NotAnswered(Exception):
    """The service gave no page; `status` is its HTTP status where it gave one."""

    def __init__(self, problem: str, status: int = 0) -> None:
        super().__init__(problem)
        self.status = status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key is for the server that is registered, not for where that sends us."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def fetch(address: str, config: SourceConfig) -> bytes:
    """The body that the service answers; blocks, so it runs in a thread."""
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310  (the scheme is ours)
    if config.username:
        pair = base64.b64encode(f"{config.username}:{config.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
    elif config.password:
        request.add_header("Authorization", f"Bearer {config.password}")
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as response:
            body = response.read(sensorthings.SIZE + 1)
    except HTTPError as error:
        error.close()
        raise NotAnswered(f"服务应答 {error.code}", error.code) from None
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        raise NotAnswered(f"连接不上 {config.host}:{config.port}（{type(reason).__name__}）") from None
    if len(body) > sensorthings.SIZE:
        raise NotAnswered(f"一页应答超过 {sensorthings.SIZE} 字节")
    return body


class SensorThingsSource:
    """One service, asked every so many seconds; an instrument's channel names the Datastream there."""

    def __init__(self, config: SourceConfig, intake: Intake) -> None:
        self.config, self.intake = config, intake
        self.addresses: set[str] = set()
        scheme = "https" if config.uses_tls else "http"
        self._root = f"{scheme}://{config.host}:{config.port}{(config.base_path or '/v1.1').rstrip('/')}"
        #: Up to when each instrument's readings are kept.
        self._since: dict[int, datetime] = {}
        self._problem: str | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def follow(self) -> None:
        """The next round asks for what is registered then."""

    def stop_listening(self) -> None:
        self._task.cancel()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def send(self, command: DeviceCommand) -> None:
        """Nothing is written to another service."""
        asyncio.get_running_loop().create_task(mark_sent(command, problem="SensorThings 接入源只读，不下发命令"))

    async def _run(self) -> None:
        failures = 0
        while True:
            problem = await self._round()
            failures = failures + 1 if problem else 0
            if problem != self._problem:
                self._problem = problem
                await note(self.config, problem)
            pause = self.config.poll_seconds * 2.0 ** min(failures, 10)
            await asyncio.sleep(max(self.config.poll_seconds, min(pause, SELDOM_S)) if failures else pause)

    async def _round(self) -> str:
        """Ask every Datastream that an instrument names; why the service does not answer, or nothing."""
        devices = devices_of(self.config, self.intake.devices)
        await self._load_since([key for one in devices.values() for key in one.channels.values()])
        problem = ""
        for address, device in devices.items():
            for channel, instrument in device.channels.items():
                try:
                    await self._ask(address, device, channel, instrument)
                    self.addresses.add(address)
                except NotAnswered as error:
                    if error.status == 404:
                        self._report_unknown(address, channel)
                        continue
                    problem = str(error)
                    if not error.status:
                        self.addresses.clear()
                        return problem
        return problem

    async def _load_since(self, instruments: list[int]) -> None:
        """When what is kept of instruments ends; asked of the database once for each."""
        new = [key for key in instruments if key not in self._since]
        if not new:
            return

        def read() -> dict[int, datetime]:
            try:
                return dict(Latest.objects.filter(pk__in=new).values_list("pk", "observed_at"))
            finally:
                connection.close()

        known, first = await asyncio.to_thread(read), timezone.now() - FIRST
        self._since |= {key: known.get(key, first) for key in new}

    async def _ask(self, address: str, device: Device, channel: str, instrument: int) -> None:
        path = f"Datastreams({written_key(int(channel) if channel.isdecimal() else channel)})/Observations"
        link = f"{self._root}/{path}?{options.write(self._query(instrument))}"
        for _page in range(PAGES):
            body = await asyncio.to_thread(fetch, link, self.config)
            raw = sensorthings.answered(path, body)
            try:
                page = sensorthings.decode(raw)
                assert isinstance(page, Page)
                rows = [row for one in page.entities if (row := _row(instrument, one))]
            except SensorThingsError as error:
                await self._kept(Fault(PROTOCOL, error.code[:20], f"{channel}：{error}"[:300], raw))
                return
            if rows:
                await self._kept(Submission(PROTOCOL, address, (raw,), tuple(rows), b"kept"))
                newest = max(one for one in map(_moment, page.entities) if one is not None)
                self._since[instrument] = max(self._since[instrument], newest)
            if not page.next_link:
                return
            link = self._following(link, page.next_link)

    def _query(self, instrument: int) -> Query:
        """What came since, in the order of time; what is ahead of time waits until it is not."""
        at = Path(("phenomenonTime",))
        since = Binary("gt", at, Literal(self._since[instrument]))
        until = Binary("le", at, Literal(timezone.now() + AHEAD))
        return Query(
            filter=Binary("and", since, until), orders=(Order(at),), top=PAGE,
            select=("phenomenonTime", "result", "resultQuality"),
        )  # fmt: skip

    def _following(self, link: str, following: str) -> str:
        """The next page; one on another server is not asked, since our key is not for that."""
        address = urljoin(link, following)
        if urlsplit(address)[:2] != urlsplit(link)[:2]:
            raise NotAnswered("@iot.nextLink 指向另一台服务器，没有跟随", 421)
        return address

    async def _kept(self, content: Submission | Fault) -> None:
        """Hand it to the intake and wait until it is committed."""
        kept = asyncio.get_running_loop().create_future()
        self.intake.submit(Item(content, f"{self.config.code} {self.config.host}"[:60], _settle(kept)))
        await kept

    def _report_unknown(self, address: str, channel: str) -> None:
        content = Submission(PROTOCOL, address, (), unknown=((channel, "对方没有这个数据流"),))
        self.intake.submit(Item(content, f"{self.config.code} {self.config.host}"[:60]))


def _settle(future: asyncio.Future):
    """Set a future's result unless whoever waited has gone."""
    return lambda result: future.done() or future.set_result(result)


def _moment(entity: Entity) -> datetime | None:
    at = entity.values.get("phenomenonTime")
    return at.end if isinstance(at, Interval) else at


def _row(instrument: int, entity: Entity) -> tuple[int, int, float, int] | None:
    """A reading out of an Observation; None for one without a time, which can be no reading."""
    at, value = _moment(entity), entity.values.get("result")
    if at is None:
        return None
    if value is None:
        return instrument, milliseconds(at), float("nan"), MISSING
    if isinstance(value, bool):
        value = int(value)
    if not isinstance(value, int | float) or abs(value) > 1e300:
        raise SensorThingsError(f"result {str(value)[:40]!r} 不是数", "type")
    quality = entity.values.get("resultQuality")
    doubted = (
        isinstance(quality, dict)
        and quality.get("nameOfMeasure") == "anlan:quality"
        and quality.get("result") != "good"
    )
    return instrument, milliseconds(at), float(value), DEVICE if doubted else GOOD
