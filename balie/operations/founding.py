"""Founding an organisation: what must be there before the first request."""

from django.db import transaction

from balie.organisation.models import Organisation
from balie.people.models import Person, Role
from balie.people.presets import make_preset_attributes
from balie.tickets.presets import make_preset_statuses


class AlreadyFounded(Exception):
    """This database has its organisation already."""


def found(*, organisation: str, admin: str, language: str = "en", admin_name: str = "") -> Person:
    """Make the organisation, its presets and its first administrator; returns that person."""
    with transaction.atomic():
        if Organisation.objects.exists():
            raise AlreadyFounded
        Organisation.objects.create(name=organisation, language=language)
        make_presets()
        return Person.objects.create_employee(
            name=admin_name or admin.split("@")[0], email=admin, role=Person.Role.ADMINISTRATOR, language=language
        )


def make_presets() -> None:
    """Statuses, attributes and roles that every desk has; those that are there stay."""
    make_preset_statuses()
    make_preset_attributes()
    for preset in (Role.Preset.ADMINISTRATOR, Role.Preset.EVERYBODY):
        Role.objects.starting(preset)
