"""`anlan worker`: background jobs and periodic work."""

import argparse
import logging
import threading
import time

HELP = "run background jobs and periodic work (exactly one of these per installation)"

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--workers sets how many jobs run at once."""
    parser.add_argument("--workers", type=int, default=2, help="jobs that run at the same time (default 2)")


def run(options: argparse.Namespace) -> int:
    """Run until stopped; a failing piece of work is logged and tried again at its next turn."""
    import django

    django.setup()
    from anlan.foundation.jobs.queue import queue

    if hasattr(queue.storage, "create_tables"):
        queue.storage.create_tables()
    stop = threading.Event()
    thread = threading.Thread(target=_tick, args=(stop,), daemon=True, name="periodic")
    thread.start()
    queue.create_consumer(workers=options.workers, periodic=False, initial_delay=0.05, max_delay=0.5).run()
    stop.set()
    thread.join(5)
    return 0


def _tick(stop: threading.Event) -> None:
    from django.db import close_old_connections

    from anlan.foundation.jobs.queue import periodic

    due = dict.fromkeys((function for _, function in periodic()), 0.0)
    while not stop.wait(0.2):
        for seconds, function in periodic():
            if time.monotonic() < due[function]:
                continue
            due[function] = time.monotonic() + seconds
            try:
                close_old_connections()
                function()
            except Exception:  # noqa: BLE001  (the loop must outlive any fault of one piece of work)
                log.exception("periodic work %s.%s failed", function.__module__, function.__name__)
