"""The newest reading of each instrument (最新数据): one row, written together for many commits.

A row an instrument and commit is the cost that the packed columns avoid, so whoever keeps readings gathers what is
newest and writes it now and then. Nothing is lost by it: a row names the commit that brought its reading, and of any two
readings the one observed later wins, at one moment the one that came with the later commit. So the rows may be
written again from the durable batches at any time, by anybody, in any order: the gateway does when it starts, and
the job that merges batches for those that it merges.
"""

from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.db import connection, transaction

from anlan.areas.risk.monitoring.models import Instrument, IntakeBatch, Latest
from anlan.areas.risk.monitoring.readings import GOOD, Readings, milliseconds, moment

_NEVER = np.iinfo(np.int64).min
_ROW = np.dtype([("observed", "i8"), ("received", "i8"), ("value", "f8"), ("batch", "i8"), ("is_new", "?")], align=True)
_EMPTY = np.array((_NEVER, 0, 0.0, 0, False), _ROW)


class Kept(NamedTuple):
    """The readings of one commit, with their quality."""

    batch: int
    received_at: datetime
    readings: Readings


class Newest:
    """What is newest of what was noted, and not written yet."""

    def __init__(self) -> None:
        #: By key of the instrument; keys are given one after the other, so most places are taken.
        self._rows = np.full(0, _EMPTY)

    def note(self, kept: Kept) -> None:
        """Gather what a commit brought, once it is durable; commits come in their order."""
        readings = kept.readings
        if not (readings.flag == GOOD).all():
            readings = readings.pick(np.flatnonzero(readings.flag == GOOD))
        if not len(readings):
            return
        keys = readings.instrument.astype(np.intp)
        if (missing := int(keys.max()) + 1 - len(self._rows)) > 0:
            self._rows = np.append(self._rows, np.full(missing + len(self._rows) // 4, _EMPTY))
        np.maximum.at(self._rows["observed"], keys, readings.observed)
        # Of several at one moment the last one stays.
        last = np.flatnonzero(readings.observed == self._rows["observed"][keys])
        changed = keys[last]
        self._rows["value"][changed] = readings.value[last]
        self._rows["received"][changed] = milliseconds(kept.received_at)
        self._rows["batch"][changed] = kept.batch
        self._rows["is_new"][changed] = True

    def write(self) -> bool:
        """Move the rows on, all or none, if there is anything new; instruments that went meanwhile took theirs along."""
        keys = np.flatnonzero(self._rows["is_new"])
        if not len(keys):
            return False
        rows = self._rows[keys]
        adapt = connection.ops.adapt_datetimefield_value
        # Instruments of a station share their times.
        times = {at: adapt(moment(at)) for at in {*rows["observed"].tolist(), *rows["received"].tolist()}}
        values = [
            (times[observed], times[received], value, batch, key)
            for key, (observed, received, value, batch, _) in zip(keys.tolist(), rows.tolist(), strict=True)
        ]
        table = Latest._meta.db_table
        # In the order of the keys, whoever writes: two that wait for each other would wait for ever.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} (instrument_id, observed_at, received_at, value, batch, flag) "  # noqa: S608  (the tables' own names)
                f"SELECT id, %s, %s, %s, %s, {GOOD} FROM {Instrument._meta.db_table} WHERE id = %s "
                "ON CONFLICT (instrument_id) DO UPDATE SET observed_at = excluded.observed_at, "
                "received_at = excluded.received_at, value = excluded.value, batch = excluded.batch "
                f"WHERE excluded.observed_at > {table}.observed_at "
                f"OR (excluded.observed_at = {table}.observed_at AND excluded.batch >= {table}.batch)",
                values,
            )
        self._rows["is_new"][keys] = False
        return True


def recover() -> None:
    """Write what whoever gathered it was stopped from writing: it is in the batches that are not merged yet."""
    newest = Newest()
    fresh = IntakeBatch.objects.filter(is_merged=False, count__gt=0).order_by("pk")
    for batch, received_at, count, columns in fresh.values_list("pk", "received_at", "count", "columns").iterator():
        newest.note(Kept(batch, received_at, Readings.unpack(columns, count)))
    newest.write()
