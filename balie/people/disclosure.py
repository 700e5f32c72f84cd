"""The gate between profiles and Conversations: what experts may know of a person, and nothing else (product, rule 3)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from balie.people.known import Known
from balie.people.models import Attribute, Person
from balie.people.values import shown


def shown_to_experts(
    person: Person, *, attributes: Iterable[Attribute] | None = None, known: Known | None = None
) -> list[tuple[str, str]]:
    """Label and value of name, status, address and the allowed attributes, in the active language; empty ones left out.

    Whoever shows many people reads `Attribute.objects.shown_to_experts()` once and hands it in, with what
    the values name.
    """
    known = known or Known()
    allowed = Attribute.objects.shown_to_experts() if attributes is None else attributes
    facts = [(_("Name"), person.name)]
    if not person.is_external:
        facts.append((_("Status"), person.get_status_display()))
    facts.append((_("Email"), person.mail_address()))
    facts += [
        (str(attribute), shown(attribute, person.attributes.get(attribute.key), known=known))
        for attribute in allowed
        # Asked again here: the list may have been handed in by somebody who did not ask.
        if attribute.is_allowed and not attribute.is_never_shared
    ]
    return [(label, value) for label, value in facts if value]
