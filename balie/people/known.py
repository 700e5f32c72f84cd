"""What the values of attributes name: choices and people, read when they are first asked for, and once."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation

from balie.people.headings import plainly
from balie.people.models import Attribute, Choice, Identity, Person
from balie.platform.languages import LANGUAGES


class Known:
    """For one page, one import, one call. What was read is believed as long as that lasts."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        """`people` are known already, and need not be read."""
        self._people: dict[int, Person | None] = {person.pk: person for person in people}
        self._choices: dict[int, dict[str, Choice]] = {}
        self._named: dict[int, dict[str, str]] = {}

    def choices(self, attribute: Attribute) -> dict[str, Choice]:
        """By key and in order, archived ones too; one query for an attribute whose choices were not brought along."""
        if attribute.pk not in self._choices:
            self._choices[attribute.pk] = {choice.key: choice for choice in attribute.choices.all()}
        return self._choices[attribute.pk]

    def choice_called(self, attribute: Attribute, written: str) -> str | None:
        """The key of the choice that is called so in any language; of one in use before an archived one."""
        if attribute.pk not in self._named:
            self._named[attribute.pk] = _names(self.choices(attribute).values())
        return self._named[attribute.pk].get(plainly(written) or written.strip())

    def person(self, pk: int) -> Person | None:
        """None for somebody who is not there, or no longer."""
        if pk not in self._people:
            self._people[pk] = Person.objects.filter(pk=pk).first()
        return self._people[pk]

    def person_called(self, address: str) -> Person | None:
        """The employee with this address."""
        found: Person | None = Person.objects.employees().known_by(Identity.EMAIL, address.strip().lower())
        if found is not None:
            self._people[found.pk] = found
        return found

    def read_people(self, of: Iterable[Person], *, attributes: Iterable[Attribute]) -> None:
        """Everybody whom these profiles name, in one query."""
        keys = [attribute.key for attribute in attributes if attribute.type == Attribute.Type.PERSON]
        named = {pk for person in of for key in keys if isinstance(pk := person.attributes.get(key), int)}
        lacking = named - self._people.keys()
        if lacking:
            self._people.update(dict.fromkeys(lacking) | Person.objects.in_bulk(lacking))


def _names(choices: Iterable[Choice]) -> dict[str, str]:
    names: dict[str, str] = {}
    for choice in sorted(choices, key=lambda one: one.archived_at is not None):
        called = [choice.key, choice.label, *choice.labels.values()]
        if choice.is_preset:
            for code, _name in LANGUAGES:
                with translation.override(code):
                    called.append(str(choice))
        for name in called:
            # A sign such as "+" has no plain form; it is found as it stands.
            names.setdefault(plainly(name) or name.strip(), choice.key)
    return names
