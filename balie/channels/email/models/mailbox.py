"""A mailbox on another server, whose new mail a team takes in."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.platform import clock
from balie.platform.secrets import EncryptedTextField
from balie.teams.models import Team

# What lay there before the mailbox was connected has been dealt with, except perhaps what came today.
LOOKS_BACK = timedelta(days=1)


class Trouble(models.TextChoices):
    """Why a mailbox cannot be read, in words for an administrator; the server's own words stand beside it."""

    HOST_UNKNOWN = "host_unknown", _("There is no server of this name.")
    NO_ANSWER = "no_answer", _("The server does not answer on this port.")
    NOT_LISTENING = "not_listening", _("Nothing listens on this port of the server.")
    CERTIFICATE = "certificate", _("The certificate of the server is not trusted.")
    NO_TLS = "no_tls", _("The server does not speak TLS on this port. Try STARTTLS.")
    NO_STARTTLS = "no_starttls", _("The server does not offer STARTTLS on this port.")
    NOT_IMAP = "not_imap", _("What answers on this port is no IMAP server.")
    OPEN_LINE = "open_line", _("Without encryption only a server on this machine can be used.")
    LOGIN = "login", _("The server does not accept this user and password.")
    TOKEN = "token", _("The server for sign-in gives no access token.")
    FOLDER = "folder", _("There is no folder of this name.")
    KEY_LOST = "key_lost", _("The stored password cannot be read any more. Enter it again.")
    LOST = "lost", _("The connection to the server was lost.")
    NOT_KEPT = "not_kept", _("The mail could not be stored.")
    LARGE_MAIL = "large_mail", _("A mail was larger than 25 MB, and only its beginning was taken in.")
    UNREADABLE_MAIL = "unreadable_mail", _("The server would not hand over a mail. It is asked for again later.")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Questions about many mailboxes."""

    def active(self) -> Self:
        return self.filter(is_active=True, team__archived_at__isnull=True)


class Mailbox(models.Model):
    """One folder of one account. `last_uid` is the last mail of `uidvalidity` (RFC 3501, 2.3.1.1) that was taken in.

    `unread_uids` are those before it that the server would not hand over. `changed_at` moves when somebody changes the
    settings, and not with the reading.
    """

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("None (this machine only)")

    class SignIn(models.TextChoices):
        PASSWORD = "password", _("App password")
        OAUTH2 = "oauth2", _("OAuth 2")

    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.CASCADE, related_name="mailboxes")
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(
        _("port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=8, choices=Security, default=Security.TLS)
    user = models.CharField(_("user"), max_length=254)
    sign_in = models.CharField(_("sign-in"), max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    password = EncryptedTextField(_("password"), blank=True, default="")
    client_id = models.CharField(_("client ID"), max_length=254, blank=True, default="")
    client_secret = EncryptedTextField(_("client secret"), blank=True, default="")
    refresh_token = EncryptedTextField(_("refresh token"), blank=True, default="")
    token_url = models.URLField(_("token address"), max_length=500, blank=True, default="")
    scope = models.CharField(_("scope"), max_length=500, blank=True, default="")
    folder = models.CharField(_("folder"), max_length=254, default="INBOX")
    takes_since = models.DateTimeField(_("takes mail since"), null=True, blank=True)
    deletes_after_reading = models.BooleanField(_("delete mail on the server once it is taken in"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    uidvalidity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    unread_uids = models.JSONField(default=list, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=16, choices=Trouble, blank=True, default="", editable=False)
    last_error_detail = models.CharField(max_length=300, blank=True, default="", editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["host", "user", "folder"]
        verbose_name_plural = "mailboxes"
        constraints = [
            models.UniqueConstraint(
                fields=["host", "user", "folder"],
                name="each_folder_connected_once",
                violation_error_message=_("This mailbox is connected already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.host})"

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nothing sent to its server leaves this machine."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def clean(self) -> None:
        self.host = self.host.strip().lower()
        if self.security == self.Security.NONE and not self.is_on_this_machine:
            raise ValidationError({"security": Trouble.OPEN_LINE.label})
        if self.sign_in == self.SignIn.PASSWORD and not self.password:
            raise ValidationError({"password": _("Enter the password.")})
        if self.sign_in == self.SignIn.OAUTH2 and not (self.client_id and self.token_url):
            raise ValidationError({"client_id": _("OAuth 2 needs a client ID and a token address.")})

    def connect(self) -> None:
        """Take in new mail from now on; raises `ValidationError` when a setting is missing or the mailbox is connected."""
        if self.takes_since is None and self._state.adding:
            self.takes_since = clock.now() - LOOKS_BACK
        self.full_clean()
        self.changed_at = clock.now()
        self.save()

    def take_everything(self) -> None:
        """Take in what lies there too, however old."""
        self._note(takes_since=None, changed_at=clock.now())

    def begin(self, uidvalidity: int) -> None:
        """The folder is open. Another validity means other numbers: the folder is read anew, and what is known is passed by."""
        if self.uidvalidity != uidvalidity:
            self._note(uidvalidity=uidvalidity, last_uid=0, unread_uids=[])
        self._note(last_seen_at=clock.now(), last_error="", last_error_detail="")

    def pass_by(self, uid: int) -> None:
        """The mail of this number is dealt with."""
        unread = [other for other in self.unread_uids if other != uid]
        self._note(last_uid=max(self.last_uid, uid), unread_uids=unread, last_seen_at=clock.now())

    def put_aside(self, uid: int) -> None:
        """The mail of this number cannot be had now; the others must not wait for it."""
        unread = sorted({*self.unread_uids, uid})[-1000:]
        self._note(last_uid=max(self.last_uid, uid), unread_uids=unread)
        self.note_trouble(Trouble.UNREADABLE_MAIL)

    def note_trouble(self, trouble: Trouble, detail: str = "") -> None:
        """Show the administrator what is wrong."""
        self._note(last_error=trouble.value, last_error_detail=detail[:300])

    def wants(self, arrived_at: datetime | None) -> bool:
        """Whether a mail that the server got at this time is to be taken in."""
        return self.takes_since is None or arrived_at is None or arrived_at >= self.takes_since

    def keep_refresh_token(self, token: str) -> None:
        """The server for sign-in gave a new one, and the old one will soon be worth nothing."""
        self.refresh_token = token
        self.save(update_fields=["refresh_token"])

    def _note(self, **changes: object) -> None:
        """Change only what the reading knows: an administrator may be changing the settings at this moment."""
        for name, value in changes.items():
            setattr(self, name, value)
        type(self).objects.filter(pk=self.pk).update(**changes)
