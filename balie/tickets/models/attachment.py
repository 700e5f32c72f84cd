"""A file that came or went with a message."""

from __future__ import annotations

from typing import Self

from django.db import models

from balie.people.models import Person
from balie.tickets.models.message import Message
from balie.tickets.words import Words


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about many attachments."""

    def readable_by(self, person: Person) -> Self:
        """Those of messages that the person may read."""
        return self.filter(message__in=Message.objects.readable_by(person))


class Attachment(models.Model):
    """Names a kept file by its SHA-256; `content_id` is how the message's HTML shows it in place."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True, default="")
    is_inline = models.BooleanField(default=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="attachment_file")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, words: Words, *, message: Message) -> list[Attachment]:
        """The rows for the files of these words, not yet saved."""
        return [
            cls(
                message=message, name=file.name[:255], media_type=file.media_type[:127], size=file.size,
                sha256=file.sha256, content_id=file.content_id[:255], is_inline=file.is_inline,
            )
            for file in words.files
        ]  # fmt: skip
