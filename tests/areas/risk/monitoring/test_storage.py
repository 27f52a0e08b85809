"""A series is the same whether its readings are fresh, merged, late or sent twice."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import IntakeBatch, ReadingBlock
from anlan.areas.risk.monitoring.readings import Readings, milliseconds

START = datetime(2026, 6, 1, 22, tzinfo=UTC)


def keep(instrument, *values: tuple[int, float], frames: tuple[bytes, ...] = ()) -> IntakeBatch:
    """One commit: minutes after the start, value."""
    rows = [(instrument.pk, milliseconds(START + timedelta(minutes=minute)), value, 0) for minute, value in values]
    return storage.store(
        received_at=START + timedelta(days=1),
        readings=Readings.of(rows),
        digests=b"",
        frames=storage.labelled([(7, frame) for frame in frames]),
    )


def values(instrument, minutes: int = 600) -> list[float]:
    return storage.series(instrument.pk, START, START + timedelta(minutes=minutes)).value.tolist()


@pytest.fixture
def rain(field):
    return field.rain


def test_merging_changes_nothing_and_may_be_repeated(rain, field):
    keep(rain, (0, 1.0), (60, 2.0), (180, 3.0))
    keep(field.stage, (60, 29.5))
    keep(rain, (30, 1.5))
    before = values(rain)
    assert before == [1.0, 1.5, 2.0, 3.0]
    assert storage.merge(batches=2) == 4
    assert values(rain) == before
    assert storage.merge() == 1
    assert storage.merge() == 0
    assert values(rain) == before
    assert ReadingBlock.objects.filter(instrument=rain).count() == 2  # it went over midnight UTC
    assert not any(bytes(one.columns) for one in IntakeBatch.objects.all())


def test_of_two_readings_of_one_moment_the_later_received_counts(rain):
    keep(rain, (0, 1.0), (60, 2.0))
    storage.merge()
    keep(rain, (60, 2.5))
    assert values(rain) == [1.0, 2.5]
    storage.merge()
    assert values(rain) == [1.0, 2.5]
    assert ReadingBlock.objects.get(instrument=rain, day=START.date()).count == 2


def test_a_late_reading_stands_in_its_place(rain):
    keep(rain, (0, 1.0), (120, 3.0))
    storage.merge()
    keep(rain, (60, 2.0))
    assert values(rain) == [1.0, 2.0, 3.0]
    storage.merge()
    assert values(rain) == [1.0, 2.0, 3.0]


def test_a_series_has_its_edges_and_nothing_of_others(rain, field):
    keep(rain, (0, 1.0), (60, 2.0), (61, 2.1))
    keep(field.stage, (30, 29.5))
    storage.merge()
    assert values(rain, 60) == [1.0, 2.0]
    assert (
        storage.series_of([rain.pk, field.gas.pk], START, START + timedelta(hours=1))[field.gas.pk].value.tolist() == []
    )


def test_a_series_is_one_question_so_that_nothing_slips_through_a_merge_meanwhile(
    rain, field, django_assert_num_queries
):
    keep(rain, (0, 1.0), (180, 3.0))
    keep(field.stage, (0, 29.0))
    storage.merge()
    keep(rain, (60, 2.0), (60, 2.5))
    keep(field.stage, (30, 29.5))
    keys, until = [field.stage.pk, rain.pk, field.gas.pk], START + timedelta(hours=3)
    with django_assert_num_queries(1):
        found = storage.series_of(keys, START, until)
    assert {key: rows.value.tolist() for key, rows in found.items()} == {
        field.stage.pk: [29.0, 29.5], rain.pk: [1.0, 2.5, 3.0], field.gas.pk: [],
    }  # fmt: skip
    assert storage.series_of([], START, until) == {}


def test_readings_of_a_deleted_instrument_do_not_hold_up_the_others(rain, field):
    keep(field.stage, (0, 29.5))
    keep(rain, (0, 1.0))
    field.stage.delete()
    storage.merge()
    assert values(rain) == [1.0]


def test_frames_come_back_as_they_were(rain):
    frames = (b"", b"##0101", bytes(range(256)) * 20)
    assert storage.frames_of(keep(rain, (0, 1.0), frames=frames)) == [(7, frame) for frame in frames]
