"""The sections and employee attributes that every organisation begins with."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from balie.people.models import Attribute, Section

SECTIONS: Final = {
    "work": _("Work"), "contact": _("Contact"), "pay": _("Pay and tax"), "health": _("Health"),
}  # fmt: skip

_Type = Attribute.Type
# key, label, section, type
_ORDINARY: Final = (
    ("position", _("Position"), "work", _Type.TEXT),
    ("department", _("Department"), "work", _Type.TEXT),
    ("office", _("Office"), "work", _Type.TEXT),
    ("hire_date", _("Hire date"), "work", _Type.DATE),
    ("phone", _("Phone"), "contact", _Type.TEXT),
)
# What experts see from the start, beside name, status and address: role, department and contact (the article).
SHOWN_FROM_THE_START: Final = ("position", "department", "phone")
# What no setting can ever show to experts (product, rule 3).
_NEVER_SHARED: Final = (
    ("iban", _("Bank account (IBAN)"), "pay", _Type.TEXT),
    ("tax_id", _("Tax number"), "pay", _Type.TEXT),
    ("social_insurance_number", _("Social insurance number"), "pay", _Type.TEXT),
    ("salary", _("Salary"), "pay", _Type.DECIMAL),
    ("health_notes", _("Health notes"), "health", _Type.LONG_TEXT),
)


def make_preset_attributes() -> None:
    """Make the sections and attributes that are missing; what an administrator changed about the others stays."""
    with transaction.atomic():
        Section.objects.bulk_create(
            [
                Section(key=key, label=label, is_preset=True, position=position)
                for position, (key, label) in enumerate(SECTIONS.items(), start=1)
            ],
            ignore_conflicts=True,
        )
        sections = Section.objects.in_bulk(SECTIONS, field_name="key")
        ordinary = [
            Attribute(key=key, label=label, section=sections[section], type=type_, is_preset=True)
            for key, label, section, type_ in _ORDINARY
        ]
        never_shared = [
            Attribute(
                key=key, label=label, section=sections[section], type=type_, is_preset=True, is_sensitive=True,
                is_never_shared=True,
            )
            for key, label, section, type_ in _NEVER_SHARED
        ]  # fmt: skip
        for position, attribute in enumerate([*ordinary, *never_shared], start=1):
            attribute.position = position
        Attribute.objects.bulk_create([*ordinary, *never_shared], ignore_conflicts=True)
