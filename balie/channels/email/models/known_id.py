"""The Message-ID of a mail that came in: what a later mail names when it answers."""

from django.db import models

from balie.tickets.models import Message


class KnownId(models.Model):
    """`msg_id` is an id as RFC 5322 has it, without angle brackets, and `message` what its mail became.

    An id that two different mails bear names neither (see `threading.py`).
    """

    msg_id = models.CharField(max_length=998)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="known_ids")

    class Meta:
        indexes = [models.Index(fields=["msg_id"], name="known_id")]

    def __str__(self) -> str:
        return self.msg_id
