"""A gateway that is killed in the middle of its work loses nothing that it confirmed."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import Instrument, Latest
from anlan.areas.risk.monitoring.readings import milliseconds
from anlan.protocols.sl651 import SHANGHAI
from tests.gateways.conftest import ago, gas_frame

pytestmark = pytest.mark.django_db(transaction=True)
FRAMES = 3000


class Listener:
    """The process, and a device that sends to it until it has all confirmations or the line is dead."""

    def __enter__(self):
        name = str(connection.settings_dict["NAME"])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.gateways.listener", name], stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.process.stdout.readline().split()[1])
        return self

    def __exit__(self, *_):
        self.kill()
        self.process.stdout.close()

    def kill(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    async def send(self, frames: list[bytes], *, kill_after: int = 0) -> set[bytes]:
        """The request numbers that were confirmed; the process is killed after so many."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"".join(frames))
        confirmed: set[bytes] = set()
        rest = b""
        is_killed = False
        try:
            while len(confirmed) < len(frames):
                data = await asyncio.wait_for(reader.read(65536), 20)
                if not data:
                    break
                *whole, rest = (rest + data).split(b"\r\n")
                confirmed.update(re.search(rb"QN=(\d+)", answer)[1] for answer in whole if answer)
                if kill_after and not is_killed and len(confirmed) >= kill_after:
                    is_killed = True
                    self.kill()
        except ConnectionError:
            pass
        finally:
            writer.close()
        return confirmed


def test_what_was_confirmed_is_on_disk_after_kill_9_and_what_was_not_is_sent_again(stations):
    start = ago(hours=60)
    sent = {}
    for number in range(FRAMES):
        frame = gas_frame(float(number % 20), start + timedelta(minutes=number))
        sent[re.search(rb"QN=(\d+)", frame)[1]] = frame
    with Listener() as listener:
        confirmed = asyncio.run(listener.send(list(sent.values()), kill_after=200))
    instrument = Instrument.objects.get(code="W1-G1")
    kept = storage.series(instrument.pk, ago(days=4), ago(days=-1))
    assert len(confirmed) >= 200
    assert len(kept) >= len(confirmed)
    local = {storage.moment(int(t)).astimezone(SHANGHAI).strftime("%Y%m%d%H%M").encode() for t in kept.observed}
    assert {number[:12] for number in confirmed} <= local
    # After the start the device sends everything that was not confirmed, and some of the rest for good measure.
    with Listener() as listener:
        latest = Latest.objects.get()  # what was kept last is shown before anything new comes
        assert (milliseconds(latest.observed_at), latest.value) == (kept.observed[-1], kept.value[-1])
        again = [frame for number, frame in sent.items() if number not in confirmed or number.endswith(b"7000")]
        asyncio.run(listener.send(again))
    assert len(storage.series(instrument.pk, ago(days=4), ago(days=-1))) == FRAMES
