"""What `/metrics` tells Prometheus: requests by route, queues by state, live streams, workers. Numbers only, no names.

Several processes answer on one port, so each scrape reaches another one. What a process counts lies in a file of its own under
`PROMETHEUS_MULTIPROC_DIR`, and any process adds all of them up; what the database knows is asked at each scrape. So two scrapes
never disagree because two processes answered them.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.db import connection
from django.db.models import Count, Max, Min, Model, QuerySet
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from balie.channels.models import Arrival, Delivery
from balie.platform import clock

CONTENT_TYPE = CONTENT_TYPE_LATEST

# Arrivals and deliveries that are settled are millions; only the others are counted.
_UNSETTLED_ARRIVALS = (Arrival.State.WAITING, Arrival.State.RETRYING, Arrival.State.FAILED)
_UNSETTLED_DELIVERIES = (Delivery.State.OWED, Delivery.State.RETRYING, Delivery.State.REFUSED)

REQUESTS = Counter("balie_requests", "Requests answered.", ["route", "method", "status"], registry=None)
REQUEST_SECONDS = Histogram(
    "balie_request_seconds",
    "Time in the page thread.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=None,
)


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request, by the name of its route."""
    REQUESTS.labels(route, method, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


@cache
def live_streams() -> Gauge:
    """How many live streams are open; made at its first use, for making it opens the process's file."""
    return Gauge("balie_live_streams", "Open live streams.", multiprocess_mode="livesum", registry=None)


def written() -> bytes:
    """Everything, as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    if _folder().is_dir():
        _forget_the_dead()
        MultiProcessCollector(registry, str(_folder()))  # type: ignore[no-untyped-call]  # untyped in prometheus_client
    return generate_latest(registry)


def begin(folder: Path) -> None:
    """Count from nothing, in this folder; before the first process of a server starts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


class FromDatabase(Collector):
    """What is asked of the database at each scrape."""

    def collect(self) -> Iterator[Metric]:
        yield _total("balie_arrivals_received", "Arrivals ever kept, by the highest id.", Arrival.objects.all())
        yield _total("balie_deliveries_owed", "Deliveries ever owed, by the highest id.", Delivery.objects.all())
        yield _by_state("balie_arrivals", "Arrivals that are not settled.", Arrival.objects.all(), _UNSETTLED_ARRIVALS)
        yield _by_state(
            "balie_deliveries", "Deliveries that are not settled.", Delivery.objects.all(), _UNSETTLED_DELIVERIES
        )
        oldest = GaugeMetricFamily(
            "balie_oldest_waiting_seconds", "Age of the oldest that waits for a worker.", labels=["queue"]
        )
        oldest.add_metric(["arrivals"], _age(Arrival.objects.filter(state__in=Arrival.PENDING), "received_at"))
        oldest.add_metric(["deliveries"], _age(Delivery.objects.filter(state__in=Delivery.PENDING), "created_at"))
        yield oldest
        workers, seconds = _workers()
        yield GaugeMetricFamily("balie_workers", "Workers that gave a sign of life within a minute.", value=workers)
        beat = GaugeMetricFamily("balie_worker_heartbeat_seconds", "Time since the last sign of life of any worker.")
        if seconds is not None:
            beat.add_metric([], seconds)
        yield beat


def _total(name: str, help_text: str, rows: "QuerySet[Model]") -> CounterMetricFamily:
    return CounterMetricFamily(name, help_text, value=rows.aggregate(highest=Max("pk"))["highest"] or 0)


def _by_state(name: str, help_text: str, rows: "QuerySet[Model]", states: tuple[str, ...]) -> GaugeMetricFamily:
    counted = dict(rows.filter(state__in=states).order_by().values_list("state").annotate(Count("pk")))
    family = GaugeMetricFamily(name, help_text, labels=["state"])
    for state in states:
        family.add_metric([str(state)], counted.get(state, 0))
    return family


def _age(rows: "QuerySet[Model]", began: str) -> float:
    oldest = rows.aggregate(oldest=Min(began))["oldest"]
    return 0.0 if oldest is None else max(0.0, (clock.now() - oldest).total_seconds())


def _workers() -> tuple[int, float | None]:
    """How many workers live, and how long ago the last of them gave a sign; procrastinate's workers do so every 10 s."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE last_heartbeat > now() - interval '1 minute'),"
            " extract(epoch FROM now() - max(last_heartbeat))::float FROM procrastinate_workers"
        )
        workers, seconds = cursor.fetchone()
    return workers, seconds


def _folder() -> Path:
    return Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def _forget_the_dead() -> None:
    """Streams of a process that was killed are not open any more."""
    for file in _folder().glob("gauge_live*_*.db"):
        process = file.stem.rpartition("_")[2]
        with suppress(PermissionError):
            try:
                os.kill(int(process), 0)
            except ProcessLookupError:
                mark_process_dead(process, str(_folder()))  # type: ignore[no-untyped-call]  # untyped in prometheus_client
