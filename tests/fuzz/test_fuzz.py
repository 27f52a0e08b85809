"""The short form of `make fuzz`: a few thousand inputs a protocol, the same ones every time."""

import random
from pathlib import Path

import pytest

from anlan import protocols
from anlan.protocols.edxl import de, have, rm, sitrep
from anlan.protocols.gb26875.messages import ITEMS
from anlan.protocols.gb28181.bodies import COMMANDS as MANSCDP
from anlan.protocols.hj212.codes import COMMANDS, COMMANDS_2005
from anlan.protocols.jt808.messages import BODIES
from anlan.protocols.jt809.catalogue import LINK, SUB
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
    assert {name.partition("-")[0] for name in TARGETS} == folders


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


def test_seeds_hold_every_kind_of_message():
    """What the fuzzer does not have to find out by itself, and what comes back as it was written."""
    read = {name: [TARGETS[name].read(seed) for seed in TARGETS[name].seeds()] for name in TARGETS}
    commands = {(one.cn, one.version) for one in read["hj212"]}
    assert commands >= {(code, version) for version, table in ((1, COMMANDS), (0, COMMANDS_2005)) for code in table}
    functions = {(one.header.function, one.header.coding) for one in read["sl651"]}
    assert functions >= {(code, "hex") for code in (*range(0x2F, 0x39), 0x3A, *range(0x40, 0x44), *range(0x45, 0x52))}
    assert {one.header.total > 1 for one in read["sl651"]} == {True, False}
    assert {type(one.body) for one in read["jt808"]} >= {kinds[0] for kinds in BODIES.values()}
    assert {(one.message_id, one.header.is_2019) for one in read["jt808"]} >= BODIES.keys()
    assert {one.kind for one in read["jt809"]} >= LINK.keys() | SUB.keys()
    assert {one.type for one in read["gb26875"]} >= ITEMS.keys()
    assert {type(one) for one in read["gb28181"]} >= set(MANSCDP.values())
    assert {one.kind for one in read["edxl"] if isinstance(one, rm.ResourceMessage)} == rm.MESSAGE_TYPES.keys()
    assert {type(one) for one in read["edxl"]} >= {de.Distribution, have.HospitalStatus, sitrep.SituationReport}
