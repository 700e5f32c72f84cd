"""A team: the people who answer requests of one kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Attribute, Person
from balie.platform.languages import in_readers_language

LOCAL_PART = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{0,39}$", _("Use letters, digits, dots and hyphens, beginning with a letter or digit.")
)


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about many teams."""

    def active(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def offered(self) -> Self:
        """Those that requesters may choose; an internal team is reached by moving a request to it only."""
        return self.active().filter(is_visible=True)

    def worked_in_by(self, person: Person) -> Self:
        """Those whose requests this person works on: own teams; for administrators every team that is not private too."""
        if not person.is_expert:
            return self.none()
        memberships = self.model.members.through.objects
        mine = models.Q(models.Exists(memberships.filter(team=models.OuterRef("pk"), person=person)))
        if person.viewed_by is not None:
            # Whoever sees Balie as another person would sees no private team of theirs (product, rule 4).
            mine &= models.Q(is_private=False)
        if person.is_administrator:
            mine |= models.Q(is_private=False)
        return self.filter(mine)

    def called_by(self, local_part: str) -> Self:
        """The one whose address this is or was, the part before the @, in any case; archived or not."""
        address = local_part.lower()
        return self.filter(models.Q(address=address) | models.Q(former_addresses__local_part=address)).distinct()

    def at(self, local_part: str) -> Team | None:
        """The team that reads what is written to this address: its own, or the one that took its work over."""
        return self.at_any([local_part]).get(local_part.lower())

    def at_any(self, local_parts: Iterable[str]) -> dict[str, Team]:
        """The same for many at once, by the address in lower case; without those that nobody reads."""
        asked = {one.lower() for one in local_parts}
        found = {team.address: team for team in self.filter(address__in=asked)}
        if former := asked - found.keys():
            called = dict(
                self.filter(former_addresses__local_part__in=former).values_list("former_addresses__local_part", "pk")
            )
            teams = self.in_bulk(called.values())
            found |= {address: teams[pk] for address, pk in called.items()}
        return {address: heir for address, team in found.items() if (heir := team.heir()) is not None}


class Team(models.Model):
    """One team. `address` is the part before the @ of the organisation's mail domain."""

    class Kind(models.TextChoices):
        HR = "hr", _("HR")
        IT = "it", _("IT")
        FINANCE = "finance", _("Finance")
        FACILITIES = "facilities", _("Facilities")
        LEGAL = "legal", _("Legal")
        OFFICE = "office", _("Office")
        OTHER = "other", _("Own type")

    class Strangers(models.TextChoices):
        WELCOME = "welcome", _("Take in unknown senders")
        REFUSED = "refused", _("Refuse unknown senders")

    class Assigning(models.TextChoices):
        """Who a new request goes to by itself."""

        OFF = "off", _("Nobody: the team chooses")
        IN_TURN = "in_turn", _("The members in turn")
        LEAST_OPEN = "least_open", _("Whoever has the fewest open requests")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("type"), max_length=10, choices=Kind, default=Kind.OTHER)
    address = models.CharField(_("address"), max_length=40, unique=True, validators=[LOCAL_PART])
    is_visible = models.BooleanField(_("visible to requesters"), default=True)
    is_private = models.BooleanField(_("private"), default=False)
    strangers = models.CharField(_("unknown senders"), max_length=8, choices=Strangers, default=Strangers.WELCOME)
    # For those who ask: its name in other languages by their codes, what it helps with, and other words that lead to it.
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)
    description = models.CharField(_("what it helps with"), max_length=200, blank=True, default="")
    words = models.CharField(_("other words for it"), max_length=1000, blank=True, default="")
    # When it works, beside its spans and special days; "" is the organisation's zone, and no holidays.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    holiday_country = models.CharField(_("public holidays of"), max_length=2, blank=True, default="")
    holiday_region = models.CharField(_("region"), max_length=40, blank=True, default="")
    lead = models.ForeignKey(
        Person, verbose_name=_("team lead"), null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )
    assigning = models.CharField(_("who gets new requests"), max_length=10, choices=Assigning, default=Assigning.OFF)
    # What came before that is nobody's by itself.
    assigns_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Fewer than the credentials of Conversations allow, never more; none of them is no narrowing.
    narrowed_attributes = models.ManyToManyField(Attribute, blank=True, related_name="narrowing_teams")
    # In working time: within so much it has lately answered four of five requests; see tickets/expecting.py.
    usual_answer = models.DurationField(null=True, blank=True, editable=False)
    members = models.ManyToManyField(Person, through="teams.Membership", related_name="teams")
    archived_at = models.DateTimeField(null=True, blank=True)
    # Once archived: who reads what is still written to it.
    successor = models.ForeignKey(
        "self",
        verbose_name=_("successor"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
    )
    # Raised by each change of its facts, so that two who change them at once do not undo each other.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """Its name in the language of whoever reads."""
        return in_readers_language(self.names) or self.name

    @property
    def mail_address(self) -> str:
        """Where mail to this team goes, as `it@desk.example.com`."""
        return f"{self.address}@{settings.BALIE.mail_domain}"

    @staticmethod
    def address_for(name: str) -> str:
        """An address made from a name: `Café & Küche` gives `cafe-kuche`; "team" when nothing is left."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "team"

    def heir(self) -> Team | None:
        """Who does its work now: itself, or once archived whoever took it over, if anybody did."""
        team: Team | None = self
        passed = set()
        while team is not None and team.archived_at is not None and team.pk not in passed:
            passed.add(team.pk)
            team = team.successor
        return team if team is not None and team.archived_at is None else None

    def attributes_shown(self) -> set[int] | None:
        """The ids of the attributes that its experts see, among those that are allowed at all; None is all of these."""
        return set(self.narrowed_attributes.values_list("pk", flat=True)) or None

    def has_member(self, person: Person) -> bool:
        """Never of a private team for an administrator who sees Balie as this person would."""
        if self.is_private and person.viewed_by is not None:
            return False
        return self.memberships.filter(person=person).exists()
