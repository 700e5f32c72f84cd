"""The employee attributes that every organisation begins with."""

from django.utils.translation import gettext_noop as _

from balie.people.models import Attribute

_WORK, _CONTACT, _PAY, _HEALTH = _("Work"), _("Contact"), _("Pay and tax"), _("Health")

# key, label, section, shown to experts from the start
_ORDINARY = (
    ("position", _("Position"), _WORK, True),
    ("department", _("Department"), _WORK, True),
    ("office", _("Office"), _WORK, False),
    ("phone", _("Phone"), _CONTACT, True),
    ("hire_date", _("Hire date"), _WORK, False),
)
# What no setting can ever show to experts (product, rule 3).
_NEVER_SHARED = (
    ("iban", _("Bank account (IBAN)"), _PAY),
    ("tax_id", _("Tax number"), _PAY),
    ("social_insurance_number", _("Social insurance number"), _PAY),
    ("salary", _("Salary"), _PAY),
    ("health_notes", _("Health notes"), _HEALTH),
)


def make_preset_attributes() -> None:
    """Make those that are missing; what an administrator changed about the others stays."""
    ordinary = [
        Attribute(key=key, label=label, section=section, is_preset=True, is_allowed=is_shown)
        for key, label, section, is_shown in _ORDINARY
    ]
    never_shared = [
        Attribute(key=key, label=label, section=section, is_preset=True, is_sensitive=True, is_never_shared=True)
        for key, label, section in _NEVER_SHARED
    ]
    for position, attribute in enumerate([*ordinary, *never_shared], start=1):
        attribute.position = position
    Attribute.objects.bulk_create([*ordinary, *never_shared], ignore_conflicts=True)
