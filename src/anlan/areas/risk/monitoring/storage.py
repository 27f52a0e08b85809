"""Readings as packed columns: one row a commit while they are fresh, one row an instrument and day for good.

An index entry a reading is what costs time in every table of readings; here a commit is one row. A job merges
fresh batches into blocks, sorted by time, so that a year of a station is a few hundred rows. Of two readings of
one instrument at one moment the later received counts.
"""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter

import numpy as np
from django.db import connection, transaction

from anlan.areas.risk.monitoring.models import Instrument, IntakeBatch, ReadingBlock
from anlan.areas.risk.monitoring.newest import Kept, Newest
from anlan.areas.risk.monitoring.readings import Readings, milliseconds, moment

_DAY = 86_400_000
DIGEST = 16
#: Stands before frames that are labelled with their station; batches of older versions begin with a frame's size.
_LABELLED = b"\xff\xff\xff\xff"
#: Bytes before each frame: the key of its station and its size, four little-endian bytes each.
LABEL = 8


def labelled(frames: Sequence[tuple[int, bytes]]) -> bytes:
    """The frames one after the other, each behind the key of its station (0 when it has none) and its size."""
    parts: list[bytes] = []
    for station, frame in frames:
        parts += (station.to_bytes(4, "little"), len(frame).to_bytes(4, "little"), frame)
    return b"".join(parts)


def store(*, received_at: datetime, readings: Readings, digests: bytes, frames: bytes) -> IntakeBatch:
    """Keep what one commit brought; `frames` are labelled. The caller's transaction makes it durable."""
    return IntakeBatch.objects.create(
        received_at=received_at,
        count=len(readings),
        first_at=moment(int(readings.observed.min())) if len(readings) else None,
        last_at=moment(int(readings.observed.max())) if len(readings) else None,
        columns=readings.pack(),
        digests=digests,
        frames=zlib.compress(_LABELLED + frames, 1),
    )


def frames_of(batch: IntakeBatch) -> list[tuple[int, bytes]]:
    """The frames of a batch as they came, each with the key of its station."""
    raw = zlib.decompress(bytes(batch.frames))
    is_labelled = raw.startswith(_LABELLED)
    place, found = 4 if is_labelled else 0, []
    while place < len(raw):
        station = 0
        if is_labelled:
            station = int.from_bytes(raw[place : place + 4], "little")
            place += 4
        size = int.from_bytes(raw[place : place + 4], "little")
        found.append((station, raw[place + 4 : place + 4 + size]))
        place += 4 + size
    return found


def recent_frames(
    station: int, since: datetime, *, most: int = 50, batches: int = 5_000
) -> list[tuple[datetime, int, int, bytes]]:
    """The newest frames of a station: (received, batch, place in the batch, bytes); looks so many batches back."""
    found: list[tuple[datetime, int, int, bytes]] = []
    for batch in (
        IntakeBatch.objects.filter(received_at__gte=since)
        .order_by("-pk")
        .only("frames", "received_at")[:batches]
        .iterator()
    ):
        of_batch = [
            (batch.received_at, batch.pk, place, frame)
            for place, (key, frame) in enumerate(frames_of(batch))
            if key == station
        ]
        found += reversed(of_batch)
        if len(found) >= most:
            break
    return found[:most]


def recent_digests(since: datetime) -> list[bytes]:
    """The digests of frames received since then, the oldest first."""
    rows = IntakeBatch.objects.filter(received_at__gte=since).order_by("pk").values_list("digests", flat=True)
    return [bytes(row)[i : i + DIGEST] for row in rows for i in range(0, len(row), DIGEST)]


def series(instrument: int, start: datetime, end: datetime) -> Readings:
    """The readings of one instrument from `start` up to and with `end`, sorted, each moment once."""
    return series_of([instrument], start, end)[instrument]


def series_of(instruments: Collection[int], start: datetime, end: datetime) -> dict[int, Readings]:
    """The readings of several instruments, each sorted, each moment once."""
    parts: dict[int, list[Readings]] = {key: [] for key in instruments}
    if not parts:
        return {}
    wanted, fresh = np.array(sorted(parts)), []
    for batch, key, rows in _kept(parts, start, end):
        if batch:
            fresh.append((batch, rows.pick(np.flatnonzero(_is_in(rows.instrument, wanted)))))
        else:
            parts[key].append(rows)
    for blocks in parts.values():
        blocks.sort(key=lambda rows: rows.observed[0])
    if fresh:
        _deal(Readings.joined(rows for _, rows in sorted(fresh, key=itemgetter(0))), wanted, parts)
    low, high = milliseconds(start), milliseconds(end)
    found = {}
    for key, mine in parts.items():
        # Blocks are sorted and of days of their own; only fresh readings may stand among them.
        whole = Readings.joined(mine).sorted() if fresh else Readings.joined(mine)
        first, last = np.searchsorted(whole.observed, (low, high + 1)).tolist()
        found[key] = whole.pick(slice(first, last))
    return found


def _kept(instruments: Collection[int], start: datetime, end: datetime) -> Iterator[tuple[int, int, Readings]]:
    """Blocks as (0, instrument, readings), and fresh batches as (batch, 0, readings of all instruments), unordered.

    It is one question, so that what is merged meanwhile is found in one of both, and one that costs little: most
    series that are asked for are short.
    """
    moments, days = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    query = (
        f"SELECT 0, instrument_id, count, columns FROM {ReadingBlock._meta.db_table} "  # noqa: S608  (the tables' own names)
        f"WHERE instrument_id IN (%s{', %s' * (len(instruments) - 1)}) AND day BETWEEN %s AND %s UNION ALL "
        f"SELECT id, 0, count, columns FROM {IntakeBatch._meta.db_table} "
        "WHERE is_merged = false AND count > 0 AND last_at >= %s AND first_at <= %s"
    )
    window = (days(first.date()), days(last.date()), moments(first), moments(last))
    with connection.cursor() as cursor:
        cursor.execute(query, (*instruments, *window))
        for batch, key, count, columns in cursor:
            yield batch, key, Readings.unpack(columns, count)


def _is_in(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return keys == wanted[0] if len(wanted) == 1 else np.isin(keys, wanted)


def _deal(rows: Readings, keys: np.ndarray, parts: Mapping[int, list[Readings]]) -> None:
    """Give each instrument its own of these readings, in their order."""
    order = np.argsort(rows.instrument, kind="stable")
    bounds = np.searchsorted(rows.instrument[order], [keys, keys + 1]).T
    for key, (begin, stop) in zip(keys.tolist(), bounds.tolist(), strict=True):
        if stop > begin:
            parts[key].append(rows.pick(order[begin:stop]))


@transaction.atomic
def merge(*, batches: int = 500) -> int:
    """Merge fresh batches into blocks, the oldest first; the number of readings merged."""
    rows = list(
        IntakeBatch.objects.select_for_update().filter(is_merged=False).order_by("pk")
        .only("pk", "received_at", "count", "columns")[:batches]
    )  # fmt: skip
    if not rows:
        return 0
    parts = [Readings.unpack(row.columns, row.count) for row in rows]
    fresh = Readings.joined(parts)
    # An instrument that was deleted meanwhile took its readings along.
    kept = np.isin(fresh.instrument, list(Instrument.objects.values_list("pk", flat=True)))
    write_blocks(fresh.pick(np.flatnonzero(kept)))
    IntakeBatch.objects.filter(pk__in=[row.pk for row in rows]).update(is_merged=True, columns=b"")
    newest = Newest()
    for row, part in zip(rows, parts, strict=True):
        newest.note(Kept(row.pk, row.received_at, part))
    newest.write()
    return len(fresh)


def write_blocks(fresh: Readings) -> None:
    """Add readings to the blocks of their instruments and days."""
    day = fresh.observed // _DAY
    order = np.lexsort((day, fresh.instrument))
    keys = np.stack([fresh.instrument[order].astype(np.int64), day[order]], axis=1)
    edges = np.flatnonzero(np.any(keys[1:] != keys[:-1], axis=1)) + 1
    groups = {
        (int(keys[part[0], 0]), _date(int(keys[part[0], 1]))): order[part]
        for part in np.split(np.arange(len(order)), edges)
        if len(part)
    }
    known = {
        (block.instrument_id, block.day): block
        for block in ReadingBlock.objects.filter(
            instrument__in={key for key, _ in groups}, day__in={day for _, day in groups}
        )
    }
    changed, new = [], []
    for (instrument, on), index in groups.items():
        block = known.get((instrument, on))
        part = fresh.pick(index)
        if block:
            part = Readings.joined([Readings.unpack(bytes(block.columns), block.count), part])
        whole = part.sorted()
        if block:
            block.count, block.columns = len(whole), whole.pack()
            changed.append(block)
        else:
            new.append(ReadingBlock(instrument_id=instrument, day=on, count=len(whole), columns=whole.pack()))
    ReadingBlock.objects.bulk_create(new, batch_size=500)
    ReadingBlock.objects.bulk_update(changed, ["count", "columns"], batch_size=200)


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)
