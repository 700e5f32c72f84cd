"""One browser of one person that shows notices."""

from __future__ import annotations

import hashlib
from typing import Self

from django.contrib.sessions.models import Session
from django.db import models, transaction

from balie.people.models import Person
from balie.platform import clock
from balie.platform.secrets import EncryptedTextField

MOST_OF_A_PERSON = 10


class BrowserQuerySet(models.QuerySet["Browser"]):
    """Questions about many browsers."""

    def listening(self) -> Self:
        """Those in which their person is signed in: on a computer that others use, nothing is shown after signing out."""
        signed_in = Session.objects.filter(session_key=models.OuterRef("session_key"), expire_date__gt=clock.now())
        return self.filter(models.Exists(signed_in))


class Browser(models.Model):
    """What a browser gave when its person agreed: where to send (known to nobody else), and the keys to seal with (RFC 8291)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="browsers")
    session_key = models.CharField(max_length=40)
    endpoint = EncryptedTextField()
    endpoint_digest = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(max_length=90)
    secret = EncryptedTextField()
    name = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, blank=True)

    objects = BrowserQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(
        cls, person: Person, *, session_key: str, endpoint: str, public_key: str, secret: str, name: str
    ) -> Browser:
        """It shows this person's notices from now on, and nobody else's: a browser belongs to whoever is signed in there."""
        with transaction.atomic():
            browser, _is_new = cls.objects.update_or_create(
                endpoint_digest=hashlib.sha256(endpoint.encode()).hexdigest(),
                defaults={
                    "person": person, "session_key": session_key, "endpoint": endpoint, "public_key": public_key,
                    "secret": secret, "name": name[:80], "added_at": clock.now(),
                },
            )  # fmt: skip
            kept = cls.objects.filter(person=person).order_by("-added_at", "-pk").values_list("pk", flat=True)
            cls.objects.filter(pk__in=list(kept[MOST_OF_A_PERSON:])).delete()
        return browser
