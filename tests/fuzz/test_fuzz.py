"""The short form of `make fuzz`: a few thousand inputs a protocol, the same ones every time."""

import random
from pathlib import Path

import pytest

from anlan import protocols
from tests.fuzz.harness import check, corpus
from tests.fuzz.targets import TARGETS

INPUTS = 2_000


def mutated(chance: random.Random, known: list[bytes]) -> bytes:
    """An input out of good ones: bytes changed, cut out, repeated, or joined with those of another."""
    data = bytearray(chance.choice(known))
    data[0] = chance.randrange(256)
    for _ in range(chance.randrange(5)):
        at = chance.randrange(1, len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 4, 16)))
        match chance.randrange(5):
            case 0:
                data[at:end] = chance.randbytes(end - at)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end]
            case 3:
                other = chance.choice(known)
                data[at:] = other[min(at, len(other)) :]
            case _:
                data[at:end] = bytes([chance.choice((0, 1, 0x20, 0x30, 0x7D, 0x7E, 0x7F, 0x80, 0xFF))]) * (end - at)
    return bytes(data)


def test_every_codec_is_fuzzed():
    folders = {path.parent.name for path in Path(protocols.__file__).parent.glob("*/__init__.py")}
    assert set(TARGETS) == folders


@pytest.mark.parametrize("protocol", sorted(TARGETS))
def test_seeds_are_good_frames_and_come_back(protocol):
    target = TARGETS[protocol]
    seeds = list(target.seeds())
    assert seeds
    for seed in seeds:
        target.read(seed)
        check(target, b"\x00" + seed)
        if target.seal is not None:
            assert target.seal(target.unseal(seed)).strip() == seed.strip()


@pytest.mark.parametrize("protocol", sorted(TARGETS))
def test_any_bytes_are_read_or_refused(protocol):
    target, chance = TARGETS[protocol], random.Random(protocol)
    known = corpus(target)
    for _ in range(INPUTS):
        data = mutated(chance, known)
        try:
            check(target, data)
        except Exception as error:
            raise AssertionError(f"{protocol}: {data.hex()}") from error
