"""The worker: understands arrivals, delivers what is owed, says what its author had ten seconds to take back, and runs the jobs
of procrastinate, until it is told to end."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

import psycopg
import structlog
from django.db import Error as DatabaseFault
from django.db import close_old_connections, connection
from procrastinate import App, JobContext
from procrastinate.contrib.django import app

from balie.channels import delivering, receiving
from balie.channels.models import Arrival, Delivery
from balie.channels.models.queue import Queued
from balie.channels.slack import at_once
from balie.channels.slack.sockets import Lines
from balie.config.gate import plan
from balie.organisation.plan import feature_of
from balie.platform.queues import LENGTHY
from balie.platform.waking import Sleeper
from balie.workspace import leaving
from balie.workspace.models import Draft

log = structlog.get_logger(__name__)

# Deliveries mostly wait for somebody else's server, arrivals for our processor.
DELIVERERS = 2
_NAP = 5.0
_PAUSE_WHEN_AWAY = 1.0


def work() -> None:
    """Work until SIGTERM or Ctrl-C; what was begun is finished first."""
    ending = threading.Event()
    drains = [_Drain(Arrival, receiving.understand_some, receiving.WAKE_WORD, ending)]
    rush = _Rush(drains[0])
    drains += [_Drain(Delivery, rush.deliver, delivering.WAKE_WORD, ending) for _ in range(DELIVERERS)]
    drains += [_Drain(Draft, leaving.let_some_leave, leaving.WAKE_WORD, ending, nap=leaving.LOOKS_EVERY)]
    at_once.begin()
    jobs = threading.Thread(target=_run_jobs, args=(ending,), name="jobs", daemon=True)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda _number, _frame: _end(ending))
    for thread in (*drains, jobs, Lines(ending)):
        thread.start()
    # What was read at the start stays; looking through it again and again took a tenth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    log.info("worker started")
    while not ending.wait(timeout=60):
        pass
    for drain in drains:
        drain.join(timeout=8)
    jobs.join(timeout=1)
    log.info("worker ended")


def _end(ending: threading.Event, _frame: FrameType | None = None) -> None:
    ending.set()


class _Rush:
    """While much mail comes in, only answers leave at once: confirmations and notices wait, though not for long."""

    LONGEST = 120.0  # seconds

    def __init__(self, receiving: _Drain) -> None:
        self._receiving = receiving

    def deliver(self, *, holder: int | None) -> int:
        if 1.0 < self._receiving.busy_for < self.LONGEST:
            return delivering.deliver_urgent(holder=holder)
        return delivering.deliver_some(holder=holder)


class _TakesSome(Protocol):
    def __call__(self, *, holder: int | None) -> int: ...


class _Drain(threading.Thread):
    """Takes what is due until nothing is, then sleeps until woken; now and then frees what dead workers held."""

    def __init__(
        self, queue: type[Queued], take_some: _TakesSome, word: str, ending: threading.Event, *, nap: float = _NAP
    ) -> None:
        super().__init__(name=word, daemon=True)
        self._nap = nap
        self._queue = queue
        self._take_some = take_some
        self._free_again_at = 0.0
        self._busy_since = 0.0
        self._sleeper = Sleeper([word])
        self._ending = ending

    @property
    def busy_for(self) -> float:
        """Seconds since it began to find something each time it looked; 0 while it sleeps."""
        return time.monotonic() - self._busy_since if self._busy_since else 0.0

    def run(self) -> None:
        try:
            self._drain()
        finally:
            # However it ends: a connection that nobody uses any more would be one fewer for others.
            self._sleeper.close()
            connection.close()

    def _drain(self) -> None:
        while not self._ending.is_set():
            try:
                # Listening begins before the look, so that nothing comes in between unheard.
                self._sleeper.listen()
                while not self._ending.is_set() and self._take():
                    self._busy_since = self._busy_since or time.monotonic()
                self._busy_since = 0.0
                self._sleeper.sleep(at_most=self._nap, until=self._ending.is_set)
            except (DatabaseFault, psycopg.Error) as fault:
                log.warning("database away", fault=type(fault).__name__)
                self._sleeper.close()
                connection.close()
                self._ending.wait(_PAUSE_WHEN_AWAY)
            close_old_connections()

    def _take(self) -> int:
        if time.monotonic() >= self._free_again_at:
            self._sleeper.prove_listening()
            self._queue.free_abandoned()
            self._free_again_at = time.monotonic() + _NAP
        return self._take_some(holder=self._sleeper.number)


def if_open(carry_out: Callable[[], Any], context: JobContext, _worker: object) -> Any:
    """What the plan lacks is not done: a job of the clock comes again when it is added."""
    feature = feature_of(context.task.func) if context.task else None
    return carry_out() if feature is None or plan().is_open(feature) else None


async def _run_both(jobs: App) -> None:
    """One job after the other; and beside them what takes long, so that an import of people holds nothing else up."""
    jobs.perform_import_paths()  # type: ignore[no-untyped-call]  # procrastinate's
    others = sorted({task.queue for task in jobs.tasks.values()} - {LENGTHY})
    async with jobs.open_async(), asyncio.TaskGroup() as both:
        for queues in (others, [LENGTHY]):
            both.create_task(
                jobs.run_worker_async(
                    queues=queues, install_signal_handlers=False, concurrency=1, delete_jobs="successful",
                    task_middleware=[if_open],
                )
            )  # fmt: skip


def _run_jobs(ending: threading.Event) -> None:
    """The periodic and occasional work, beside the two queues; begins again when the database was away."""
    while not ending.is_set():
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]  # Django's connector
                asyncio.run(_run_both(worker))
        except Exception as fault:
            log.warning("jobs interrupted", fault=type(fault).__name__)
        finally:
            connection.close()
        ending.wait(5)
