"""An API token: lets a program act as one person."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from balie.people.models.person import Person
from balie.platform import clock, secrets


class ApiToken(models.Model):
    """Kept as a digest only; the token itself is shown once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, *, person: Person, name: str) -> str:
        """Make a token for the person and return it; it cannot be read again."""
        token = secrets.new_token()
        cls.objects.create(person=person, name=name, digest=secrets.digest(token))
        return token

    @classmethod
    def holder(cls, token: str) -> Person | None:
        """Whoever may act with this token, or nobody."""
        found = (
            cls.objects.select_related("person").filter(digest=secrets.digest(token), revoked_at__isnull=True).first()
        )
        if found is None or not found.person.is_active:
            return None
        found.note_use()
        return found.person

    def revoke(self) -> None:
        """From now on it opens nothing."""
        ApiToken.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=clock.now())

    def note_use(self) -> None:
        """Remember the use, once an hour at most: a write on each call would double the cost of reading."""
        if self.last_used_at is None or clock.now() - self.last_used_at > timedelta(hours=1):
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=clock.now())
