"""Founding an organisation: what must be there before the first request."""

from django.db import transaction

from balie.organisation.models import Organisation
from balie.people.models import Credential, Person, Role
from balie.people.presets import SHOWN_FROM_THE_START, make_preset_attributes
from balie.tickets.presets import make_preset_statuses


class AlreadyFounded(Exception):
    """This database has its organisation already."""


def found(*, organisation: str, admin: str, language: str = "en", admin_name: str = "", country: str = "") -> Person:
    """Make the organisation, its attributes and its first administrator; returns that person.

    Conversations is set up by the administrator's first click on it, see administration/activating.py.
    """
    with transaction.atomic():
        if Organisation.objects.exists():
            raise AlreadyFounded
        Organisation.objects.create(name=organisation, language=language, country=country)
        make_preset_people()
        return Person.objects.create_employee(
            name=admin_name or admin.split("@")[0], email=admin, role=Person.Role.ADMINISTRATOR, language=language
        )


def make_presets() -> None:
    """What every desk has with Conversations; what is there stays. For those who found one without an administrator."""
    make_preset_statuses()
    make_preset_people()
    Credential.make_for_conversations(allowed=SHOWN_FROM_THE_START)


def make_preset_people() -> None:
    """Attributes and roles that every desk has from the start."""
    make_preset_attributes()
    for preset in (Role.Preset.ADMINISTRATOR, Role.Preset.EVERYBODY):
        Role.objects.starting(preset)
