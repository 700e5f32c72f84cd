"""What every person has, beside the attributes that an organisation defines."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from balie.people.known import Known
from balie.people.models import Person


class Basic(StrEnum):
    """As history and proposals name it. Language and time zone are each person's own matter, in their account."""

    NAME = "name"
    STATUS = "status"
    SUPERVISOR = "supervisor"
    EMAIL = "email"
    OTHER_ADDRESSES = "other_addresses"


LABELS: Final = {
    Basic.NAME: _("Name"), Basic.STATUS: _("Status"), Basic.SUPERVISOR: _("Supervisor"),
    Basic.EMAIL: _("Work address"), Basic.OTHER_ADDRESSES: _("Other addresses"),
}  # fmt: skip


def in_words(basic: Basic, value: Any, *, known: Known) -> str:
    """A value as `changing_basics.change` takes it, for a reader."""
    if not value:
        return "—"
    match basic:
        case Basic.SUPERVISOR:
            lead = known.person(value)
            return lead.name if lead else "—"
        case Basic.STATUS:
            return str(dict(Person.Status.choices).get(value, value))
        case Basic.OTHER_ADDRESSES:
            return ", ".join(value)
    return str(value)
