"""The newest reading of an instrument is right whenever it is written: late, twice, after a crash, after a merge."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection

from anlan.areas.risk.monitoring import newest, storage
from anlan.areas.risk.monitoring.models import Instrument, Latest
from anlan.areas.risk.monitoring.newest import Kept, Newest
from anlan.areas.risk.monitoring.readings import DEVICE, GOOD, Readings, milliseconds

START = datetime(2026, 6, 1, 8, tzinfo=UTC)


def keep(*rows: tuple[Instrument, int, float], flag: int = GOOD) -> Kept:
    """One durable commit: instrument, minutes after the start, value."""
    readings = Readings.of(
        (instrument.pk, milliseconds(START + timedelta(minutes=minute)), value, flag)
        for instrument, minute, value in rows
    )
    batch = storage.store(received_at=START, readings=readings, digests=b"", frames=b"")
    return Kept(batch.pk, START, readings)


def shown() -> dict[int, tuple[int, float]]:
    """By instrument: minutes after the start, value."""
    rows = Latest.objects.values_list("instrument", "observed_at", "value")
    return {key: ((at - START) // timedelta(minutes=1), value) for key, at, value in rows}


def test_of_what_was_gathered_the_newest_good_reading_is_written_once(field):
    gathered = Newest()
    gathered.note(keep((field.rain, 3, 1.0), (field.gas, 1, 7.0), (field.rain, 5, 2.0), (field.rain, 4, 9.0)))
    gathered.note(keep((field.rain, 2, 8.0), (field.gas, 1, 7.5)))
    gathered.note(keep((field.rain, 9, 8.0), flag=DEVICE))
    assert shown() == {}
    gathered.write()
    assert shown() == {field.rain.pk: (5, 2.0), field.gas.pk: (1, 7.5)}
    Latest.objects.all().delete()
    gathered.write()  # nothing is new
    assert shown() == {}


def test_what_could_not_be_written_is_written_next_time(field):
    gathered = Newest()
    gathered.note(keep((field.rain, 3, 1.0)))

    def refuse(*_):
        raise DatabaseError("away")

    with connection.execute_wrapper(refuse), pytest.raises(DatabaseError):
        gathered.write()
    gathered.write()
    assert shown() == {field.rain.pk: (3, 1.0)}


def test_an_instrument_that_went_does_not_hold_up_the_others(field):
    gathered = Newest()
    gathered.note(keep((field.rain, 3, 1.0), (field.gas, 1, 7.0)))
    gas = field.gas.pk
    field.gas.delete()
    gathered.write()
    assert shown() == {field.rain.pk: (3, 1.0)}
    assert gas not in shown()


@pytest.mark.parametrize("seed", range(8))
def test_whoever_writes_them_and_whenever_the_newest_are_exact(field, seed):
    chance = random.Random(seed)
    instruments = [field.rain, field.gas, field.stage]
    expected: dict[int, tuple[int, float]] = {}
    gathered = Newest()
    for number in range(60):
        # Few moments, so that many readings are late or correct one of the same moment.
        rows = [(chance.choice(instruments), chance.randrange(number // 20 + 2), number + n / 10) for n in range(4)]
        for instrument, minute, value in rows:
            if minute >= expected.get(instrument.pk, (-1, 0.0))[0]:
                expected[instrument.pk] = (minute, value)
        gathered.note(keep(*rows))
        done = chance.random()
        if done < 0.1:
            storage.merge(batches=chance.randrange(1, 9))
        elif done < 0.2:  # written; a merge of older batches changes nothing
            gathered.write()
            assert shown() == expected
            storage.merge(batches=chance.randrange(1, 9))
            assert shown() == expected
        elif done < 0.3:  # killed before it wrote; meanwhile some are merged, then it starts again
            gathered = Newest()
            storage.merge(batches=chance.randrange(1, 9))
            newest.recover()
            assert shown() == expected
    while storage.merge():
        pass
    assert shown() == expected
    gathered.write()
    assert shown() == expected
