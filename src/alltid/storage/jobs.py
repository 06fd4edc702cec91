"""The slow side: work that may be done later, kept in PostgreSQL and done at least once.

A job is stored in the transaction of the event that asks for it (`enqueue_in`), so neither
exists without the other. procrastinate runs them: retries with growing pauses and an end,
periodic work, and jobs of a process that died are taken up again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import procrastinate
import structlog
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock

Pool = AsyncConnectionPool[AsyncConnection[Any]]
Sweep = Callable[[Pool, datetime], Awaitable[int]]
JobFunction = Callable[..., Awaitable[None]]

RETRY_PAUSES_SECONDS: Final = (5, 30, 120, 600, 1800, 7200, 21_600, 43_200)
_CONCURRENCY: Final = 4
_STALLED_SECONDS: Final = 30
_STOP_SECONDS: Final = 1.5
_KEEP_FAILED_HOURS: Final = 30 * 24
_log = structlog.get_logger(__name__)

# One statement for a whole group; the rows come as one JSON parameter.
_ENQUEUE: Final = """
SELECT procrastinate_defer_jobs_v1(array_agg(
    ROW('default', j.task, 0, NULL, NULL, j.arguments, j.run_at)::procrastinate_job_to_defer_v1
))
FROM jsonb_to_recordset(%s) AS j(task text, arguments jsonb, run_at timestamptz)
"""


@dataclass(frozen=True, slots=True)
class NewJob:
    """Something to do later: a task's name, its arguments as JSON, and not before when."""

    task: str
    arguments: Mapping[str, Any]
    run_at: datetime | None = None


async def enqueue_in(connection: AsyncConnection[Any], jobs: Sequence[NewJob]) -> None:
    """Store jobs on `connection`, inside the transaction that it has open."""
    if not jobs:
        return
    rows = [
        {
            "task": job.task,
            "arguments": dict(job.arguments),
            "run_at": None if job.run_at is None else job.run_at.isoformat(),
        }
        for job in jobs
    ]
    await connection.execute(_ENQUEUE, (Jsonb(rows),))


class GiveUp(Exception):  # noqa: N818  a decision, not a fault
    """Raised by a job that no further try can help."""


class JobRunner:
    """Runs the jobs of this desk inside the server's process.

    Tasks, sweeps and periodic work are added before `start`. A database that goes away
    makes the runner wait and go on.
    """

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._sweeps: dict[str, Sweep] = {}
        self._running: asyncio.Task[None] | None = None
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector())
        # Its lines repeat the arguments of jobs; ours name task and id only.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        self.add_periodic("sweep", "*/5 * * * *", self.sweep)
        self.add_periodic("take_up_stalled_jobs", "* * * * *", self.take_up_stalled_jobs)

    def add_task(
        self, name: str, function: JobFunction, pauses_seconds: Sequence[int] = RETRY_PAUSES_SECONDS
    ) -> None:
        """Register what runs for jobs called `name`, and the pauses between its tries."""
        retry = _Pauses(pauses_seconds, self._clock)
        self._app.task(name=name, retry=retry)(_logged(name, function))

    def add_periodic(self, name: str, cron: str, function: Callable[[], Awaitable[Any]]) -> None:
        """Run `function` when `cron` says (five fields, UTC), once among all processes."""

        async def run(timestamp: int) -> None:
            del timestamp
            await function()

        task = self._app.task(name=name, queueing_lock=name)(_logged(name, run))
        self._app.periodic(cron=cron, periodic_id=name)(task)

    def add_sweep(self, name: str, sweep: Sweep) -> None:
        """Register something that removes what has expired; it returns how many rows went."""
        self._sweeps[name] = sweep

    async def sweep(self) -> None:
        """Run every sweep now, and forget failed jobs after 30 days."""
        now = self._clock.now()
        for name, sweep in self._sweeps.items():
            removed = await sweep(self._pool, now)
            if removed:
                _log.info("swept", what=name, rows=removed)
        await self._app.job_manager.delete_old_jobs(
            nb_hours=_KEEP_FAILED_HOURS,
            include_failed=True,
            include_cancelled=True,
            include_aborted=True,
        )

    async def take_up_stalled_jobs(self) -> None:
        """Queue again what a process that died had begun."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
            _log.warning("job_taken_up_again", task=job.task_name, job_id=job.id)
            await manager.retry_job(job)

    async def start(self) -> None:
        """Begin to run jobs in a task of this event loop."""
        await self._app.open_async(self._pool)
        self._running = asyncio.create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """Let running jobs end for a moment, abort the rest (they run again later)."""
        if self._running is None:
            return
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        self._running = None
        await self._app.close_async()

    async def run_until_idle(self) -> None:
        """Run what is due and return; for tests and one-off commands."""
        async with self._app.open_async(self._pool):
            await self._app.run_worker_async(wait=False, install_signal_handlers=False)

    async def _run(self) -> None:
        pause_seconds = 1.0
        while True:
            try:
                await self._app.run_worker_async(
                    concurrency=_CONCURRENCY,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=_STOP_SECONDS,
                )
            except Exception as error:  # noqa: BLE001  whatever it was, jobs must go on
                _log.warning("jobs_interrupted", error=type(error).__name__)
            if (current := asyncio.current_task()) is not None and current.cancelling():
                return
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, 30.0)


class _Pauses(BaseRetryStrategy):
    """Try again after each of a row of pauses, then give up."""

    def __init__(self, pauses_seconds: Sequence[int], clock: Clock) -> None:
        self._pauses_seconds = pauses_seconds
        self._clock = clock

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, GiveUp) or job.attempts >= len(self._pauses_seconds):
            _log.error(
                "job_given_up", task=job.task_name, job_id=job.id, error=type(exception).__name__
            )
            return None
        pause = timedelta(seconds=self._pauses_seconds[job.attempts])
        return RetryDecision(retry_at=self._clock.now() + pause)


def _logged(name: str, function: JobFunction) -> JobFunction:
    """Log a failed try by the kind of its error: its text may hold anything."""

    async def run(**arguments: Any) -> None:
        try:
            await function(**arguments)
        except Exception as error:
            _log.warning("job_failed", task=name, error=type(error).__name__)
            raise

    return run
