"""Who may do what: roles are given by administrators only, and somebody always stays one."""

from __future__ import annotations

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.platform.live import tell


class RoleRefused(Exception):
    """A role cannot be given; says why, in the reader's language."""

    sentence: Promise = _("That is not possible.")

    def __str__(self) -> str:
        return str(self.sentence)


class NotAnAdministrator(RoleRefused):
    sentence = _("Only administrators give roles.")


class CannotSignIn(RoleRefused):
    sentence = _("Only employees who can sign in have a role.")


class LastAdministrator(RoleRefused):
    sentence = _("This is the last administrator; make somebody else one first.")


def give_role(person: Person, role: Person.Role, *, by: Person) -> None:
    """Raises `RoleRefused`. What the person's open pages hear follows at once."""
    with transaction.atomic():
        # All administrators are locked, so that the last two cannot remove each other at one moment.
        administrators = {
            one.pk: one
            for one in Person.objects.select_for_update()
            .able_to_sign_in()
            .filter(role=Person.Role.ADMINISTRATOR)
            .order_by("pk")
        }
        if by.pk not in administrators:
            raise NotAnAdministrator
        row = administrators.get(person.pk) or Person.objects.select_for_update().get(pk=person.pk)
        if not row.is_active:
            raise CannotSignIn
        if row.role == role:
            return
        if set(administrators) == {row.pk}:
            raise LastAdministrator
        row.role = role
        row.save(update_fields=["role"])
        tell(f"rights:{row.pk}")
    person.refresh_from_db()
