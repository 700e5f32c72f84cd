"""API credentials: the key of one integration, and what it may read, write and pass on."""

from __future__ import annotations

import hmac
import secrets as randomness
from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from balie.people.models.attribute import Attribute
from balie.people.models.person import Person
from balie.platform import clock, secrets
from balie.platform.live import tell
from balie.platform.refusal import Refusal

CONVERSATIONS = "Conversations"
# What experts' open pages hear when what they may know of people changes.
EXPERTS_TOPIC = "experts"
_A_MINUTE = timedelta(minutes=1)


class CredentialRefused(Refusal):
    """Something cannot be done with a credential; says why, in the reader's language."""


class NeverShared(CredentialRefused):
    sentence = _("Attributes that are never shared cannot be allowed.")


class MadeBySystem(CredentialRefused):
    sentence = _("These credentials belong to Balie itself: they have no secret, and cannot be revoked or renamed.")


class Revoked(CredentialRefused):
    sentence = _("These credentials were revoked.")


class NameTaken(CredentialRefused):
    sentence = _("There are credentials with this name already.")


class ApiScope(models.TextChoices):
    """What a credential may do, by resource of the API."""

    PEOPLE_READ = "people:read", _("Read people: name, address, status and the allowed attributes")
    ATTRIBUTES_READ = "attributes:read", _("Read which employee attributes there are")
    REQUESTS_READ = "requests:read", _("Read requests")
    REQUESTS_WRITE = "requests:write", _("Make, answer and change requests")
    TEAMS_READ = "teams:read", _("Read teams, their members, categories and hours")
    STATUSES_READ = "statuses:read", _("Read request statuses")


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Questions about many credentials."""

    def usable(self) -> Self:
        """Neither revoked nor run out."""
        return self.filter(revoked_at__isnull=True).exclude(expires_on__lt=clock.now().date())

    def conversations(self) -> Credential | None:
        """The one that feeds the Requester tab; None until Conversations is set up."""
        return self.filter(is_system=True).first()


class Credential(models.Model):
    """`key` is public and finds the row, the secret is shown once and kept as a digest.

    Requests are read and changed as the person it `acts_as`, and never beyond what that person may. People are read past the
    list of allowed `attributes`, whoever that person is.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    key = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    is_system = models.BooleanField(default=False)
    scopes = ArrayField(models.CharField(max_length=24, choices=ApiScope), default=list, blank=True)
    acts_as = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    attributes: models.ManyToManyField[Attribute, AllowedAttribute] = models.ManyToManyField(
        Attribute, through="AllowedAttribute", related_name="credentials"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-is_system", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_system"], condition=models.Q(is_system=True), name="one_credential_of_conversations"
            ),
            models.CheckConstraint(
                condition=models.Q(is_system=False) | models.Q(revoked_at__isnull=True, digest=""),
                name="conversations_keeps_its_credential",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, *, name: str, scopes: Iterable[str], by: Person) -> tuple[Credential, str]:
        """New credentials and their secret, which cannot be read again; raises `NameTaken`."""
        secret = secrets.new_token()
        with transaction.atomic():
            if cls.objects.filter(name__iexact=name).exists():
                raise NameTaken
            made = cls.objects.create(
                name=name, key=_new_key(), digest=secrets.digest(secret), scopes=_known(scopes), acts_as=by
            )
        return made, secret

    @classmethod
    def make_for_conversations(cls, *, allowed: Iterable[str]) -> Credential:
        """The system's own, which allows the attributes with these keys; what was changed about it since stays."""
        made, is_new = cls.objects.get_or_create(is_system=True, defaults={"name": CONVERSATIONS, "key": _new_key()})
        if is_new:
            shown = Attribute.objects.filter(key__in=list(allowed), is_never_shared=False)
            AllowedAttribute.objects.bulk_create(AllowedAttribute(credential=made, attribute=one) for one in shown)
        return made

    @classmethod
    def of(cls, key: str, secret: str) -> Credential | None:
        """The credentials that these open, or nothing."""
        found: Credential | None = cls.objects.usable().select_related("acts_as").filter(key=key).first()
        if found is None or not found.digest or not hmac.compare_digest(found.digest, secrets.digest(secret)):
            return None
        found._note_use()
        return found

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and (self.expires_on is None or self.expires_on >= clock.now().date())

    @property
    def scope_names(self) -> list[str]:
        return [str(ApiScope(scope).label) for scope in self.scopes if scope in ApiScope.values]

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    def allow(self, attributes: Iterable[int]) -> None:
        """Pass on these attributes and no others; raises `NeverShared`. Experts' open pages follow at once."""
        wanted = set(attributes)
        with transaction.atomic():
            row = Credential.objects.select_for_update().get(pk=self.pk)
            # Held until the end, so that none of them becomes one that is never shared in between.
            known = Attribute.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
            if any(one.is_never_shared for one in known):
                raise NeverShared
            had = set(AllowedAttribute.objects.filter(credential=row).values_list("attribute_id", flat=True))
            AllowedAttribute.objects.filter(credential=row).exclude(attribute__in=wanted).delete()
            AllowedAttribute.objects.bulk_create(
                AllowedAttribute(credential=row, attribute=one) for one in known if one.pk not in had
            )
            if row.is_system:
                tell_what_experts_know()

    def change(self, *, name: str, scopes: Iterable[str]) -> None:
        """Raises `MadeBySystem`, `Revoked` or `NameTaken`."""
        with transaction.atomic():
            row = self._own_row()
            if Credential.objects.filter(name__iexact=name).exclude(pk=row.pk).exists():
                raise NameTaken
            row.name, row.scopes = name, _known(scopes)
            row.save(update_fields=["name", "scopes"])
        self.refresh_from_db()

    def expire_on(self, day: object) -> None:
        """After this day they open nothing; None for never."""
        self._own_row()
        Credential.objects.filter(pk=self.pk).update(expires_on=day)
        self.refresh_from_db()

    def rotate(self) -> str:
        """A new secret, which cannot be read again; the former one opens nothing from now on."""
        secret = secrets.new_token()
        with transaction.atomic():
            row = self._own_row()
            row.digest, row.rotated_at = secrets.digest(secret), clock.now()
            row.save(update_fields=["digest", "rotated_at"])
        self.refresh_from_db()
        return secret

    def revoke(self) -> None:
        """They open nothing from now on, and stay in the list."""
        with transaction.atomic():
            row = self._own_row()
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
        self.refresh_from_db()

    def _own_row(self) -> Credential:
        """The row, locked within a transaction; only for what is not the system's and not revoked."""
        with transaction.atomic():
            row: Credential = Credential.objects.select_for_update().get(pk=self.pk)
        if row.is_system:
            raise MadeBySystem
        if row.revoked_at is not None:
            raise Revoked
        return row

    def _note_use(self) -> None:
        """Remember the use, once a minute at most: a write on each call would double the cost of reading."""
        now = clock.now()
        if self.last_used_at is None or now - self.last_used_at > _A_MINUTE:
            Credential.objects.filter(pk=self.pk).update(last_used_at=now)


class AllowedAttribute(models.Model):
    """One attribute that one credential may pass on. A trigger refuses those that are never shared, and takes away what
    becomes so, see the migrations."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE)
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "attribute"], name="allowed_once")]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.attribute_id}"


def tell_what_experts_know() -> None:
    """What experts may know of people, or how it is called, is different now: their open pages ask again."""
    tell(EXPERTS_TOPIC, attributes=0)


def _new_key() -> str:
    """Sixty bits that can be read aloud."""
    return "key_" + "".join(randomness.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))


def _known(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    return [scope for scope in ApiScope.values if scope in wanted]
