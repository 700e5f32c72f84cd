"""A one-time link that signs a person in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.urls import reverse

from balie.people.models.person import Person
from balie.platform import clock, secrets

PRINTED_FOR: Final = timedelta(hours=24)
MAILED_FOR: Final = timedelta(minutes=15)


class SignInLink(models.Model):
    """Kept as a digest only. Good once, until it expires.

    A printed link went to an administrator's terminal and signs in when it is opened. A mailed one asks for a press of a
    button first, because mail scanners open the links that they meet.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    is_printed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link {self.pk}"

    @classmethod
    def issue(cls, person: Person, *, printed: bool) -> str:
        """Make a link for the person and return its address; it cannot be read again."""
        token, now = secrets.new_token(), clock.now()
        cls.objects.filter(person=person, expires_at__lt=now).delete()
        cls.objects.create(
            person=person,
            digest=secrets.digest(token),
            is_printed=printed,
            expires_at=now + (PRINTED_FOR if printed else MAILED_FOR),
        )
        return f"{settings.BALIE.url}{reverse('sign_in_link', args=[token])}"

    @classmethod
    def good(cls, token: str) -> SignInLink | None:
        """The link of this token, while it can still be used by its person."""
        found = cls._usable().filter(digest=secrets.digest(token)).select_related("person").first()
        return found if found is not None and found.person.is_active else None

    def use(self) -> bool:
        """Use it up; false when somebody else was a moment faster."""
        return self._usable().filter(pk=self.pk).update(used_at=clock.now()) == 1

    @classmethod
    def _usable(cls) -> models.QuerySet[SignInLink]:
        return cls.objects.filter(used_at__isnull=True, expires_at__gt=clock.now())
