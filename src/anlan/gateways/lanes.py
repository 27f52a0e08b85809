"""The compiled lanes: the common frames of many connections at once, read into columns.

A lane only spares work: it takes the frames that it fully recognises and leaves everything behind the first other one
to the session of the connection. So nothing depends on it, and until it is compiled the sessions read everything.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from importlib import import_module
from itertools import compress
from typing import Any, Protocol

import numpy as np

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.queries import Device
from anlan.areas.risk.monitoring.readings import Readings
from anlan.gateways.adapters import LanedSession, Submission, hj212, jt808, sl651

log = logging.getLogger(__name__)

#: The adapters of the protocols that have a lane.
ADAPTERS = {module.PROTOCOL: module for module in (sl651, hj212, jt808)}
#: Bytes for which there is room at first.
ROOM = 1 << 16


class Speaker(Protocol):
    """A connection: who speaks, and how what was kept is confirmed."""

    peer: str
    session: LanedSession

    def confirm(self, data: bytes) -> None: ...


@dataclass(slots=True)
class Part:
    """What one connection has in a block: the frames from `first` up to `last`, and their answers together."""

    speaker: Speaker
    first: int
    last: int
    answers: bytes


@dataclass(slots=True)
class Block:
    """Messages that a lane read, as columns: the same as so many submissions."""

    protocol: str
    #: The register by which channels were told.
    devices: Mapping[tuple[str, str], Device]
    addresses: list[str]
    #: By frame: its station, its end in `labelled`, and the rows and bytes of answers up to and with it.
    stations: np.ndarray
    ends: np.ndarray
    rows: np.ndarray
    answered: np.ndarray
    #: The frames, each behind its label, as they are stored.
    labelled: bytes
    answers: bytes
    readings: Readings
    parts: list[Part]

    def __len__(self) -> int:
        return len(self.ends)

    def frames(self) -> Iterator[memoryview]:
        """The bytes of each frame."""
        view, start = memoryview(self.labelled), storage.LABEL
        for end in self.ends.tolist():
            yield view[start:end]
            start = end + storage.LABEL

    def digests(self) -> list[bytes]:
        """By which each frame is recognised when it is sent again."""
        return [blake2b(frame, digest_size=storage.DIGEST).digest() for frame in self.frames()]

    def only(self, chosen: Sequence[bool]) -> tuple[bytes, Readings]:
        """The labelled frames and the readings of some of the messages."""
        starts, ends = [0, *self.ends.tolist()], self.ends.tolist()
        frames = (self.labelled[start:end] for start, end in zip(starts, ends, strict=False))
        rows = np.repeat(chosen, np.diff(self.rows, prepend=0))
        return b"".join(compress(frames, chosen)), self.readings.pick(np.flatnonzero(rows))

    def submissions(self) -> Iterator[tuple[Part, Submission]]:
        """The messages one by one, as a session would hand them out."""
        columns = zip(*(column.tolist() for column in vars(self.readings).values()), strict=True)
        rows, frames = list(columns), list(self.frames())
        row = answer = 0
        for part in self.parts:
            for n in range(part.first, part.last):
                yield (
                    part,
                    Submission(
                        self.protocol, self.addresses[n], (bytes(frames[n]),), tuple(rows[row : self.rows[n]]),
                        self.answers[answer : self.answered[n]],
                    ),
                )  # fmt: skip
                row, answer = self.rows[n], self.answered[n]


@dataclass(frozen=True, slots=True)
class Book:
    """The devices of a protocol as its lane looks them up."""

    devices: Mapping[tuple[str, str], Device]
    directory: tuple[np.ndarray, ...]
    addresses: list[str]
    #: The number of a device in the directory by its address.
    numbers: dict[str, int]


class Lane:
    """Reads one protocol; it is compiled when the first is made in a process, which takes seconds."""

    def __init__(self, protocol: str) -> None:
        from anlan.protocols import columns

        self.protocol, self._adapter = protocol, ADAPTERS[protocol]
        self._columns, self._kernel = columns, import_module(f"anlan.protocols.{protocol}.lane")
        self._pieces, self._bytes, self._room = 0, 0, columns.columns(0, 0)
        self.follow({})
        self._run([b""], [(0, 0, 0)], self.book, datetime.now(UTC))

    def follow(self, devices: Mapping[tuple[str, str], Device]) -> None:
        """Know the devices that are registered now; called on the intake's thread."""
        own = {address: device for (protocol, address), device in devices.items() if protocol == self.protocol}
        entries = {address: self._adapter.entry(self._kernel, address, device) for address, device in own.items()}
        known = {address: entry for address, entry in entries.items() if entry is not None}
        directory = self._columns.directory(known.values())
        self.book = Book(devices, directory, list(known), {address: n for n, address in enumerate(known)})

    def read(self, lent: Sequence[tuple[Speaker, bytes]], at: datetime) -> tuple[Block | None, list[int]]:
        """What can be read of the bytes of several connections, and how many bytes of each that is."""
        book = self.book
        pieces = [piece for _, piece in lent]
        found = self._run(pieces, [speaker.session.context(book.numbers) for speaker, _ in lent], book, at)
        taken, upto = (found.pieces[name][: len(lent)].tolist() for name in ("taken", "frames"))
        if not (count := upto[-1]):
            return None, taken
        ends, rows, answered, devices, notes = (found.frames[name][:count].copy() for name in _FRAMES)
        numbers, notes = devices.tolist(), notes.tolist()
        block = Block(
            self.protocol,
            book.devices,
            [book.addresses[number] for number in numbers],
            book.directory.devices["tag"][devices],
            ends,
            rows,
            answered,
            found.labelled[: ends[-1]].tobytes(),
            found.answers[: answered[-1]].tobytes(),
            Readings(*(found.rows[name][: rows[-1]].copy() for name in _ROWS)),
            [],
        )
        first = answer = 0
        for (speaker, _), last in zip(lent, upto, strict=True):
            if last > first:
                end = int(answered[last - 1])
                block.parts.append(Part(speaker, first, last, block.answers[answer:end]))
                speaker.session.noted(block.addresses[first:last], notes[first:last])
                first, answer = last, end
        return block, taken

    def _run(self, pieces: list[bytes], contexts: list[tuple[int, int, int]], book: Book, at: datetime) -> Any:
        """The kernel's columns, which its next run overwrites."""
        data = b"".join(pieces)
        if len(pieces) > self._pieces or len(data) > self._bytes:
            self._pieces, self._bytes = max(2 * len(pieces), self._pieces), max(2 * len(data), self._bytes, ROOM)
            self._room = self._columns.columns(self._pieces, self._bytes)
        self._kernel.read(
            np.frombuffer(data or b"\0", np.uint8), np.cumsum([len(piece) for piece in pieces]),
            np.array(contexts, np.int64), self._adapter.marks(self._kernel, at), *book.directory, *self._room,
        )  # fmt: skip
        return self._room


_FRAMES = ("end", "rows", "answers", "device", "note")
_ROWS = ("key", "observed", "value", "mark")
_compiled: dict[str, bool] = {}


def compile_all() -> None:
    """Compile what is not yet, or load what was compiled before; what cannot be is left to the sessions."""
    for protocol in ADAPTERS:
        if protocol not in _compiled:
            try:
                Lane(protocol)
            except Exception:  # noqa: BLE001  (whatever the compiler lacks, frames are read without it)
                log.warning("the lane of %s cannot be compiled; its sessions read all", protocol, exc_info=True)
            else:
                _compiled[protocol] = True


def compiled() -> list[str]:
    """The protocols whose lanes are ready."""
    return list(_compiled)
