"""What must hold for any bytes whatever, for every protocol: one input is one call of `check`.

Only the protocol's own error is raised; what was read can be shown as JSON and, where there is an encoder, written and
read again unchanged; a splitter gives the same values however its bytes are cut; time stays in proportion.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

#: Seconds that one input may take; the longest that was seen takes a hundredth of it.
SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One protocol as the fuzzer sees it."""

    protocol: str
    #: The only error that bad input may raise.
    error: type[Exception]
    #: Good frames of every kind, written by the codec's own encoder.
    seeds: Callable[[], Iterable[bytes]]
    read: Callable[[bytes], Any]
    #: A value as JSON.
    show: Callable[[Any], Any]
    #: The frame of a value that was read; None where nothing is written.
    write: Callable[[Any], bytes] | None = None
    #: Frames out of a stream; None where a frame is a whole document.
    splitter: Callable[[], Any] | None = None
    #: A frame around arbitrary content, its length and checksum right, so that the fuzzer gets past them; and back.
    seal: Callable[[bytes], bytes] | None = None
    unseal: Callable[[bytes], bytes] | None = None
    #: What takes the frames of one connection, one after the other, such as an assembler of packets.
    follow: Callable[[], Callable[[Any], object]] | None = None


def corpus(target: Target) -> list[bytes]:
    """Inputs to begin with: every seed as it is, and its content to be sealed anew."""
    found = []
    for seed in target.seeds():
        found.append(b"\x00" + seed)
        if target.unseal is not None:
            found.append(b"\x01" + target.unseal(seed))
            found.append(b"\x03" + target.unseal(seed))
    return found


def check(target: Target, data: bytes) -> None:
    """Let a protocol read an input: the first byte says how, the rest is what arrives."""
    if not data:
        return
    started = time.perf_counter()
    way, data = data[0], data[1:]
    frame = data
    if way & 1 and target.seal is not None:
        try:
            frame = target.seal(data)
        except target.error:
            return
    _check_frame(target, frame)
    if target.splitter is not None:
        stream = frame + data[:5] + frame[: len(frame) // 2] + frame if way & 2 else frame
        _check_stream(target, stream, way)
    seconds = time.perf_counter() - started
    assert seconds < SECONDS, f"{len(data)} bytes took {seconds:.2f} s"


def _check_frame(target: Target, frame: bytes) -> None:
    try:
        value = target.read(frame)
        shown = target.show(value)
    except target.error as error:
        if not str(error):
            raise AssertionError("an error that says nothing") from error
        return
    json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()
    if target.write is None:
        return
    try:
        written = target.write(value)
    except target.error:  # what was read generously may have no good form
        return
    again = target.read(written)
    assert again == value, f"{again} is not {value}"
    assert target.write(again) == written


def _check_stream(target: Target, stream: bytes, way: int) -> None:
    whole = _split(target, [stream])
    pieces = 2 + (way >> 2) if way < 0xF0 else max(len(stream), 1)
    cuts = [len(stream) * number // pieces for number in range(pieces + 1)]
    assert _split(target, [stream[a:b] for a, b in pairwise(cuts)]) == whole, f"{pieces} pieces split otherwise"
    take = target.follow() if target.follow is not None else target.read
    for item in whole:
        if hasattr(item, "reason"):
            assert item.raw
            assert item.reason
            continue
        try:
            take(item)
        except target.error:
            continue


def _split(target: Target, pieces: Iterable[bytes]) -> list[Any]:
    splitter = target.splitter()
    found = [item for piece in pieces for item in splitter.feed(piece)]
    return found + splitter.close()
