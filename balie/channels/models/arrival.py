"""One raw thing that came in, kept before it is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from balie.channels.models.queue import Queued
from balie.platform import clock, files
from balie.platform.gathering import later
from balie.tickets.models import Message, Ticket

# Larger ones are kept as files, so that the table stays quick to read and to back up.
LARGEST_IN_ROW = 128 * 1024


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What came beside an arrival."""

    has_siblings: bool
    recent: int


class SettledByAnother(Exception):
    """Two workers held the same arrival, after a lease ran out; the slower one gives way."""


class Arrival(Queued):
    """Unique by `kind` of channel and `external_id`, so that whatever comes twice is one row.

    The external id is `bundle:recipient`: arrivals of one bundle are the same thing for several recipients. `envelope` is what
    the door knew: who delivered it, for whom, from where. `outcome` says why nothing became of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RETRYING = "retrying", _("trying again")
        UNDERSTOOD = "understood", _("understood")
        IGNORED = "ignored", _("left aside")
        FAILED = "failed", _("failed")

    PENDING: ClassVar = (State.WAITING.value, State.RETRYING.value)

    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=400)
    bundle = models.CharField(max_length=80)
    raw = models.BinaryField(null=True)
    raw_sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    envelope = models.JSONField(default=dict)
    sender = models.CharField(max_length=320, blank=True, default="")
    outcome = models.CharField(max_length=40, blank=True, default="")
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="arrivals")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="arrivals")
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "external_id"], name="arrived_once")]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(state__in=("waiting", "retrying")),
                name="arrival_queue",
            ),
            models.Index(fields=["bundle"], name="arrival_bundle"),
            models.Index(fields=["raw_sha256"], condition=~models.Q(raw_sha256=""), name="arrival_file"),
            models.Index(fields=["state", "-id"], name="arrival_by_state"),
            models.Index(fields=["sender", "received_at"], name="arrival_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id[:12]}"

    def content(self) -> bytes:
        """The raw bytes, as they came."""
        if self.raw is not None:
            return bytes(self.raw)
        with files.open_kept(self.raw_sha256) as kept:
            return kept.read()

    @classmethod
    def surroundings(cls, arrivals: Sequence[Arrival], *, within: timedelta, at_most: int) -> dict[int, Surroundings]:
        """By the number of each: whether the same thing came for others too, and how many its sender sent up to it, counted to
        `at_most`. Every mail asks both, so that they are asked in one, for all of them."""
        table = connection.ops.quote_name(cls._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT this.id,
                    EXISTS (SELECT FROM {table} other WHERE other.bundle = this.bundle AND other.kind = this.kind
                        AND other.id <> this.id),
                    (SELECT count(*) FROM (
                        SELECT FROM {table} other WHERE other.sender = this.sender
                        AND other.received_at > this.received_at - make_interval(secs => %s)
                        AND other.received_at <= this.received_at
                        LIMIT %s
                    ) AS recent)
                FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
                    AS this (id, bundle, kind, sender, received_at)
                """,  # noqa: S608  (names of our own tables)
                [
                    within.total_seconds(), at_most, [one.pk for one in arrivals], [one.bundle for one in arrivals],
                    [one.kind for one in arrivals], [one.sender for one in arrivals],
                    [one.received_at for one in arrivals],
                ],
            )  # fmt: skip
            found = {
                pk: Surroundings(has_siblings=siblings, recent=recent) for pk, siblings, recent in cursor.fetchall()
            }
        # Those that are understood together are not yet known by their sender when they are counted.
        for at, one in enumerate(arrivals):
            before = sum(
                1
                for other in arrivals[:at]
                if other.sender == one.sender and one.received_at - within < other.received_at <= one.received_at
            )
            found[one.pk] = replace(found[one.pk], recent=min(found[one.pk].recent + before, at_most))
        return found

    def settle(self, state: str, *, message: Message | None = None, outcome: str = "") -> None:
        """It is dealt with: understood, or left aside for the reason named by `outcome`.

        Raises `SettledByAnother` when another worker was quicker, so that what this one did is undone.
        """
        self.state, self.outcome, self.error = state, outcome, ""
        self.message, self.ticket_id = message, message.ticket_id if message else None
        self.next_attempt_at, self.settled_at = None, clock.now()
        later(_settle, self)

    def try_again(self) -> None:
        """Let a worker take it at once; for whoever mended the cause."""
        if self.state in (self.State.FAILED, self.State.RETRYING):
            self.state, self.attempts, self.next_attempt_at, self.held_by = self.State.WAITING, 0, clock.now(), None
            self.save(update_fields=["state", "attempts", "next_attempt_at", "held_by"])


def _settle(arrivals: list[Arrival]) -> None:
    table = connection.ops.quote_name(Arrival._meta.db_table)
    pending = ", ".join(f"'{state}'" for state in Arrival.PENDING)
    columns = zip(
        *((a.pk, a.state, a.outcome, a.message_id, a.ticket_id, a.settled_at, a.sender) for a in arrivals), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} AS this SET state = done.state, outcome = done.outcome, error = '', message_id = done.message_id,
                ticket_id = done.ticket_id, next_attempt_at = NULL, settled_at = done.settled_at, sender = done.sender
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[])
                AS done (id, state, outcome, message_id, ticket_id, settled_at, sender)
            WHERE this.id = done.id AND this.state IN ({pending})
            """,  # noqa: S608  (names of our own tables)
            [list(column) for column in columns],
        )
        if cursor.rowcount != len(arrivals):
            raise SettledByAnother
