"""`balie bench fill`: a company of realistic size, by bulk insert inside PostgreSQL.

A million requests with three messages each, 2 in 100 still open, 200 experts in 20 teams, 5,000 employees, four languages.
The first expert works in three small teams that hold 6 in 100 of all requests, as the measures ask.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from typing import Final

from django.db import connection, transaction
from django.db.models import Model

from balie.channels.email.models import KnownId
from balie.channels.models import Arrival, Delivery
from balie.operations import founding
from balie.operations.bench import vocabulary
from balie.organisation.models import Organisation
from balie.people.models import Identity, Person, Role, RoleAssignment
from balie.platform import clock
from balie.sla.models import Clock
from balie.teams.models import Category, Membership, Team
from balie.tickets.models import Event, Message, SearchEntry, Status, Ticket

_LARGE = (Ticket, Message, Event, Delivery, Arrival, KnownId, Clock)
_ENTRIES_AT_ONCE: Final = 20_000


class NotEmpty(Exception):
    """There are requests already: the bench fills an empty desk only."""


def fill(*, requests: int, say: Callable[[str], object]) -> None:
    """Make the company; `say` is told each step with its seconds."""
    if Ticket.objects.exists():
        raise NotEmpty
    with _said("people and teams", say), transaction.atomic():
        _people_and_teams()
    with _said("letters", say), transaction.atomic():
        _letters()
    with _without_indexes([SearchEntry], say):
        with _without_indexes(_LARGE, say), _without_search():
            for name in ("requests", "messages"):
                _insert(name, requests, say)
            # What follows from the messages, and touches no row of another.
            _by_two(
                partial(_insert, name, requests, say)
                for name in ("events", "arrivals", "known ids", "deliveries", "promises")
            )
        with _said("search entries", say):
            _write_search_entries()
    with _said("analyze", say):
        _run("DROP TABLE bench_letters")
        for model in _LARGE:
            _run(f"SELECT setval(pg_get_serial_sequence('{_t(model)}', '{model._meta.pk.column}'), "  # noqa: S608  (names of our own tables)
                 f"greatest((SELECT max({model._meta.pk.column}) FROM {_t(model)}), 1))")  # fmt: skip
        large = [model._meta.db_table for model in (SearchEntry, *_LARGE)]
        _by_two(partial(_run, f'VACUUM (ANALYZE) "{table}"') for table in large)
        others = sorted({*connection.introspection.table_names()} - {*large})
        _run("ANALYZE " + ", ".join(f'"{table}"' for table in others))


def _people_and_teams() -> None:
    if not Organisation.objects.exists():
        Organisation.objects.create(name="Bench Example", language="en", activated_at=clock.now())
    founding.make_presets()
    people = [
        Person(
            name=f"Person Number{number:05}",
            email=f"p{number}@{vocabulary.DOMAIN}",
            password="!",  # noqa: S106  (marks a password that no one can use)
            language=vocabulary.LANGUAGES[number % 4],
            time_zone="Europe/Amsterdam",
            role=Person.Role.EXPERT if number <= vocabulary.EXPERTS else Person.Role.EMPLOYEE,
        )
        for number in range(1, vocabulary.EMPLOYEES + 1)
    ]
    Person.objects.bulk_create(people, batch_size=1000)
    expert = Role.objects.starting(Role.Preset.EXPERT)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(role=expert, person=person) for person in people[: vocabulary.EXPERTS]
    )
    Identity.objects.bulk_create(
        (Identity(person=person, kind=Identity.EMAIL, external_id=person.email) for person in people), batch_size=1000
    )
    teams = [
        Team(name=f"Team {number:02}", address=f"team{number}", kind=Team.Kind.OTHER)
        for number in range(vocabulary.TEAMS)
    ]
    Team.objects.bulk_create(teams)
    Category.objects.bulk_create(Category(team=team, name=f"Category {n}") for team in teams for n in range(5))
    memberships = {(teams[number % vocabulary.TEAMS].pk, people[number].pk) for number in range(vocabulary.EXPERTS)}
    memberships |= {(teams[number].pk, people[0].pk) for number in range(3)}
    # Nobody is told of new requests by mail here: what is measured is the way in.
    Membership.objects.bulk_create(
        Membership(team_id=team, person_id=person, hears_of_new_requests=False) for team, person in sorted(memberships)
    )


def _letters() -> None:
    _run("CREATE TABLE bench_letters (id integer PRIMARY KEY, body text)")
    with connection.cursor() as cursor, cursor.copy("COPY bench_letters FROM STDIN") as copy:
        number = 0
        for language in vocabulary.LANGUAGES:
            for body in vocabulary.bodies(language):
                copy.write_row((number, body))
                number += 1


def _t(model: type) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # type: ignore[attr-defined]  # every model has it


# Everything is computed from a request's number, so that each run makes the same company.
_LETTERS: Final = len(vocabulary.LANGUAGES) * vocabulary.BODIES_PER_LANGUAGE

_STATEMENTS: Final[dict[str, str]] = {}


def _statement(name: str, template: str) -> None:
    _STATEMENTS[name] = _statement_of(template)


def _statement_of(template: str) -> str:
    tables = {
        "teams": _t(Team), "tickets": _t(Ticket), "messages": _t(Message), "events": _t(Event), "people": _t(Person),
        "deliveries": _t(Delivery), "arrivals": _t(Arrival), "known": _t(KnownId), "statuses": _t(Status),
        "memberships": _t(Membership), "categories": _t(Category), "clocks": _t(Clock), "entries": _t(SearchEntry),
    }  # fmt: skip
    text = template.replace("{letters}", str(_LETTERS))
    for key, table in tables.items():
        text = text.replace("{" + key + "}", table)
    return text


_statement(
    "requests",
    """
    WITH people AS (SELECT array_agg(id ORDER BY id) AS ids FROM {people} WHERE email LIKE 'p%%@bench.example'),
    teams AS (SELECT array_agg(id ORDER BY id) AS ids FROM {teams} WHERE address LIKE 'team%%'),
    statuses AS (SELECT jsonb_object_agg(key, id) AS ids FROM {statuses})
    INSERT INTO {tickets} (number, subject, team_id, category_id, status_id, "group", priority, requester_id, assignee_id,
        channel, created_at, updated_at, last_word_at, first_response_at, resolved_at)
    SELECT n, initcap(split_part(letter.body, '.', 1)), teams.ids[team::int], NULL,
        (statuses.ids ->> grp)::bigint, grp, (1 + n %% 4)::smallint,
        people.ids[(1 + (n * 7919) %% array_length(people.ids, 1))::int],
        CASE WHEN n %% 3 = 0 THEN NULL ELSE people.ids[(1 + (team - 1) + 20 * (n %% 10))::int] END,
        'email', begun, begun + interval '5 hours', begun + interval '4 hours', begun + interval '1 hour',
        CASE WHEN grp = 'resolved' THEN begun + interval '5 hours' END
    FROM (
        SELECT n, CASE WHEN n %% 50 < 3 THEN 1 + n %% 50 ELSE 4 + n %% 17 END AS team,
            CASE WHEN n %% 47 <> 0 THEN 'resolved' WHEN n %% 3 = 0 THEN 'todo' WHEN n %% 3 = 1 THEN 'in_progress'
                 ELSE 'waiting' END AS grp,
            now() - interval '3 years' * (1 - n::float8 / %(total)s::float8) - interval '6 hours' AS begun
        FROM generate_series(1::bigint, %(total)s::bigint) AS n
    ) AS made
    JOIN bench_letters letter ON letter.id = n %% {letters}, people, teams, statuses
    """,
)
_statement(
    "messages",
    """
    INSERT INTO {messages} (ticket_id, author_id, kind, direction, text, html, folded_html, channel, is_automatic,
        sender_check, created_at)
    SELECT t.number, CASE WHEN k = 1 THEN coalesce(t.assignee_id, t.requester_id) ELSE t.requester_id END, 'reply',
        CASE WHEN k = 1 THEN 'out' ELSE 'in' END, said.text, '<p>' || said.text || '</p>', '', 'email', false, 'none',
        t.created_at + k * interval '2 hours'
    FROM {tickets} t CROSS JOIN generate_series(0, 2) AS k
    JOIN bench_letters letter ON letter.id = (t.number * 3 + k * 6661) %% {letters}
    CROSS JOIN LATERAL (SELECT letter.body || ' ref' || to_hex(t.number / 4) ||
        CASE WHEN t.number %% 5 = 0 AND k = 0 THEN ' balance' ELSE '' END AS text) AS said
    WHERE %(total)s::bigint > 0
    """,
)
_statement(
    "events",
    """
    INSERT INTO {events} (ticket_id, kind, by_id, message_id, details, at)
    SELECT m.ticket_id, CASE WHEN m.direction = 'out' THEN 'replied' WHEN m.created_at = t.created_at THEN 'opened'
        ELSE 'heard' END, m.author_id, m.id, '{}', m.created_at
    FROM {messages} m JOIN {tickets} t ON t.number = m.ticket_id WHERE %(total)s::bigint > 0
    """,
)
_statement(
    "deliveries",
    """
    INSERT INTO {deliveries} (state, attempts, error, kind, purpose, about, address, recipient_id, ticket_id, message_id,
        event_id, external_id, created_at, sent_at)
    SELECT 'sent', 1, '', 'email', 'reply', '', p.email, p.id, m.ticket_id, m.id, NULL, 'bench' || m.id, m.created_at,
        m.created_at
    FROM {messages} m JOIN {tickets} t ON t.number = m.ticket_id JOIN {people} p ON p.id = t.requester_id
    WHERE m.direction = 'out' AND %(total)s::bigint > 0
    """,
)
_statement(
    "arrivals",
    """
    INSERT INTO {arrivals} (state, attempts, error, kind, external_id, bundle, raw, raw_sha256, size, envelope, sender,
        outcome, ticket_id, message_id, received_at, settled_at)
    SELECT 'understood', 1, '', 'email', md5(m.id::text) || ':bench', md5(m.id::text), convert_to(m.text, 'UTF8'), '',
        length(m.text), '{"door": "smtp"}', p.email, '', m.ticket_id, m.id, m.created_at, m.created_at
    FROM {messages} m JOIN {people} p ON p.id = m.author_id WHERE m.direction = 'in' AND %(total)s::bigint > 0
    """,
)
_statement(
    "promises",
    """
    WITH rules AS (
        INSERT INTO sla_rule (team_id, is_general, response, resolution, on_reopening, warns_at)
        SELECT id, true, interval '4 hours', interval '24 hours', 'continue', 75 FROM {teams} WHERE address LIKE 'team%%'
        RETURNING id, team_id
    ), clocks AS (
        INSERT INTO {clocks} (ticket_id, rule_id, goal, round, target, state, started_at, due_at, paused_at, elapsed)
        SELECT t.number, rules.id, 'resolution', 0, interval '24 hours',
            CASE WHEN t."group" = 'waiting' THEN 'paused' ELSE 'running' END, t.created_at,
            CASE WHEN t."group" <> 'waiting' THEN now() + t.number %% 20000 * interval '1 minute' END,
            CASE WHEN t."group" = 'waiting' THEN t.last_word_at END, interval '0'
        FROM {tickets} t JOIN rules ON rules.team_id = t.team_id WHERE t."group" <> 'resolved' AND %(total)s::bigint > 0
    )
    UPDATE {tickets} AS t SET promises = ARRAY[CASE WHEN t."group" = 'waiting' THEN 'paused' ELSE 'running' END],
        next_due_at = CASE WHEN t."group" <> 'waiting' THEN now() + t.number %% 20000 * interval '1 minute' END
    WHERE t."group" <> 'resolved'
    """,
)
_statement(
    "known ids",
    """
    INSERT INTO {known} (msg_id, message_id)
    SELECT 'bench-' || id || '@bench.example', id FROM {messages} WHERE direction = 'in' AND %(total)s::bigint > 0
    """,
)


def _insert(name: str, requests: int, say: Callable[[str], object]) -> None:
    with _said(name, say):
        _run(_STATEMENTS[name], requests)


def _by_two(steps: Iterable[Callable[[], object]]) -> None:
    """Two steps at a time, each by a connection of its own."""

    def run(step: Callable[[], object]) -> None:
        with closing(connection):
            step()

    with ThreadPoolExecutor(max_workers=2) as both:
        list(both.map(run, steps))


def _run(statement: str, total: int | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(statement, {"total": total} if total is not None else None)


@contextmanager
def _said(name: str, say: Callable[[str], object]) -> Iterator[None]:
    begun = time.monotonic()
    yield
    say(f"{name}: {time.monotonic() - begun:.0f} s")


@contextmanager
def _without_search() -> Iterator[None]:
    """What the triggers write about a message looks things up by indexes that are not there yet."""
    _run(f"ALTER TABLE {_t(Message)} DISABLE TRIGGER search_new_messages")
    yield
    _run(f"ALTER TABLE {_t(Message)} ENABLE TRIGGER search_new_messages")


def _write_search_entries() -> None:
    """In the shape that `balie_index` gives them, which would take the same letters to pieces a thousand times; by two
    connections."""
    _run(_statement_of(_VECTORS))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM {_t(Message)}")  # noqa: S608  (a name of our own table)
        first, last = cursor.fetchone()

    entries = _statement_of(_ENTRIES)
    _by_two(
        partial(_run, entries.replace("{begin}", str(begin)).replace("{end}", str(begin + _ENTRIES_AT_ONCE)))
        for begin in range(first, last + 1, _ENTRIES_AT_ONCE)
    )
    _run("DROP TABLE bench_vectors")


_VECTORS: Final = """
    CREATE TABLE bench_vectors AS
    SELECT id, said, strip(to_tsvector(dictionary, plain)) AS stems,
        setweight(to_tsvector('simple', subject), 'A') || setweight(to_tsvector(dictionary, subject), 'A') AS subject
    FROM (
        SELECT letter.id, balie_plain(letter.body) AS plain, balie_plain(split_part(letter.body, '.', 1)) AS subject
        FROM bench_letters letter OFFSET 0
    ) AS made
    CROSS JOIN LATERAL (SELECT to_tsvector('simple', plain) AS said OFFSET 0) AS told
    CROSS JOIN LATERAL (SELECT balie_dictionary(said, 'english')::regconfig AS dictionary OFFSET 0) AS spoken
"""
_ENTRIES: Final = """
    INSERT INTO {entries} (message_id, ticket_id, team_id, at, is_note, words)
    SELECT m.id, t.number, t.team_id, m.created_at, false,
        subject.subject || letter.said || to_tsvector('simple', right(m.text, 24)) || letter.stems || array_to_tsvector(ARRAY[
            't:' || t.team_id, 't:' || t.team_id || '/' || month, 'm:' || month, 'r:' || t.requester_id, 'a:' || m.author_id
        ])
    FROM {messages} m JOIN {tickets} t ON t.number = m.ticket_id
    CROSS JOIN LATERAL (
        SELECT to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
            extract(epoch FROM m.created_at - t.created_at)::bigint / 7200 AS k OFFSET 0
    ) AS place
    JOIN bench_vectors letter ON letter.id = (t.number * 3 + place.k * 6661) % {letters}
    JOIN bench_vectors subject ON subject.id = t.number % {letters}
    WHERE m.id >= {begin} AND m.id < {end}
"""


@contextmanager
def _without_indexes(models: Sequence[type[Model]], say: Callable[[str], object]) -> Iterator[None]:
    """Indexes and foreign keys are made after the rows: an index built at once costs a tenth of one kept up to date."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [tables],
        )
        foreign = cursor.fetchall()
        cursor.execute(
            "SELECT quote_ident(indexname), indexdef FROM pg_indexes i WHERE tablename = ANY(%s) AND NOT EXISTS "
            "(SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
            [tables],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in foreign:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    _by_two(partial(_make_index, name, definition, say) for name, definition in indexes)
    # Adding one locks the other table too; proving it does not, so that two connections can prove them.
    for table, name, definition in foreign:
        _run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
    with _said("foreign keys", say):
        _by_two(
            partial(_prove, [(table, name) for table, name, _definition in foreign if table == one]) for one in tables
        )


def _make_index(name: str, definition: str, say: Callable[[str], object]) -> None:
    with _said(f"index {name}", say):
        _run(definition)


def _prove(constraints: Iterable[tuple[str, str]]) -> None:
    for table, name in constraints:
        _run(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
