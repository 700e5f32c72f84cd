"""The limit to compare with: the rows of one request, written by bare SQL in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
from django.db import connection, transaction

from balie.channels.models import Arrival
from balie.operations.bench.measured import Measured
from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Event, Message, Status, Ticket
from balie.tickets.models.status import Group


def measure(n: int) -> Iterator[Measured]:
    """One writer, one commit for the arrival and one for what it becomes; everything is taken back at the end."""
    size = Ticket.objects.count()
    team, person = Team.objects.earliest("pk"), Person.objects.earliest("pk")
    values = (team.pk, Status.preset(Group.TODO).pk, person.pk)
    numbers: list[int] = []
    seconds = []
    started = time.monotonic()
    for number in range(n):
        begun = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ARRIVAL, [f"floor:{started}:{number}"])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_REQUEST, values)
            numbers.append(cursor.fetchone()[0])
        seconds.append(time.monotonic() - begun)
    elapsed = time.monotonic() - started
    Ticket.objects.filter(pk__in=numbers).delete()
    Arrival.objects.filter(external_id__startswith=f"floor:{started}").delete()
    yield Measured.of("floor", size=size, concurrency=1, seconds=seconds, elapsed=elapsed)


def _name(model: type) -> str:
    return psycopg.sql.Identifier(model._meta.db_table).as_string(None)  # type: ignore[attr-defined]  # every model has it


_ARRIVAL = f"""
    INSERT INTO {_name(Arrival)} (kind, external_id, bundle, raw, raw_sha256, size, envelope, sender, outcome, state, attempts,
        error, received_at)
    VALUES ('email', %s, '', repeat('x', 5000)::bytea, '', 5000, '{{}}', '', '', 'understood', 1, '', now())
"""  # noqa: S608  (names of our own tables)
_REQUEST = f"""
    WITH made AS (
        INSERT INTO {_name(Ticket)} (subject, team_id, status_id, "group", priority, requester_id, channel, created_at,
            updated_at, last_word_at)
        VALUES ('A subject of the usual length', %s, %s, 'todo', 2, %s, 'email', now(), now(), now())
        RETURNING number, requester_id
    ), said AS (
        INSERT INTO {_name(Message)} (ticket_id, author_id, kind, direction, text, html, folded_html, channel, is_automatic,
            sender_check, created_at)
        SELECT number, requester_id, 'reply', 'in', repeat('some words ', 130), repeat('some words ', 130), '', 'email', false,
            'none', now() FROM made RETURNING id, ticket_id, author_id
    )
    INSERT INTO {_name(Event)} (ticket_id, kind, by_id, message_id, details, at)
    SELECT ticket_id, 'opened', author_id, id, '{{}}', now() FROM said RETURNING ticket_id
"""  # noqa: S608  (names of our own tables)
