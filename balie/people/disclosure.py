"""The gate between profiles and Conversations: what experts may know of a person, and nothing else (product, rule 3)."""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from balie.people.models import Attribute, Person


def shown_to_experts(person: Person, *, attributes: Iterable[Attribute] | None = None) -> list[tuple[str, str]]:
    """Label and value of name, status, address and the allowed attributes, in the active language; empty ones left out.

    Whoever shows many people reads `Attribute.objects.shown_to_experts()` once and hands it in.
    """
    allowed = Attribute.objects.shown_to_experts() if attributes is None else attributes
    facts = [(_("Name"), person.name)]
    if not person.is_external:
        facts.append((_("Status"), person.get_status_display()))
    facts.append((_("Email"), person.mail_address()))
    facts += [
        (str(attribute), _as_text(person.attributes.get(attribute.key)))
        for attribute in allowed
        # Asked again here: the list may have been handed in by somebody who did not ask.
        if attribute.is_allowed and not attribute.is_never_shared
    ]
    return [(label, value) for label, value in facts if value]


def _as_text(value: object) -> str:
    """An attribute's value, as the import or the API stored it, for a reader."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_as_text, value)))
    if isinstance(value, str) and len(value) == len("2026-11-23") and value[4:5] == "-":
        try:
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        except ValueError:
            return value
    return str(value)
