"""Where one request lives in one channel: what is answered is said there."""

from __future__ import annotations

from django.db import models

from balie.channels.models.channel import Channel
from balie.people.models import Person
from balie.tickets.models import Ticket


class Thread(models.Model):
    """`place` is the conversation and `anchor` the message in it that the thread hangs from, in the vendor's words; the anchor is
    "" until the first thing has been said there.

    `reader` is the only person who reads it, in a talk between one person and the bot; nobody in a channel that many read. It has
    no request while the person is still asked which team it is for. `card` is the message that shows where the request stands.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="threads")
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="threads")
    reader = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=64)
    anchor = models.CharField(max_length=64, blank=True, default="")
    card = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "place", "anchor"], condition=~models.Q(anchor=""), name="each_thread_once"
            )
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """How `Words.sent_to` names it."""
        return f"thread:{self.pk}"

    def fits(self, ticket: Ticket) -> bool:
        """A private team's request is spoken of to one person only."""
        return self.reader_id is not None or not ticket.is_private
