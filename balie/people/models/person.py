"""A person: an employee, or somebody from outside who is known from a channel only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from balie.organisation.models import Organisation
from balie.people.models.identity import Identity
from balie.people.models.role import Role, RoleAssignment
from balie.platform import text
from balie.platform.languages import LANGUAGES


class PersonQuerySet(models.QuerySet["Person"]):
    """Questions about many people."""

    def employees(self) -> Self:
        """Those who work here, inactive ones too."""
        return self.filter(kind=Person.Kind.EMPLOYEE)

    def able_to_sign_in(self) -> Self:
        """Employees who have not left."""
        return self.employees().exclude(status=Person.Status.INACTIVE)

    def experts(self) -> Self:
        """Those who may answer requests; administrators are experts without being assigned."""
        return self.able_to_sign_in().filter(role__in=(Person.Role.EXPERT, Person.Role.ADMINISTRATOR))

    def administrators(self) -> Self:
        """Those who hold every right."""
        return self.able_to_sign_in().filter(role=Person.Role.ADMINISTRATOR)

    def with_role(self, role: Role) -> Self:
        """Those who can sign in and have the role; everybody has that of all employees."""
        people = self.able_to_sign_in()
        return people if role.is_everybodys else people.filter(role_assignments__role=role)

    def known_by(self, kind: str, external_id: str) -> Person | None:
        """The person whom a channel knows by this address or id."""
        return self.filter(identities__kind=kind, identities__external_id=external_id).first()

    def known_by_any(self, kind: str, external_ids: Iterable[str]) -> dict[str, Person]:
        """The same for many addresses or ids at once."""
        known = self.filter(identities__kind=kind, identities__external_id__in=list(external_ids))
        return {row.known_as: row for row in known.annotate(known_as=models.F("identities__external_id"))}  # type: ignore[attr-defined]  # annotated here


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]  # django-stubs cannot type from_queryset of an annotated base
    """Makes people together with the identity that their work address gives them."""

    def create_employee(self, *, name: str, email: str, **facts: object) -> Person:
        """A new employee with a work address; whoever was known by that address before becomes this employee.

        A `role` other than the first of `Person.Role` assigns the preset role of that name.
        """
        with transaction.atomic():
            address = email.strip().lower()
            known: Person | None = self.known_by(Identity.EMAIL, address)
            if known is not None and known.kind == Person.Kind.EXTERNAL:
                for field, value in {**facts, "name": name, "email": address, "kind": Person.Kind.EMPLOYEE}.items():
                    setattr(known, field, value)
                known.save()
                known.hold_preset_role()
                return known
            person: Person = self.model(name=text.clean_name(name), email=address, **facts)
            person.set_unusable_password()
            person.save()
            if address:
                Identity.objects.create(person=person, kind=Identity.EMAIL, external_id=address)
            person.hold_preset_role()
            return person

    def take_in(self, *, kind: str, external_id: str, name: str = "") -> Person:
        """Whoever a channel knows by this id: the person we know, or a new external. Nobody is told (rule of silence)."""
        person: Person | None = self.known_by(kind, external_id)
        if person is not None:
            return person
        with transaction.atomic():
            stranger: Person = self.model(
                name=text.clean_name(name) or external_id, kind=Person.Kind.EXTERNAL, status=Person.Status.ACTIVE
            )
            stranger.set_unusable_password()
            stranger.save()
            identity, is_new = Identity.objects.get_or_create(
                kind=kind, external_id=external_id, defaults={"person": stranger}
            )
            if not is_new:
                # Another worker met the same stranger a moment earlier; theirs stays.
                stranger.delete()
                known: Person = Person.objects.get(pk=identity.person_id)
                return known
            return stranger

    def get_by_natural_key(self, username: str | None) -> Person:
        """By work address, as sign-in asks."""
        found: Person = self.get(email=(username or "").strip().lower())
        return found


class Person(AbstractBaseUser):
    """One person. `email` is the work address, in lower case, or "" when there is none; further ones are identities."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("employee")
        EXTERNAL = "external", _("external")

    class Status(models.TextChoices):
        ONBOARDING = "onboarding", _("onboarding")
        ACTIVE = "active", _("active")
        LEAVE = "leave", _("on leave")
        INACTIVE = "inactive", _("inactive")

    class Role(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        EXPERT = "expert", _("Conversations expert")
        ADMINISTRATOR = "administrator", _("Administrator")

    name = models.CharField(_("name"), max_length=120)
    email = models.CharField(_("work address"), max_length=254, blank=True, default="")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.EMPLOYEE)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    # What follows from the assigned roles, so that no page has to ask for them: `people/standing.py` writes it.
    role = models.CharField(_("role"), max_length=13, choices=Role, default=Role.EMPLOYEE)
    opens_settings = models.BooleanField(default=False, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    supervisor = models.ForeignKey(
        "self", verbose_name=_("supervisor"), null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    attributes = models.JSONField(_("employee attributes"), default=dict, blank=True)
    uses_keys = models.BooleanField(_("single keys act on pages"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    # The administrator who sees Balie as this person would, in this request; see `config/viewing_as.py`.
    viewed_by: Person | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~models.Q(email=""), name="one_person_per_work_address"
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="work_address_in_lower_case"),
            models.CheckConstraint(condition=~models.Q(supervisor=models.F("id")), name="nobody_supervises_themselves"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a question here, a column in Django
        """Whether this person may sign in; Django's and allauth's backends ask it by this name."""
        return self.kind == self.Kind.EMPLOYEE and self.status != self.Status.INACTIVE

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.role == self.Role.ADMINISTRATOR

    @property
    def is_expert(self) -> bool:
        """Administrators are experts without being assigned."""
        return self.is_active and self.role in (self.Role.EXPERT, self.Role.ADMINISTRATOR)

    @property
    def may_open_settings(self) -> bool:
        """Whether there is any part of the settings for them."""
        return self.is_expert or (self.is_active and self.opens_settings)

    @property
    def is_external(self) -> bool:
        return self.kind == self.Kind.EXTERNAL

    def reads(self, organisation: Organisation | None = None) -> str:
        """The code of the language that this person is addressed in: their own, else the organisation's."""
        return self.language or (organisation or Organisation.current()).language

    def zone(self, organisation: Organisation | None = None) -> ZoneInfo:
        """The time zone that dates are shown in: their own, else the organisation's."""
        return ZoneInfo(self.time_zone or (organisation or Organisation.current()).time_zone)

    def hold_preset_role(self) -> None:
        """Assign the preset role that `role` names, as whoever makes people in the program wants it."""
        preset = {"expert": Role.Preset.EXPERT, "administrator": Role.Preset.ADMINISTRATOR}.get(self.role)
        if preset is not None:
            RoleAssignment.objects.get_or_create(role=Role.objects.starting(preset), person=self)

    def mail_address(self) -> str:
        """Where mail reaches this person: the work address, else the first address a mail came from, else ""."""
        if self.email:
            return self.email
        identity = self.identities.filter(kind=Identity.EMAIL).order_by("pk").first()
        return identity.external_id if identity else ""
