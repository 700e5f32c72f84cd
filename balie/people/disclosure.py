"""The gate between profiles and Conversations: what experts may know of a person, and nothing else (product, rule 3)."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from balie.people.known import Known
from balie.people.models import Attribute, Credential, Person
from balie.people.values import shown


def shown_to_experts(
    person: Person,
    *,
    attributes: Iterable[Attribute] | None = None,
    known: Known | None = None,
    narrowed_to: Collection[int] | None = None,
) -> list[tuple[str, str]]:
    """Label and value of name, status, address and the allowed attributes, in the active language; empty ones left out.

    Whoever shows many people reads `Attribute.objects.shown_to_experts()` once and hands it in, with what
    the values name. `narrowed_to` are the ids that a team leaves its own experts of them: it takes away, and never adds.
    """
    allowed = Attribute.objects.shown_to_experts() if attributes is None else attributes
    left = [one for one in allowed if narrowed_to is None or one.pk in narrowed_to]
    return _facts(person, left, known=known or Known())


def passed_on(people: Iterable[Person], *, by: Credential) -> dict[int, list[tuple[str, str]]]:
    """The same of each of these people, by their id, for a program with these credentials."""
    listed = list(people)
    allowed = list(Attribute.objects.in_use().filter(credentials=by, is_never_shared=False).prefetch_related("choices"))
    known = Known(listed)
    known.read_people(listed, attributes=allowed)
    return {person.pk: _facts(person, allowed, known=known) for person in listed}


def _facts(person: Person, allowed: Iterable[Attribute], *, known: Known) -> list[tuple[str, str]]:
    facts = [(_("Name"), person.name)]
    if not person.is_external:
        facts.append((_("Status"), person.get_status_display()))
    facts.append((_("Email"), person.mail_address()))
    facts += [
        (str(attribute), shown(attribute, person.attributes.get(attribute.key), known=known))
        for attribute in allowed
        # Asked again here: the list may have been handed in by somebody who did not ask.
        if not attribute.is_never_shared
    ]
    return [(label, value) for label, value in facts if value]
