"""Encryption of bodies: the stream cipher of JT/T 809's annex, the same in both directions.

Both platforms agree on M1, IA1 and IC1; the key stands in each packet's header. A body is combined byte by
byte with bits 20 to 27 of a congruential generator: ``key = IA1 * (key % M1) + IC1``, modulo 2 to the 32nd.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_SMALLEST = 256  # a stream is made for this many bytes at least, so that short bodies share one


@dataclass(frozen=True, slots=True)
class Cipher:
    """What two platforms have agreed on.

    >>> Cipher(m1=30_000_000, ia1=20_000_000, ic1=20_000_000).apply(bytes(range(1, 8)), key=256178).hex()
    'd34c7078a73a41'
    """

    m1: int
    ia1: int
    ic1: int

    def apply(self, body: bytes, *, key: int) -> bytes:
        """The body encrypted, or an encrypted one in clear."""
        size = len(body)
        stream = _stream(self.m1, self.ia1, self.ic1, key, max(_SMALLEST, 1 << (size - 1).bit_length()))[:size]
        return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


@lru_cache(maxsize=32)
def _stream(m1: int, ia1: int, ic1: int, key: int, size: int) -> bytes:
    """The bytes to combine with; kept, since platforms use one key for many packets."""
    key, m1 = key or 1, m1 or 1
    stream = bytearray(size)
    for place in range(size):
        key = (ia1 * (key % m1) + ic1) & 0xFFFFFFFF
        stream[place] = key >> 20 & 0xFF
    return bytes(stream)
