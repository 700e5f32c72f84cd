"""Whom a cell of the file names: somebody in the file, or somebody known already."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from balie.people import headings
from balie.people.importing.plan import Planned
from balie.people.models import Person
from balie.platform.sentences import Sentence


class PeopleFinder:
    """Finds whom a cell names, by address or by a name that only one person has, among those in the file and those known."""

    def __init__(self, people: dict[int, Person], owner: dict[str, int], planned: dict[int, Planned]) -> None:
        everyone = {pk: person for pk, person in people.items() if not person.is_external}
        everyone.update({node: one.person for node, one in planned.items()})
        self._everyone = everyone
        self._by_address = {address: pk for address, pk in owner.items() if pk in everyone}
        self._by_address.update({address: node for node, one in planned.items() for address in one.row.addresses})
        self._by_name: dict[str, list[int]] = {}
        for node, person in everyone.items():
            self._by_name.setdefault(headings.plainly(person.name), []).append(node)

    def find(self, written: str) -> int | None:
        if "@" in written:
            return self._by_address.get(written.lower())
        named = self._by_name.get(headings.plainly(written), [])
        return named[0] if len(named) == 1 else None

    def unknown(self, written: str) -> Sentence:
        if len(self._by_name.get(headings.plainly(written), [])) > 1:
            return Sentence(
                _("Several people are called %(name)s; name the supervisor by address. Left out."), name=written
            )
        return Sentence(_("The supervisor %(supervisor)s is not known; left out."), supervisor=written)

    def unknown_person(self, written: str) -> Sentence:
        if len(self._by_name.get(headings.plainly(written), [])) > 1:
            return Sentence(_("Several people are called %(name)s; write an address."), name=written)
        return Sentence(_("%(name)s is not known."), name=written)

    def name(self, node: int) -> str:
        return self._everyone[node].name
