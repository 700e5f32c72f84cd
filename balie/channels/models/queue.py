"""Rows that are their own queue: leased by a worker, settled by it, or free again when it died.

A lease is a committed `next_attempt_at` in the future and one attempt more. So a worker that is killed loses nothing, and a
row that kills workers is counted and comes to rest. Who holds the lease is told by a number for which PostgreSQL knows whether
its owner is still connected: what a dead worker held is free again in seconds, and the lease is for when nobody can tell.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Self

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from balie.platform import clock, waking


class Queued(models.Model):
    """The columns and the moves that arrivals and deliveries share."""

    LEASE: ClassVar = timedelta(minutes=2)
    # What was abandoned more often may itself be what ends workers: it waits until its lease is over.
    MOST_ABANDONED: ClassVar = 3
    PENDING: ClassVar[tuple[str, ...]] = ()

    state = models.CharField(_("state"), max_length=10)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    held_by = models.PositiveIntegerField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        abstract = True

    @classmethod
    def lease(cls, *, at_most: int, holder: int | None = None, among: str = "true") -> list[Self]:
        """Take the rows that are due, oldest first; other workers pass them by until the lease runs out, or its holder died.

        `holder` is a `waking.Sleeper.number`; `among` is SQL of our own that says which rows.
        """
        now = clock.now()
        table = connection.ops.quote_name(cls._meta.db_table)
        pending = ", ".join(f"'{state}'" for state in cls.PENDING)
        # The names come from this file, the values go as parameters. Asked for within the update's own condition, the rows to
        # take may be looked for again for each row, and more of them taken than was asked.
        leased = list(
            cls._default_manager.raw(
                f"""
                WITH due AS MATERIALIZED (
                    SELECT id FROM {table} WHERE state IN ({pending}) AND next_attempt_at <= %s AND {among}
                    ORDER BY next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED
                )
                UPDATE {table} AS this SET attempts = attempts + 1, next_attempt_at = %s, held_by = %s
                FROM due WHERE this.id = due.id
                RETURNING this.*
                """,  # noqa: S608  (names of our own tables)
                [now, at_most, now + cls.LEASE, holder],
            )
        )
        # RETURNING keeps no order. What failed before goes last: it may end this worker.
        return sorted(leased, key=lambda row: (row.attempts, row.pk))

    @classmethod
    def free_abandoned(cls) -> int:
        """Make due what is held by those who are no longer there; returns how many rows that were."""
        now = clock.now()
        held = cls._default_manager.filter(
            state__in=cls.PENDING, next_attempt_at__gt=now, next_attempt_at__lte=now + cls.LEASE,
            held_by__isnull=False, attempts__lte=cls.MOST_ABANDONED,
        )  # fmt: skip
        holders = set(held.order_by().values_list("held_by", flat=True))
        # Whoever holds something was connected before it did: asked in this order, nobody alive is taken for dead.
        gone = holders - waking.sleepers() if holders else set()
        return held.filter(held_by__in=gone).update(next_attempt_at=now, held_by=None) if gone else 0
