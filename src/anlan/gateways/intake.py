"""The single door in: what any gateway heard is kept and judged in batches, and only then confirmed.

One thread owns the database connection. While it commits, the next batch gathers, so the busier the gateway the
larger the batch; when commits follow one another, a small batch waits a blink for company. A frame is confirmed after its commit, so one that was confirmed is on
disk, and one that was not will be sent again by its device and counted once.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import compress, islice

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils import timezone

from anlan.areas.risk.cameras import services as cameras
from anlan.areas.risk.cameras.reports import Report
from anlan.areas.risk.monitoring import newest, queries, services, storage
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.readings import milliseconds
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import GatewayReported
from anlan.gateways.adapters import Fault, Noticed, Submission
from anlan.gateways.lanes import Block, Lane, compiled

log = logging.getLogger(__name__)

#: Messages from which on a commit takes no more.
BATCH = 4_000
#: Messages that may wait before connections are asked to pause, and from which they go on.
HIGH, LOW = 4_000, 2_000
#: Frames that are remembered at least to recognise repetitions, and how long back after a restart.
REMEMBERED, MEMORY = 500_000, timedelta(hours=24)
#: A batch smaller than this waits so long for more when the last commit was just now: many small commits cost much.
SMALL, GATHER_S = 200, 0.02
TICK_S = 1.0
#: The newest readings are written at most this often: at once when it is quiet, together when much comes.
NEWEST_S = 1.0
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

    def __len__(self) -> int:
        """One message, as against a block's many."""
        return 1


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


class Recent:
    """The digests of the frames that were kept last: of so many at least, of twice as many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._newer: set[bytes] = set()
        self._older: set[bytes] = set()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._newer or digest in self._older

    def add(self, digests: Iterable[bytes]) -> None:
        """Remember these, and forget the oldest."""
        self._newer.update(digests)
        if len(self._newer) >= self._most:
            self._older, self._newer = self._newer, set()


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
        self._queue: deque[Item | Block] = deque()
        self._waiting = 0
        self._wake = threading.Condition()
        self._is_stopping = False
        self._seen = Recent(REMEMBERED)
        self.books = Books()
        self.devices: dict = {}
        #: The lanes that are ready, by protocol; they know the devices of these registers.
        self.lanes: dict[str, Lane] = {}
        self._judge = None
        #: The instruments that are judged; a reading of one that was retired meanwhile is dropped.
        self._live: set[int] = set()
        self._version: tuple | None = None
        self._newest = newest.Newest()
        self._shown = 0.0
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
        return self._waiting >= HIGH

    @property
    def waiting(self) -> int:
        """Messages that are not kept yet."""
        return self._waiting

    def submit(self, item: Item | Block) -> None:
        """Hand over what was heard; called in the event loop."""
        with self._wake:
            self._queue.append(item)
            self._waiting += len(item)
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
            if 0 < self._waiting < SMALL and time.monotonic() - committed < GATHER_S:
                time.sleep(GATHER_S)
            batch = self._next()
            if batch:
                self._patiently(self._keep, batch)
                with self._wake:
                    for item in batch:
                        self._queue.popleft()
                        self._waiting -= len(item)
                    is_low = self._waiting < LOW
                if is_low:
                    self._call(self._resume)
                committed = time.monotonic()
            elif self._is_stopping:
                break
            self._do_what_is_due()
        self._do(self._newest.write)
        connection.close()

    def _next(self) -> list[Item | Block]:
        """What goes into the next commit; it stays in the queue until it is kept."""
        size, batch = 0, []
        for item in islice(self._queue, BATCH):
            batch.append(item)
            size += len(item)
            if size >= BATCH:
                break
        return batch

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
        newest.recover()
        self._renew(before=False)
        self._seen.add(storage.recent_digests(timezone.now() - MEMORY)[-REMEMBERED:])

    def _renew(self, *, before: bool = True) -> None:
        """Load stations, instruments and rules anew; what judging remembered is kept unless it may be wrong."""
        self._do(self._newest.write)  # a new judge begins where they end
        try:
            services.equip_vehicles()
            version = queries.register_version()
            self.devices = queries.devices()
            self._judge = queries.judge(timezone.now(), before=self._judge if before else None)
            self._live = set(self._judge.keys.tolist())
            for protocol in compiled():
                lane = self.lanes.get(protocol) or Lane(protocol)
                lane.follow(self.devices)
                self.lanes[protocol] = lane
            self._version = version
            self._call(self._renewed, queries.sources())
        except DatabaseError:
            if self._judge is None:
                raise
            log.exception("stations could not be read again")

    def _keep(self, batch: list[Item | Block]) -> None:
        """Commit a batch; one that cannot be kept is halved until what is at fault stands alone."""
        started = time.perf_counter()
        delivery, fresh, reports = self._delivery(batch)
        try:
            with transaction.atomic():
                kept = services.take_in(delivery, self._judge)
                cameras.take_in(reports, delivery.received_at)
        except Exception as error:
            if isinstance(error, DatabaseError) and not isinstance(error, DataError | IntegrityError):
                raise  # The database is busy or away; the data is not at fault.
            self._renew(before=False)
            items = _one_by_one(batch)
            if len(items) == 1:
                self._refuse(items[0], error)
                return
            middle = len(items) // 2
            self._keep(items[:middle])
            self._keep(items[middle:])
            return
        if kept is not None:
            self._newest.note(kept)
        self._seen.add(fresh)
        for protocol, counts in delivery.counts.items():
            counters = self.books.of(protocol)
            for name, value in counts.items():
                if name != "devices":
                    setattr(counters, name, getattr(counters, name) + value)
        self.books.commits += 1
        self.books.commit_seconds += time.perf_counter() - started
        self.books.largest = max(self.books.largest, sum(map(len, batch)))
        self._do(self._show)
        self._call(_confirm, batch)

    def _delivery(self, batch: list[Item | Block]) -> tuple[services.Delivery, list[bytes], list[Report]]:
        """What a batch brings, each frame once, the digests of its new frames, and what they say of cameras."""
        delivery = services.Delivery(received_at=timezone.now())
        fresh: dict[bytes, None] = {}
        reports: list[Report] = []
        for protocol, addresses in self._online().items():
            delivery.counts[protocol] = vars(Counters()) | {"devices": len(addresses)}
        for item in batch:
            if isinstance(item, Block):
                self._add_block(item, delivery, fresh)
            elif isinstance(item.content, Noticed):
                reports += item.content.reports
            elif isinstance(item.content, Fault):
                fault = item.content
                delivery.counts.setdefault(fault.protocol, vars(Counters()))["malformed"] += 1
                delivery.malformed.append((fault.protocol, item.peer, fault.code, fault.reason, fault.raw))
            elif self._add_submission(item.content, item.peer, delivery, fresh):
                reports += item.content.reports
        return delivery, list(fresh), reports

    def _add_submission(
        self, content: Submission, peer: str, delivery: services.Delivery, fresh: dict[bytes, None]
    ) -> bool:
        """Whether it is new: a frame that came before adds nothing."""
        counts = delivery.counts.setdefault(content.protocol, vars(Counters()))
        counts["frames"] += max(1, len(content.frames))
        digest = blake2b(b"".join(content.frames), digest_size=storage.DIGEST).digest() if content.frames else b""
        if digest and (digest in self._seen or digest in fresh):
            counts["duplicates"] += 1
            return False
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
            self._hear(station, peer, 1, delivery.received_at)
        if digest and content.is_known:
            fresh[digest] = None
            delivery.digests.append(digest)
            delivery.frames += [(station, frame) for frame in content.frames]
        rows = [row for row in content.rows if row[0] in self._live]
        counts["readings"] += len(rows)
        delivery.rows += rows
        return True

    def _add_block(self, block: Block, delivery: services.Delivery, fresh: dict[bytes, None]) -> None:
        if block.devices is not self.devices:  # a register changed since: perhaps a device or an instrument went
            for item in _one_by_one([block]):
                self._add_submission(item.content, item.peer, delivery, fresh)
            return
        counts = delivery.counts.setdefault(block.protocol, vars(Counters()))
        counts["frames"] += len(block)
        is_new = []
        for digest in block.digests():
            is_new.append(digest not in self._seen and digest not in fresh)
            if is_new[-1]:
                fresh[digest] = None
                delivery.digests.append(digest)
        stations, peers = block.stations.tolist(), {}
        for part in block.parts:
            peers.update(dict.fromkeys(stations[part.first : part.last], part.speaker.peer))
        for station, messages in Counter(compress(stations, is_new)).items():
            self._hear(station, peers[station], messages, delivery.received_at)
        labelled, readings = block.labelled, block.readings
        if not all(is_new):
            counts["duplicates"] += is_new.count(False)
            labelled, readings = block.only(is_new)
        counts["readings"] += len(readings)
        delivery.add(readings, labelled)

    def _hear(self, station: int, peer: str, messages: int, at: datetime) -> None:
        before = self._heard[station][2] if station in self._heard else 0
        self._heard[station] = (at, peer, before + messages)

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

    def _show(self) -> None:
        """Write what is newest, unless some was written just now: then many commits share the rows."""
        if time.monotonic() - self._shown >= NEWEST_S and self._newest.write():
            self._shown = time.monotonic()

    def _do_what_is_due(self) -> None:
        self._do(self._show)
        now = time.monotonic()
        for seconds, work in self._periodic:
            if now >= self._due[work]:
                self._due[work] = now + seconds
                self._do(work)

    def _do(self, work: Callable[[], object]) -> None:
        """Do something that can wait until it is due again."""
        try:
            work()
        except Exception:  # noqa: BLE001  (frames must be kept whatever else fails)
            log.exception("periodic work of the intake failed")
            connection.close()

    def _tick(self) -> None:
        if queries.register_version() != self._version or len(compiled()) > len(self.lanes):
            self._renew()
        services.expire_commands()

    def _send_commands(self) -> None:
        for command in services.commands_to_send():
            self._call(self._send, command)

    def _keep_states(self) -> None:
        self._newest.write()  # vehicles are where it says
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


def _one_by_one(batch: list[Item | Block]) -> list[Item]:
    """The batch with the messages of its blocks as submissions."""
    items: list[Item] = []
    for item in batch:
        if isinstance(item, Block):
            items += [Item(content, part.speaker.peer, part.speaker.confirm) for part, content in item.submissions()]
        else:
            items.append(item)
    return items


def _confirm(batch: list[Item | Block]) -> None:
    for item in batch:
        if isinstance(item, Block):
            for part in item.parts:
                part.speaker.confirm(part.answers)
        elif item.confirm is not None:
            item.confirm(item.content.confirmation if isinstance(item.content, Submission) else b"")
