"""The one queue of background work, beside the database: SQLite or PostgreSQL. Enqueue here, nowhere else."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from huey import Huey, PostgresHuey, SqliteHuey

from anlan.foundation.jobs.models import Job

log = logging.getLogger(__name__)


def _open_queue() -> Huey:
    if url := settings.ANLAN.database_url:
        return PostgresHuey("anlan", dsn=url, create_tables=False)
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("anlan", filename=str(settings.DATA_DIR / "jobs.sqlite3"), fsync=True)


queue = _open_queue()

_periodic: list[tuple[int, Callable]] = []


def every(seconds: int) -> Callable:
    """Decorate a function that the worker calls every so many seconds; it must be quick and idempotent."""

    def decorate(function: Callable) -> Callable:
        _periodic.append((seconds, function))
        return function

    return decorate


def periodic() -> list[tuple[int, Callable]]:
    """The declared periodic work: (seconds, function)."""
    return list(_periodic)


class Progress:
    """Handed to a job: `progress(done, total)` shows how far it is."""

    def __init__(self, job: Job):
        self.job = job

    def __call__(self, done: int, total: int) -> None:
        Job.objects.filter(pk=self.job.pk).update(done=done, total=total)


@queue.task()
def _run(job_id: int, name: str, arguments: dict) -> None:
    work = _jobs[name]
    job = Job.objects.get(pk=job_id)
    Job.objects.filter(pk=job_id).update(status=Job.Status.RUNNING)
    try:
        result = work(progress=Progress(job), **arguments) or {}
    except Exception as error:  # noqa: BLE001  (whatever a job raises is shown to its owner)
        log.exception("job %s failed", name)
        Job.objects.filter(pk=job_id).update(
            status=Job.Status.FAILED, error=f"{type(error).__name__}: {error}", finished_at=timezone.now()
        )
    else:
        Job.objects.filter(pk=job_id).update(status=Job.Status.DONE, result=result, finished_at=timezone.now())


@queue.task()
def _run_unseen(name: str, arguments: dict) -> None:
    try:
        _jobs[name](progress=lambda done, total: None, **arguments)
    except Exception:  # noqa: BLE001  (the next turn tries again)
        log.exception("unseen work %s failed", name)


_jobs: dict[str, Callable] = {}


def job(function: Callable) -> Callable:
    """Decorate long work `f(*, progress, ...) -> dict`; its arguments must be JSON values."""
    _jobs[f"{function.__module__}.{function.__name__}"] = function
    return function


def enqueue(function: Callable, *, title: str, owner=None, **arguments) -> Job:
    """Queue declared work and return the row that shows its progress."""
    row = Job.objects.create(title=title, owner=owner)
    _run(row.pk, f"{function.__module__}.{function.__name__}", arguments)
    return row


def enqueue_unseen(function: Callable, **arguments) -> None:
    """Queue declared work that recurs and that nobody waits for: it keeps its own record, and no row of progress."""
    _run_unseen(f"{function.__module__}.{function.__name__}", arguments)
