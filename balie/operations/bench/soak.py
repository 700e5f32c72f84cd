"""What the desk's programs take of memory while mails come and pages are read for a long time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings

from balie.operations.bench import pages
from balie.operations.bench.ingest import sink, workers
from balie.operations.bench.measured import Measured
from balie.operations.bench.processes import free_port, memory_mb, program
from balie.operations.bench.sending import send
from balie.tickets.models import Ticket

MAILS_A_SECOND: Final = 3
PAGES_A_SECOND: Final = 3
_SAMPLE_EVERY: Final = 60.0


def soak(*, minutes: int, say: Callable[[str], object]) -> Iterator[Measured]:
    """Web, two workers and the mail door under a steady load; says their memory each minute, and at the end the largest sum."""
    port = free_port()
    largest = 0.0
    with (
        sink(),
        pages.serving() as (web_port, web_mb),
        program("maildoor", "--host", "127.0.0.1", "--port", str(port), port=port) as door,
        workers() as working_on_it,
    ):
        ends = time.monotonic() + minutes * 60
        writer = threading.Thread(target=_write, args=(port, minutes * 60 * MAILS_A_SECOND), daemon=True)
        writer.start()
        seconds: list[float] = []
        started = sampled = time.monotonic()
        visitor = pages.Visitor(web_port, session=pages.session_of(pages.expert()))
        numbers, dice = pages.numbers(), random.Random(1)  # noqa: S311  (not a secret)
        while time.monotonic() < ends:
            begun = time.monotonic()
            visitor.get(dice.choice(["/requests/", f"/requests/{dice.choice(numbers)}", "/requests/?q=balance"]))
            seconds.append(time.monotonic() - begun)
            time.sleep(max(0.0, 1 / PAGES_A_SECOND - seconds[-1]))
            if time.monotonic() - sampled >= _SAMPLE_EVERY:
                sampled = time.monotonic()
                web, mail, work = web_mb(), memory_mb(door), sum(memory_mb(one) for one in working_on_it)
                largest = max(largest, web + mail + work)
                say(
                    f"web {web:.0f} MB, maildoor {mail:.0f} MB, workers {work:.0f} MB, together {web + mail + work:.0f} MB"
                )
        writer.join()
        elapsed = time.monotonic() - started
    yield Measured.of(
        "soak", size=Ticket.objects.count(), concurrency=1, seconds=seconds, elapsed=elapsed, largest_mb=round(largest, 1)
    )  # fmt: skip


def _write(port: int, mails: int) -> None:
    for _begun, _ended in send(port, settings.BALIE.mail_domain, sender=0, share=mails, rate=MAILS_A_SECOND):
        pass
