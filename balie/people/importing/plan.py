"""What an import would do: who comes, who changes in what, who leaves, and what of the file cannot be used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from balie.organisation.models import Organisation
from balie.people.basics import LABELS, Basic
from balie.people.known import Known
from balie.people.models import Attribute, Person
from balie.people.notation import Notation
from balie.people.rows import Row
from balie.people.values import shown
from balie.platform.sentences import Sentence

COLUMNS_OF_PERSON: Final = ("name", "email", "kind", "status", "language", "time_zone", "attributes")
_HIDDEN: Final = "•••"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a row; the rest of the file is imported."""

    row: int
    what: Sentence


@dataclass(kw_only=True)
class Planned:
    """One person of the file as they will be."""

    row: Row
    person: Person
    is_new: bool
    # The person as they were, and what changes: attribute or name of a field → old and new.
    before: Person | None = None
    history: dict[Attribute | str, tuple[Any, Any]] = field(default_factory=dict)
    new_addresses: list[str] = field(default_factory=list)
    supervisor: Planned | Person | None = None
    # Attributes that hold people, who may be new themselves.
    people: dict[Attribute, Planned | Person] = field(default_factory=dict)

    def changes(self, known: Known) -> list[tuple[str, str, str]]:
        """What changes, in the reader's language: what it is called, old and new, fit to be shown."""
        return [(_label(what), *self._shown(what, old, new, known)) for what, (old, new) in self.history.items()]

    def _shown(self, what: Attribute | str, old: Any, new: Any, known: Known) -> tuple[str, str]:
        if isinstance(what, str):
            return _as_shown(what, old), _as_shown(what, new)
        words = shown(what, old, known=known), self._name_of(what) or shown(what, new, known=known)
        return (words[0] and _HIDDEN, _HIDDEN) if what.is_sensitive else words

    def _name_of(self, attribute: Attribute) -> str:
        """Of the person whom this attribute will hold, who may be new."""
        named = self.people.get(attribute)
        return (named.person if isinstance(named, Planned) else named).name if named else ""

    @property
    def node(self) -> int:
        """A number for people who have none yet: that of their row, below zero."""
        return -self.row.number if self.is_new else self.person.pk


@dataclass(kw_only=True)
class ImportPlan:
    """What an import would do."""

    additions: list[Planned] = field(default_factory=list)
    changes: list[Planned] = field(default_factory=list)
    departures: list[Person] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: int = 0
    ignored_columns: list[str] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    notation: Notation = field(default_factory=Notation)
    # The people and choices that values name.
    known: Known = field(default_factory=Known)
    # How many employees may sign in before it.
    present: int = 0

    @property
    def size(self) -> int:
        """How many people it touches."""
        return len(self.additions) + len(self.changes) + len(self.departures)

    @property
    def leaving(self) -> int:
        """How many become inactive: who is not in the file, and whom the file says so of."""
        said = sum(
            1
            for one in self.changes
            if one.before and one.before.is_active and one.person.status == Person.Status.INACTIVE
        )
        return len(self.departures) + said

    @property
    def is_large_departure(self) -> bool:
        """Whether more leave than the organisation allows without being asked again; one person always may."""
        return self.leaving > max(1, self.present * Organisation.current().largest_departure / 100)

    @property
    def fingerprint(self) -> str:
        """The same for two plans that would do the same."""
        found = hashlib.sha256()
        for planned in (*self.additions, *self.changes):
            lead = planned.supervisor.person if isinstance(planned.supervisor, Planned) else planned.supervisor
            written = [getattr(planned.person, name) for name in ("pk", *COLUMNS_OF_PERSON)]
            was = [(what if isinstance(what, str) else what.key, old) for what, (old, _new) in planned.history.items()]
            found.update(repr((written, was, planned.new_addresses, lead and lead.email, planned.row.people)).encode())
        found.update(repr(sorted(person.pk for person in self.departures)).encode())
        return found.hexdigest()


def _as_shown(field_name: str, value: Any) -> str:
    """Of a supervisor, the name is all that a plan holds."""
    if not value or field_name in (Basic.SUPERVISOR, Basic.OTHER_ADDRESSES):
        return value or ""
    choices = getattr(Person._meta.get_field(field_name), "choices", None) or ()
    return str(dict(choices).get(value, value))


def _label(what: Attribute | str) -> str:
    if isinstance(what, Attribute):
        return str(what)
    if what in [*Basic]:
        return str(LABELS[Basic(what)])
    return str(getattr(Person._meta.get_field(what), "verbose_name", what))
