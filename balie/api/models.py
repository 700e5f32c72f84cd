"""Answers that were given to requests with an `Idempotency-Key`, so that asking again changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import models

from balie.people.models import Person
from balie.platform import clock

KEPT_FOR: Final = timedelta(hours=24)


class Answer(models.Model):
    """`name` is a digest of person, address and key; `asked` is one of what was sent with it."""

    name = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=100, blank=True, default="")
    location = models.CharField(max_length=300, blank=True, default="")
    given_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.status}"

    @classmethod
    def forget_old(cls) -> int:
        """Remove what is older than a day; returns how many."""
        return cls.objects.filter(given_at__lt=clock.now() - KEPT_FOR).delete()[0]
