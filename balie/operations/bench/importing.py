"""How fast people come over from a file: read, planned, written with their history, and what that takes of memory."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Iterator
from typing import Final

from django.db import transaction

from balie.operations import founding
from balie.operations.bench.measured import Measured
from balie.organisation.models import Organisation
from balie.people.importing import apply, make_plan, read_table
from balie.people.models import Person

PEOPLE: Final = 20_000
# Ten to a team of one supervisor.
_TEAM: Final = 10


def measure(n: int) -> Iterator[Measured]:
    """20,000 new people, then the same file with a changed department for each; nothing of it stays. `n` is not asked."""
    size = Person.objects.count()
    if not Organisation.objects.exists():
        Organisation.objects.create(name="Bench Example", language="en")
    founding.make_presets()
    with transaction.atomic():
        for name, department in (("import.new", "Sales"), ("import.changed", "Service"), ("import.same", "Service")):
            content = _file(department)
            started, spent, before = time.monotonic(), time.process_time(), _peak()
            plan = make_plan(read_table(io.BytesIO(content), "people.csv"))
            read = time.monotonic()
            apply(plan)
            ended, spent = time.monotonic(), time.process_time() - spent
            assert not plan.faults
            yield Measured.of(
                name, size=size, concurrency=1, seconds=[ended - started] * PEOPLE, elapsed=ended - started,
                plan_s=round(read - started, 2), write_s=round(ended - read, 2), cpu_s=round(spent, 2),
                peak_mb=round(_peak()), before_mb=round(before),
            )  # fmt: skip
        transaction.set_rollback(True)


def _file(department: str) -> bytes:
    lines = ["name;email;status;language;supervisor;position;department;office;phone;hire date"]
    lines += [
        f"Import Person{number:05};import{number}@bench.example;active;nl;import{number // _TEAM}@bench.example;Clerk;"
        f"{department} {number % 40};Utrecht;+31 30 555 {number:05};{1 + number % 28:02}-{1 + number % 12:02}-2019"
        for number in range(1, PEOPLE + 1)
    ]
    # Whom the first ten report to is not in the file; they report to nobody.
    lines[1:_TEAM] = [line.replace(";import0@bench.example;", ";;") for line in lines[1:_TEAM]]
    return "\n".join(lines).encode()


def _peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
