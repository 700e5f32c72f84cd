"""What a message said before its author changed or deleted it; for experts."""

from __future__ import annotations

from django.db import models

from balie.tickets.models.message import Message


class FormerWords(models.Model):
    """Stood there until then."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="former_words")
    text = models.TextField()
    html = models.TextField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "former words"

    def __str__(self) -> str:
        return self.text[:60]
