"""One raw thing that came in, kept before it is understood."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from balie.channels.models.queue import Queued
from balie.platform import clock, files
from balie.tickets.models import Message, Ticket

# Larger ones are kept as files, so that the table stays quick to read and to back up.
LARGEST_IN_ROW = 128 * 1024


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

    def surroundings(self, *, within: timedelta, at_most: int) -> tuple[bool, int]:
        """Whether the same thing came for others too, and how many its sender sent up to this one, counted to `at_most`.

        Two questions in one: every mail asks them.
        """
        table = connection.ops.quote_name(self._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT EXISTS (SELECT FROM {table} WHERE bundle = %s AND kind = %s AND id <> %s), (
                    SELECT count(*) FROM (
                        SELECT FROM {table} WHERE sender = %s AND received_at > %s AND received_at <= %s LIMIT %s
                    ) AS recent
                )
                """,  # noqa: S608  (names of our own tables)
                [
                    self.bundle, self.kind, self.pk, self.sender, self.received_at - within, self.received_at, at_most,
                ],
            )  # fmt: skip
            has_siblings, recent = cursor.fetchone()
        return bool(has_siblings), int(recent)

    def settle(self, state: str, *, message: Message | None = None, outcome: str = "") -> None:
        """It is dealt with: understood, or left aside for the reason named by `outcome`.

        Raises `SettledByAnother` when another worker was quicker, so that what this one did is undone.
        """
        self.state, self.outcome, self.error = state, outcome, ""
        self.message, self.ticket_id = message, message.ticket_id if message else None
        self.next_attempt_at, self.settled_at = None, clock.now()
        settled = Arrival.objects.filter(pk=self.pk, state__in=self.PENDING).update(
            state=state, outcome=outcome, error="", message=message, ticket_id=self.ticket_id,
            next_attempt_at=None, settled_at=self.settled_at, sender=self.sender,
        )  # fmt: skip
        if not settled:
            raise SettledByAnother

    def try_again(self) -> None:
        """Let a worker take it at once; for whoever mended the cause."""
        if self.state in (self.State.FAILED, self.State.RETRYING):
            self.state, self.attempts, self.next_attempt_at, self.held_by = self.State.WAITING, 0, clock.now(), None
            self.save(update_fields=["state", "attempts", "next_attempt_at", "held_by"])
