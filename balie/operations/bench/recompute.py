"""Another rule for a team with 50,000 open requests: how long it takes, and what replies wait for meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from django.db import connection

from balie.operations.bench.measured import Measured
from balie.people.models import Person
from balie.sla import recomputing, ruling
from balie.sla.models import Rule
from balie.sla.ruling import Wanted
from balie.teams.models import Membership, Team
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

OPEN: Final = 50_000
_ADDRESS: Final = "bench-promises"
_HOUR: Final = timedelta(hours=1)


def measure(n: int) -> Iterator[Measured]:
    """`recompute` counts requests; `recompute.reply` are answers given while it runs, `reply.alone` the same without it."""
    team, expert = _team()
    numbers = list(Ticket.objects.filter(team=team).order_by("pk").values_list("pk", flat=True))
    _set(team, expert, hours=4)
    _finish(team)
    yield _replies("recompute.reply_alone", numbers, expert, until=lambda done: done >= 100)
    _set(team, expert, hours=6)
    ended = threading.Event()
    steps: list[float] = []
    worker = threading.Thread(target=_work, args=(team, steps, ended))
    started = time.monotonic()
    worker.start()
    during = _replies("recompute.reply", numbers, expert, until=lambda _done: ended.is_set())
    worker.join()
    elapsed = time.monotonic() - started
    size = len(numbers)
    yield Measured.of(
        "recompute", size=size, concurrency=1, seconds=steps, elapsed=elapsed, each=size // max(len(steps), 1)
    )
    yield during


def _work(team: Team, steps: list[float], ended: threading.Event) -> None:
    try:
        while True:
            begun = time.monotonic()
            goes_on = recomputing.step(team.pk)
            steps.append(time.monotonic() - begun)
            if not goes_on:
                break
    finally:
        connection.close()
        ended.set()


def _replies(name: str, numbers: list[int], expert: Person, *, until: Callable[[int], bool]) -> Measured:
    seconds: list[float] = []
    started = time.monotonic()
    while not until(len(seconds)) or not seconds:
        # Spread over all of them, so that some fall into what is being recomputed.
        ticket = Ticket.objects.get(pk=numbers[len(seconds) * 7919 % len(numbers)])
        begun = time.monotonic()
        ticket.reply(by=expert, words=Words.from_text("It is on its way."))
        seconds.append(time.monotonic() - begun)
    elapsed = time.monotonic() - started
    return Measured.of(name, size=len(numbers), concurrency=1, seconds=seconds, elapsed=elapsed)


def _finish(team: Team) -> None:
    while recomputing.step(team.pk):
        pass


def _set(team: Team, expert: Person, *, hours: int) -> None:
    wanted = Wanted(response=hours * _HOUR, resolution=8 * hours * _HOUR)
    rule = Rule.objects.filter(team=team).first()
    if rule is None:
        ruling.add(team, wanted, by=expert)
    else:
        ruling.change(rule, wanted, by=expert)


def _team() -> tuple[Team, Person]:
    """The team with its open requests, made when there are none yet."""
    expert: Person = Person.objects.filter(role=Person.Role.EXPERT).earliest("pk")
    team, is_new = Team.objects.get_or_create(
        address=_ADDRESS, defaults={"name": "Bench promises", "kind": Team.Kind.OTHER, "is_visible": False}
    )
    if is_new:
        Membership.objects.create(team=team, person=expert, hears_of_new_requests=False)
        _fill(team)
    return team, expert


def _fill(team: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH people AS (SELECT array_agg(id ORDER BY id) AS ids FROM people_person WHERE role = 'employee')
            INSERT INTO tickets_ticket (subject, team_id, status_id, "group", priority, requester_id, channel, created_at,
                updated_at, last_word_at)
            SELECT 'Request ' || n, %s, %s, 'todo', 2, people.ids[1 + n %% array_length(people.ids, 1)], 'web', at, at, at
            FROM people, generate_series(1, %s) AS n
            CROSS JOIN LATERAL (SELECT now() - n * interval '1 minute' / 10 AS at) AS begun
            """,
            [team.pk, Status.preset(Group.TODO).pk, OPEN],
        )
        cursor.execute(
            """
            INSERT INTO tickets_event (ticket_id, kind, by_id, details, at)
            SELECT number, 'opened', requester_id, '{}', created_at FROM tickets_ticket WHERE team_id = %s
            """,
            [team.pk],
        )
        cursor.execute("ANALYZE tickets_ticket, tickets_event")
