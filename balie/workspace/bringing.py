"""What the page of a request brings along with its rows, one statement for all of it.

Written in SQL, since these never differ: PostgreSQL is done with them sooner than Django would have put them into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django.db.models import BigIntegerField, BooleanField, DateTimeField, Field, JSONField
from django.db.models.expressions import RawSQL

from balie.people.models import Person
from balie.platform.prepared import Prepared
from balie.tickets.models import Ticket
from balie.tickets.models.ticket import TicketQuerySet, worked_on_in_sql

_FOLLOWERS: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', one.id, 'name', one.name) ORDER BY one.name, one.id), '[]')
    FROM tickets_follower JOIN people_person AS one ON one.id = person_id WHERE ticket_id = tickets_ticket.number"""
_TASKS: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', task.id, 'title', title, 'assignee', one.name, 'due_on', due_on, 'done_at', done_at
    ) ORDER BY position, task.id), '[]')
    FROM tickets_task AS task LEFT JOIN people_person AS one ON one.id = assignee_id
    WHERE task.ticket_id = tickets_ticket.number"""
# Who works on a request sees its projects by that alone.
_PROJECTS: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', one.id, 'name', one.name) ORDER BY one.name, one.id), '[]')
    FROM tickets_inclusion JOIN tickets_project AS one ON one.id = project_id WHERE ticket_id = tickets_ticket.number"""
# What its requester thought of the answer, once it was said.
_RATED: Final = """
    SELECT jsonb_build_object('score', score, 'comment', comment, 'changed_at', changed_at)
    FROM tickets_rating AS one WHERE one.ticket_id = tickets_ticket.number AND score IS NOT NULL
    ORDER BY changed_at DESC LIMIT 1"""
_CLOCKS: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'goal', goal, 'state', state, 'due_at', due_at, 'is_over', ended_at IS NOT NULL, 'is_paused', paused_at IS NOT NULL
    ) ORDER BY goal DESC, "round"), '[]')
    FROM sla_clock WHERE ticket_id = tickets_ticket.number AND state <> 'cancelled'"""
_ABSORBED: Final = """
    SELECT coalesce(jsonb_agg(one.number ORDER BY one.number), '[]') FROM tickets_ticket AS one
    WHERE one.merged_into_id = tickets_ticket.number"""
_SEEN: Final = "SELECT seen_at FROM tickets_sight WHERE person_id = %s AND ticket_id = tickets_ticket.number"
_NEWEST: Final = "SELECT coalesce(max(id), 0) FROM tickets_message WHERE ticket_id = tickets_ticket.number"

# Of a message: the event that it is told by, the deliveries that bring it, and whether the mail itself is there. Of what there
# is none, as of most, nothing comes, and nothing has to be read.
_EVENT: Final = """
    SELECT min(id) FROM tickets_event
    WHERE message_id = tickets_message.id AND kind IN ('opened', 'heard', 'replied', 'noted')"""
_DELIVERIES: Final = """
    SELECT jsonb_agg(jsonb_build_object(
        'pk', id, 'state', state, 'address', address, 'error', error, 'next_attempt_at', next_attempt_at, 'sent_at', sent_at
    ) ORDER BY id)
    FROM channels_delivery WHERE message_id = tickets_message.id AND purpose = 'reply'"""
_ORIGINAL: Final = """
    SELECT EXISTS (SELECT FROM channels_arrival WHERE message_id = tickets_message.id AND kind = 'email')"""
_FILES: Final = """
    SELECT jsonb_agg(jsonb_build_object(
        'id', id, 'name', name, 'size', size, 'content_id', content_id, 'is_inline', is_inline
    ) ORDER BY id)
    FROM tickets_attachment WHERE message_id = tickets_message.id"""


def worked_on(person: Person, number: int) -> Ticket | None:
    """The request with all that its page shows, if the person works on it. `linked` are only those that they work on too."""
    mine, of_mine = worked_on_in_sql(person, "tickets_ticket")
    other, of_other = worked_on_in_sql(person, "one")
    values = {f"mine_{place}": value for place, value in enumerate(of_mine)}
    values |= {f"other_{place}": value for place, value in enumerate(of_other)}
    return _prepared(mine, other, *values).first(number=number, reader=person.pk, **values)


@lru_cache(maxsize=16)
def _prepared(mine: str, other: str, *names: str) -> Prepared[Ticket]:
    """By what the gate says of the request and of those that are linked to it, in its own words."""

    def question(number: int, reader: int, **values: int) -> TicketQuerySet:
        of_mine = [value for name, value in values.items() if name.startswith("mine_")]
        of_other = [value for name, value in values.items() if name.startswith("other_")]
        return (
            Ticket.objects.filter(_sql(mine, BooleanField(), *of_mine), pk=number)
            .annotate(**_with_request(reader, other, of_other))
            .select_related("team", "category", "status", "requester", "assignee")
        )

    return Prepared(question, "number", "reader", *names)


def _with_request(reader: int, other: str, values: Sequence[int]) -> dict[str, RawSQL]:
    linked = f"""
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'number', one.number, 'subject', one.subject, 'group', one."group", 'key', stage.key, 'names', stage.names,
            'shade', stage.shade
        ) ORDER BY one.number), '[]')
        FROM (
            SELECT higher_id AS number FROM tickets_link WHERE lower_id = tickets_ticket.number
            UNION ALL SELECT lower_id FROM tickets_link WHERE higher_id = tickets_ticket.number
        ) AS link
        JOIN tickets_ticket AS one ON one.number = link.number JOIN tickets_status AS stage ON stage.id = one.status_id
        WHERE {other}"""  # noqa: S608  (fixed parts; values go as parameters)
    return {
        "linked": _sql(linked, JSONField(), *values),
        "people": _sql(_FOLLOWERS, JSONField()),
        "checklist": _sql(_TASKS, JSONField()),
        "undertakings": _sql(_PROJECTS, JSONField()),
        "promised": _sql(_CLOCKS, JSONField()),
        "rated": _sql(_RATED, JSONField()),
        "swallowed": _sql(_ABSORBED, JSONField()),
        "seen_at": _sql(_SEEN, DateTimeField(), reader),
        "newest": _sql(_NEWEST, BigIntegerField()),
    }


def with_message() -> dict[str, RawSQL]:
    """Of each message that is shown. `enclosed` are its files, as `channels/web/letters.py` shows them."""
    return {
        "event": _sql(_EVENT, BigIntegerField()),
        "owed": _sql(_DELIVERIES, JSONField()),
        "has_original": _sql(_ORIGINAL, BooleanField()),
        "enclosed": _sql(_FILES, JSONField()),
    }


def _sql(statement: str, kind: Field[Any, Any], *values: Any) -> RawSQL:
    return RawSQL(statement, values, output_field=kind)  # noqa: S611  (statements of this file; values go as parameters)
