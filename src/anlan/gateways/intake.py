"""The single door in: what any gateway heard is kept and judged in batches, and only then confirmed.

One thread owns the database connection. While it commits, the next batch gathers, so the busier the gateway the
larger the batch; when commits follow one another, a small batch waits a blink for company. A frame is confirmed after its commit, so one that was confirmed is on
disk, and one that was not will be sent again by its device and counted once.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils import timezone

from anlan.areas.risk.cameras import services as cameras
from anlan.areas.risk.cameras.reports import Report
from anlan.areas.risk.monitoring import queries, services, storage
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.readings import milliseconds
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import GatewayReported
from anlan.gateways.adapters import Fault, Noticed, Submission

log = logging.getLogger(__name__)

#: Messages that go into one commit at most.
BATCH = 2_000
#: Messages that may wait before connections are asked to pause, and from which they go on.
HIGH, LOW = 2_000, 1_000
#: Frames that are remembered to recognise repetitions, and how long back after a restart.
REMEMBERED, MEMORY = 500_000, timedelta(hours=24)
#: A batch smaller than this waits so long for more when the last commit was just now: many small commits cost much.
SMALL, GATHER_S = 200, 0.02
TICK_S = 1.0
#: People wait for what a command does.
COMMANDS_S = 0.25
SILENCE_S = 30.0
REPORT_S = 2.0
STATES_S = 5.0


@dataclass(slots=True)
class Item:
    """A submission, a fault or something noticed, with who waits for its outcome."""

    content: Submission | Fault | Noticed
    peer: str
    #: Called in the event loop with the confirmation (empty where there is none) once the content is kept.
    confirm: Callable[[bytes], None] | None = None


@dataclass
class Counters:
    """What one protocol's gateway did since it started."""

    frames: int = 0
    duplicates: int = 0
    malformed: int = 0
    unknown: int = 0
    readings: int = 0


@dataclass
class Books:
    """Counters by protocol and how the intake itself fares."""

    protocols: dict[str, Counters] = field(default_factory=dict)
    commits: int = 0
    failures: int = 0
    commit_seconds: float = 0.0
    largest: int = 0

    def of(self, protocol: str) -> Counters:
        return self.protocols.setdefault(protocol, Counters())


class Intake:
    """Keeps and judges what gateways hear, on a thread of its own."""

    def __init__(
        self,
        *,
        call: Callable[..., object],
        resume: Callable[[], None] = lambda: None,
        send: Callable[[DeviceCommand], None] = lambda command: None,
        renewed: Callable[[list[queries.SourceConfig]], None] = lambda sources: None,
        online: Callable[[], Mapping[str, Collection[str]]] = dict,
    ) -> None:
        """`call(function, *arguments)` runs something in the event loop; `resume` lets paused connections go on;
        `send` carries a command to its device; `renewed` hears which sources there are, each time registers changed; `online` names the devices that are connected, by protocol."""
        self._call, self._resume, self._send, self._online = call, resume, send, online
        self._renewed = renewed
        self._queue: deque[Item] = deque()
        self._wake = threading.Condition()
        self._is_stopping = False
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self.books = Books()
        self.devices: dict = {}
        self._judge = None
        #: The instruments that are judged; a reading of one that was retired meanwhile is dropped.
        self._live: set[int] = set()
        self._version: tuple | None = None
        self._periodic = (
            (TICK_S, self._tick),
            (COMMANDS_S, self._send_commands),
            (STATES_S, self._keep_states),
            (SILENCE_S, self._listen_for_silence),
            (REPORT_S, self._report),
        )
        self._due: dict[Callable, float] = {}
        #: Since devices' states were last written: (heard, from where, messages) by station.
        self._heard: dict[int, tuple[datetime, str, int]] = {}
        self._reported: dict[str, Counters] = {}
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        """Begin; returns when stations are loaded and what was received lately is remembered."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Keep all that waits, then end."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify()
        self._thread.join()

    @property
    def is_full(self) -> bool:
        return len(self._queue) >= HIGH

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def submit(self, item: Item) -> None:
        """Hand over what was heard; called in the event loop."""
        with self._wake:
            self._queue.append(item)
            self._wake.notify()

    # Everything below runs on the intake's thread.

    def _run(self) -> None:
        self._patiently(self._load)
        self._due = {work: time.monotonic() + seconds for seconds, work in self._periodic}
        self._ready.set()
        committed = 0.0
        while True:
            with self._wake:
                if not self._queue and not self._is_stopping:
                    self._wake.wait(TICK_S / 4)
            if 0 < len(self._queue) < SMALL and time.monotonic() - committed < GATHER_S:
                time.sleep(GATHER_S)
            batch = list(islice(self._queue, BATCH))
            if batch:
                self._patiently(self._keep, batch)
                with self._wake:
                    for _ in batch:
                        self._queue.popleft()
                    is_low = len(self._queue) < LOW
                if is_low:
                    self._call(self._resume)
                committed = time.monotonic()
            elif self._is_stopping:
                break
            self._do_what_is_due()
        connection.close()

    def _patiently(self, work: Callable, *arguments: object) -> None:
        """Do something until the database lets it be done; what waits is not confirmed meanwhile."""
        pause = 0.1
        while True:
            try:
                work(*arguments)
            except DatabaseError:
                connection.close()
                log.exception("the database refused what the gateway brought; trying again in %.1f s", pause)
                self.books.failures += 1
                time.sleep(pause)
                pause = min(pause * 2, 10.0)
                if self._judge is not None:
                    self._renew(before=False)
            else:
                return

    def _load(self) -> None:
        self._renew(before=False)
        for digest in storage.recent_digests(timezone.now() - MEMORY):
            self._remember(digest)

    def _renew(self, *, before: bool = True) -> None:
        """Load stations, instruments and rules anew; what judging remembered is kept unless it may be wrong."""
        try:
            services.equip_vehicles()
            version = queries.register_version()
            self.devices = queries.devices()
            self._judge = queries.judge(timezone.now(), before=self._judge if before else None)
            self._live = set(self._judge.keys.tolist())
            self._version = version
            self._call(self._renewed, queries.sources())
        except DatabaseError:
            if self._judge is None:
                raise
            log.exception("stations could not be read again")

    def _remember(self, digest: bytes) -> None:
        self._seen[digest] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _keep(self, batch: list[Item]) -> None:
        """Commit a batch; one that cannot be kept is halved until what is at fault stands alone."""
        started = time.perf_counter()
        delivery, fresh, reports = self._delivery(batch)
        try:
            with transaction.atomic():
                services.take_in(delivery, self._judge)
                cameras.take_in(reports, delivery.received_at)
        except Exception as error:
            if isinstance(error, DatabaseError) and not isinstance(error, DataError | IntegrityError):
                raise  # The database is busy or away; the data is not at fault.
            self._renew(before=False)
            if len(batch) == 1:
                self._refuse(batch[0], error)
                return
            middle = len(batch) // 2
            self._keep(batch[:middle])
            self._keep(batch[middle:])
            return
        for digest in fresh:
            self._remember(digest)
        for protocol, counts in delivery.counts.items():
            counters = self.books.of(protocol)
            for name, value in counts.items():
                if name != "devices":
                    setattr(counters, name, getattr(counters, name) + value)
        self.books.commits += 1
        self.books.commit_seconds += time.perf_counter() - started
        self.books.largest = max(self.books.largest, len(batch))
        self._call(_confirm, batch)

    def _delivery(self, batch: list[Item]) -> tuple[services.Delivery, list[bytes], list[Report]]:
        """What a batch brings, each frame once, the digests of its new frames, and what they say of cameras."""
        delivery = services.Delivery(received_at=timezone.now())
        fresh: dict[bytes, None] = {}
        reports: list[Report] = []
        for protocol, addresses in self._online().items():
            delivery.counts[protocol] = vars(Counters()) | {"devices": len(addresses)}
        for item in batch:
            content = item.content
            if isinstance(content, Noticed):
                reports += content.reports
                continue
            counts = delivery.counts.setdefault(content.protocol, vars(Counters()))
            if isinstance(content, Fault):
                counts["malformed"] += 1
                delivery.malformed.append((content.protocol, item.peer, content.code, content.reason, content.raw))
                continue
            counts["frames"] += max(1, len(content.frames))
            digest = blake2b(b"".join(content.frames), digest_size=storage.DIGEST).digest() if content.frames else b""
            if digest and (digest in self._seen or digest in fresh):
                counts["duplicates"] += 1
                continue
            if content.answer:
                delivery.answers.append(content.answer)
            if content.unknown:
                counts["unknown"] += 1
                raw = content.frames[-1] if content.frames else b""
                delivery.unknown += [
                    (content.protocol, content.address, channel, problem, raw) for channel, problem in content.unknown
                ]
            device = self.devices.get((content.protocol, content.address)) if content.is_known else None
            station = device.station if device else 0
            if station:
                messages = self._heard[station][2] if station in self._heard else 0
                self._heard[station] = (delivery.received_at, item.peer, messages + 1)
            if digest and content.is_known:
                fresh[digest] = None
                delivery.digests.append(digest)
                delivery.frames += [(station, frame) for frame in content.frames]
            rows = [row for row in content.rows if row[0] in self._live]
            counts["readings"] += len(rows)
            delivery.rows += rows
            reports += content.reports
        return delivery, list(fresh), reports

    def _refuse(self, item: Item, error: Exception) -> None:
        """Keep the frame that the database does not take as malformed; it is not confirmed."""
        content = item.content
        if isinstance(content, Noticed):
            log.error("what was noticed of cameras could not be kept", exc_info=error)
            return
        raw = content.raw if isinstance(content, Fault) else b"".join(content.frames)
        log.error("a frame of %s could not be kept", item.peer, exc_info=error)
        refused = services.Delivery(
            received_at=timezone.now(), malformed=[(content.protocol, item.peer, "refused", str(error), raw)]
        )
        services.take_in(refused, self._judge)
        if item.confirm is not None:
            self._call(item.confirm, b"")

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        for seconds, work in self._periodic:
            if now >= self._due[work]:
                self._due[work] = now + seconds
                try:
                    work()
                except Exception:  # noqa: BLE001  (frames must be kept whatever else fails)
                    log.exception("periodic work of the intake failed")
                    connection.close()

    def _tick(self) -> None:
        if queries.register_version() != self._version:
            self._renew()
        services.expire_commands()

    def _send_commands(self) -> None:
        for command in services.commands_to_send():
            self._call(self._send, command)

    def _keep_states(self) -> None:
        heard, self._heard = self._heard, {}
        online = {
            self.devices[protocol, address].station
            for protocol, addresses in self._online().items()
            for address in list(addresses)
            if (protocol, address) in self.devices
        }
        services.keep_states(heard, online)

    def _listen_for_silence(self) -> None:
        verdicts = self._judge.silent(now=milliseconds(timezone.now()))
        if verdicts:
            with transaction.atomic():
                services.apply_verdicts(verdicts)

    def _report(self) -> None:
        """Tell open pages how the gateways fare, while anything arrives."""
        online = self._online()
        for protocol, counters in self.books.protocols.items():
            before = self._reported.get(protocol)
            if before == counters:
                continue
            self._reported[protocol] = Counters(**vars(counters))
            publish(
                GatewayReported(
                    area_code=settings.ANLAN.city,
                    protocol=protocol,
                    frames=counters.frames,
                    malformed=counters.malformed,
                    readings=counters.readings,
                    devices=len(online.get(protocol, ())),
                )
            )


def _confirm(batch: list[Item]) -> None:
    for item in batch:
        if item.confirm is not None:
            item.confirm(item.content.confirmation if isinstance(item.content, Submission) else b"")
