"""One Slack workspace that is connected: its keys, and what an administrator may set."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.core.mail import send_mail
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balie.channels import delivering, kinds
from balie.channels.models import Channel
from balie.people.models import Person
from balie.platform import clock
from balie.platform.secrets import EncryptedTextField

EMOJI_NAME = RegexValidator(
    r"^[\w+'-]{1,100}$", gettext_lazy("Write the name of the emoji as in Slack, without the colons.")
)


class Workspace(Channel):
    """`secrets` are read with `bot_token`, `signing_secret` and `app_token`, and shown to nobody."""

    bot_user_id = models.CharField(max_length=32)
    bot_id = models.CharField(max_length=32, blank=True, default="")
    app_id = models.CharField(max_length=32, blank=True, default="")
    url = models.CharField(max_length=200, blank=True, default="")
    scopes = models.TextField(blank=True, default="")
    secrets = EncryptedTextField()

    emoji = models.CharField(
        gettext_lazy("Emoji that makes a request"), max_length=100, default="ticket", validators=[EMOJI_NAME]
    )
    check_mark_resolves = models.BooleanField(
        gettext_lazy("An expert's check mark on a message resolves the request"), default=True
    )
    joins_within = models.PositiveSmallIntegerField(
        gettext_lazy("Minutes in which a further direct message belongs to the same request"), default=10,
        validators=[MaxValueValidator(1440)],
    )  # fmt: skip

    # The kinds of event that have reached us, as Slack names them.
    heard = models.TextField(blank=True, default="")

    # Bringing the members over: how far it is, and when it was done last.
    import_cursor = models.CharField(max_length=300, blank=True, default="")
    imported = models.PositiveIntegerField(default=0)
    import_began_at = models.DateTimeField(null=True, blank=True)
    import_ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Slack workspace"

    @classmethod
    def known_as(cls, team: str) -> Workspace | None:
        """The workspace of this id."""
        return cls.objects.filter(kind=kinds.SLACK, external_id=team).first()

    @property
    def bot_token(self) -> str:
        return self._secret("bot_token")

    @property
    def signing_secret(self) -> str:
        return self._secret("signing_secret")

    @property
    def app_token(self) -> str:
        """For Socket Mode; "" without."""
        return self._secret("app_token")

    def take_secrets(self, *, bot_token: str, signing_secret: str, app_token: str) -> None:
        """Sealed when saved."""
        given = {"bot_token": bot_token, "signing_secret": signing_secret, "app_token": app_token}
        self.secrets = json.dumps(given)

    def missing(self, wanted: Sequence[str]) -> list[str]:
        """The scopes that it lacks."""
        given = set(self.scopes.split(","))
        return [scope for scope in wanted if scope not in given]

    def hear(self, kind: str) -> None:
        """An event of this kind has reached us: what an administrator set up for it works."""
        if kind and kind not in self.heard.split(","):
            self.heard = ",".join(filter(None, [*self.heard.split(","), kind]))
            Workspace.objects.filter(pk=self.pk).update(heard=self.heard)

    def connect(self) -> None:
        """It is there, or there again: what waited for it goes on."""
        self.kind, self.state, self.trouble = kinds.SLACK, Channel.State.CONNECTED, ""
        self.connected_at, self.disconnected_at = clock.now(), None
        with transaction.atomic():
            self.save()
            delivering.release(self)

    def disconnect(self, trouble: str) -> None:
        """Nothing can be sent there any more. Deliveries wait, and administrators are told, once."""
        with transaction.atomic():
            changed = Channel.objects.filter(pk=self.pk, state=Channel.State.CONNECTED).update(
                state=Channel.State.DISCONNECTED, trouble=trouble[:60], disconnected_at=clock.now()
            )
            self.state, self.trouble = Channel.State.DISCONNECTED, trouble[:60]
            if changed:
                self._tell_administrators()

    def _tell_administrators(self) -> None:
        for person in Person.objects.able_to_sign_in().filter(role=Person.Role.ADMINISTRATOR).exclude(email=""):
            with translation.override(person.reads()):
                send_mail(
                    _("Slack is disconnected: %(name)s") % {"name": self.name},
                    _(
                        "Balie can no longer write in the Slack workspace %(name)s. Answers wait until it is connected again: "
                        "open Settings, Integrations, Slack."
                    )
                    % {"name": self.name},
                    None,
                    [person.email],
                )

    def _secret(self, name: str) -> str:
        given: dict[str, str] = json.loads(self.secrets or "{}")
        return given.get(name, "")
