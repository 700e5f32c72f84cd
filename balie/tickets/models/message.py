"""One thing said about a request: a reply that its participants read, or a note for the team only."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.tickets.words import SenderCheck, Words


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about many messages."""

    def readable_by(self, person: Person) -> Self:
        """All of them for whoever works on the request; without the notes for everybody else."""
        from balie.tickets.models.ticket import Ticket

        worked_on = Ticket.objects.worked_on_by(person).values("pk")
        return self.filter(
            models.Q(ticket__in=worked_on)
            | models.Q(ticket__in=Ticket.objects.visible_to(person).values("pk"), kind=Message.Kind.REPLY)
        )


class Message(models.Model):
    """`text` is what the person wrote; `html` the same, cleaned; `folded_html` history and signature beneath it."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        NOTE = "note", _("note")

    class Direction(models.TextChoices):
        IN = "in", _("in")
        OUT = "out", _("out")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="messages", db_index=False)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.REPLY)
    direction = models.CharField(max_length=3, choices=Direction)
    text = models.TextField()
    html = models.TextField()
    folded_html = models.TextField(blank=True, default="")
    channel = models.CharField(max_length=16)
    is_automatic = models.BooleanField(default=False)
    sender_check = models.CharField(
        max_length=4, choices=[(check.value, check.name) for check in SenderCheck], default=SenderCheck.PROVEN
    )
    created_at = models.DateTimeField()
    mentions = models.ManyToManyField(Person, related_name="mentioned_in", blank=True)

    # The addresses that had it by the same mail; read by the reactions of the very commit that makes it.
    sent_to: tuple[str, ...] = ()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="message_of_ticket"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @classmethod
    def of(cls, words: Words, **facts: Any) -> Message:
        """The row for these words, not yet saved; `facts` are its other columns."""
        message = cls(
            text=words.text, html=words.html, folded_html=words.folded_html,
            is_automatic=words.is_automatic, sender_check=words.sender_check, **facts,
        )  # fmt: skip
        message.sent_to = words.sent_to
        return message

    @property
    def is_note(self) -> bool:
        return self.kind == self.Kind.NOTE
