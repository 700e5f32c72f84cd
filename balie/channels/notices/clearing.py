"""Settling notices: who opens a request has seen what they were told of it, on every page, device and in every digest."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from balie.channels.models import Delivery
from balie.channels.notices.giving import ring
from balie.channels.notices.models import Notice
from balie.channels.notices.reading import unread_in_sql
from balie.people.models import Person
from balie.platform import clock, live

# What has a name is in a worker's hands already.
_CLEAR = """
    WITH seen AS (
        UPDATE {notices} SET read_at = %s WHERE person_id = %s AND read_at IS NULL AND {these} RETURNING id
    ), settled AS (
        DELETE FROM {deliveries} WHERE recipient_id = %s AND purpose = 'notice' AND state IN ({pending}) AND external_id = ''
        AND {these} AND EXISTS (SELECT FROM seen)
    )
    SELECT (SELECT count(*) FROM seen), (SELECT pg_notify(%s, %s)::text FROM seen LIMIT 1),
    (SELECT count(*) FROM ({left}) AS others)
"""


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """How many notices were unread, and how many requests have something unread still, as the bell counts them."""

    count: int
    left: int


def clear(person: Person, *, ticket: int | None = None) -> Cleared:
    """They are read, of this request or of all; what was still to be sent is not sent any more.

    In one statement that also tells the other pages and counts for the bell, since every look at a request makes it.
    """
    # Of what this statement changes it sees nothing itself: the others are counted without this one.
    left, left_values = ("SELECT WHERE false", []) if ticket is None else unread_in_sql(person, but=ticket)
    these, these_values = ("true", []) if ticket is None else ("ticket_id = %s", [ticket])
    sql = _CLEAR.format(
        notices=connection.ops.quote_name(Notice._meta.db_table),
        deliveries=connection.ops.quote_name(Delivery._meta.db_table),
        pending=", ".join(f"'{state}'" for state in Delivery.PENDING),
        these=these,
        left=left,
    )
    call = live.written(f"person:{person.pk}", notices=1)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            [clock.now(), person.pk, *these_values, person.pk, *these_values, live.CHANNEL, call, *left_values],
        )
        count, _told, left_over = cursor.fetchone()
    return Cleared(count=count, left=left_over)


def unclear(person: Person, *, ticket: int) -> None:
    """The newest notice of this request is unread again, as a reminder to oneself."""
    with transaction.atomic():
        mine = Notice.objects.filter(person=person, ticket=ticket).listed()
        newest = mine.order_by("-pk").values_list("pk", flat=True).first()
        if newest and Notice.objects.filter(pk=newest, read_at__isnull=False).update(read_at=None):
            ring([person.pk])
