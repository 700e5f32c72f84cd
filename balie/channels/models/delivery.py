"""One thing owed to one recipient, until the other side has taken it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.channels.models.queue import Queued
from balie.channels.models.thread import Thread
from balie.people.models import Person
from balie.platform import clock
from balie.platform.live import tell
from balie.tickets.models import Event, Message, Ticket

GIVES_UP_AFTER = timedelta(days=2)
# Why nothing was sent although nothing went wrong.
NO_LONGER_ALLOWED: Final = "no longer allowed"
OVERTAKEN: Final = "overtaken"
NOTHING_WRONG: Final = (NO_LONGER_ALLOWED, OVERTAKEN)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=4)


class Delivery(Queued):
    """`external_id` is the name that the other side will know it by (a Message-ID), given before the first try.

    `raw` holds a mail that was composed elsewhere (sign-in links) and is emptied once it has gone.
    """

    class State(models.TextChoices):
        OWED = "owed", _("on its way")
        RETRYING = "retrying", _("trying again")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused")

    class Purpose(models.TextChoices):
        REPLY = "reply", _("reply")
        CONFIRMATION = "confirmation", _("confirmation")
        NOTICE = "notice", _("notice")
        ACCOUNT = "account", _("sign-in")
        CARD = "card", _("status")

    PENDING: ClassVar = (State.OWED.value, State.RETRYING.value)

    kind = models.CharField(max_length=16)
    purpose = models.CharField(max_length=12, choices=Purpose)
    address = models.CharField(max_length=320)
    recipient = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="deliveries")
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    # The reason of a notice, see channels/notices/kinds.py.
    about = models.CharField(max_length=12, blank=True, default="")
    # Where it is said, when that is no address of one person.
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries")
    external_id = models.CharField(max_length=255, blank=True, default="")
    raw = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipient", "purpose"], condition=models.Q(event__isnull=False), name="owed_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(state__in=("owed", "retrying")),
                name="delivery_queue",
            ),
            models.Index(
                fields=["ticket", "recipient", "id"],
                condition=models.Q(state__in=("owed", "retrying"), purpose="reply"),
                name="delivery_in_order",
            ),
            models.Index(
                fields=["thread", "id"],
                condition=models.Q(state__in=("owed", "retrying"), thread__isnull=False),
                name="delivery_in_thread",
            ),
            models.Index(fields=["recipient", "id"], name="delivery_to"),
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    def take(self) -> None:
        """The other side has it."""
        self.state, self.error, self.raw = self.State.SENT, "", None
        self.next_attempt_at, self.sent_at = None, clock.now()
        self.save(update_fields=["state", "error", "raw", "next_attempt_at", "sent_at"])
        self._tell_open_pages()

    def put_off(self, error: str, *, at_most: timedelta = _LONGEST_PAUSE) -> None:
        """It did not work this time: later again, for two days; then it is refused, and shown."""
        if clock.now() - self.created_at > GIVES_UP_AFTER:
            self.refuse(error)
            return
        pause = min(_FIRST_PAUSE * 2 ** min(max(self.attempts - 1, 0), 12), at_most)
        self.state, self.error, self.next_attempt_at = self.State.RETRYING, error[:2000], clock.now() + pause
        self.held_by = None
        self.save(update_fields=["state", "error", "next_attempt_at", "held_by"])
        self._tell_open_pages()

    def postpone(self, until: datetime) -> None:
        """Not its turn yet, which is no failure."""
        self.state, self.next_attempt_at, self.held_by = self.State.OWED, until, None
        self.attempts = max(self.attempts - 1, 0)
        self.save(update_fields=["state", "next_attempt_at", "held_by", "attempts"])

    def wait(self, error: str) -> None:
        """Its channel is disconnected: until somebody connects it again."""
        self.state, self.error, self.next_attempt_at, self.held_by = self.State.RETRYING, error, None, None
        self.save(update_fields=["state", "error", "next_attempt_at", "held_by"])
        self._tell_open_pages()

    def refuse(self, error: str) -> None:
        """The other side will never take it."""
        self.state, self.error, self.next_attempt_at = self.State.REFUSED, error[:2000], None
        self.save(update_fields=["state", "error", "next_attempt_at"])
        if self.purpose == self.Purpose.REPLY and self.ticket is not None and error not in NOTHING_WRONG:
            Event.record(self.ticket, kind=Event.Kind.UNDELIVERED, by=None, message=self.message, delivery=self.pk)
        self._tell_open_pages()

    def try_again(self) -> None:
        """Somebody asks for another try, with two days more."""
        if self.state in (self.State.REFUSED, self.State.RETRYING):
            self.state, self.attempts = self.State.OWED, 0
            self.created_at = self.next_attempt_at = clock.now()
            self.held_by = None
            self.save(update_fields=["state", "attempts", "created_at", "next_attempt_at", "held_by"])
            self._tell_open_pages()

    def _tell_open_pages(self) -> None:
        """How an answer goes is shown beside it, to those who work on the request."""
        if self.purpose == self.Purpose.REPLY and self.message is not None:
            ticket = self.message.ticket
            tell(f"team:{ticket.team_id}", ticket=ticket.pk, message=self.message.pk, delivery=self.pk)
