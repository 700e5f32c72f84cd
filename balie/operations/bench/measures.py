"""The measures there are, by name."""

from collections.abc import Callable, Iterator
from typing import Final

from balie.operations.bench import clocks, floor, importing, ingest, live, pages, recompute, slack
from balie.operations.bench.measured import Measured

MEASURES: Final[dict[str, Callable[[int], Iterator[Measured]]]] = {
    "floor": floor.measure,
    "ingest": ingest.measure,
    "inbox": pages.inbox,
    "request": pages.request,
    "reply": pages.reply,
    "search": pages.search,
    "empty": pages.empty,
    "live": live.measure,
    "clocks": clocks.measure,
    "slack": slack.measure,
    "import": importing.measure,
    "recompute": recompute.measure,
}
