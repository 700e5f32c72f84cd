"""Bringing employees over from a file: first a plan that can be read, then the change, in one transaction. Nobody is told.

People are recognised by any of their addresses. An empty cell changes nothing, so the same file twice changes nothing either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext_noop as _

from balie.organisation.models import Organisation
from balie.people import definitions, headings
from balie.people.basics import LABELS, Basic
from balie.people.known import Known
from balie.people.models import Attribute, AttributeChange, Identity, Person
from balie.people.notation import Notation
from balie.people.reporting_lines import closing_a_loop
from balie.people.rights import Rights
from balie.people.rows import Row, Wrong, understand
from balie.people.tables import CannotRead, Table, read_table
from balie.people.values import shown
from balie.platform import clock
from balie.platform.alphabet import alphabetical
from balie.platform.sentences import Sentence

__all__ = ["CannotRead", "ChangedMeanwhile", "ImportPlan", "TooManyLeave", "read_table"]

BATCH: Final = 1000
_COLUMNS_OF_PERSON = ("name", "email", "kind", "status", "language", "time_zone", "attributes")
# One import at a time; held until its transaction ends.
_LOCK: Final = 0x62616C6965_02
_HIDDEN: Final = "•••"
_LAST_ADMINISTRATOR: Final = _("This is the last administrator; make somebody else one first.")

Item = TypeVar("Item")


class ChangedMeanwhile(Exception):
    """Somebody changed people between plan and import; nothing was imported. Make a new plan."""


class TooManyLeave(Exception):
    """More people would become inactive than the organisation allows at once; nothing was imported."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is to be read, where its own headings and cells do not say it well enough.

    `columns`: for each heading a field of a person, an attribute's key, or "" to leave it out.
    """

    columns: tuple[str, ...] | None = None
    decimal_mark: str = ""
    is_month_first: bool | None = None


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
            written = [getattr(planned.person, name) for name in ("pk", *_COLUMNS_OF_PERSON)]
            was = [(what if isinstance(what, str) else what.key, old) for what, (old, _new) in planned.history.items()]
            found.update(repr((written, was, planned.new_addresses, lead and lead.email, planned.row.people)).encode())
        found.update(repr(sorted(person.pk for person in self.departures)).encode())
        return found.hexdigest()

    @staticmethod
    def make(
        table: Table,
        *,
        with_departures: bool = False,
        reading: Reading | None = None,
        progress: Callable[[int, int], object] | None = None,
        by: Person | None = None,
    ) -> ImportPlan:
        """The plan for a table. With departures, employees who are not in it become inactive; administrators never do.

        `progress` hears how many rows were read, of how many. `by` is whose access rights decide, nobody for a command.
        """
        planning = _Planning(table, reading or Reading(), by)
        return planning.plan(with_departures=with_departures, progress=progress or (lambda _done, _total: None))

    def apply(
        self,
        *,
        by: Person | None = None,
        many_may_leave: bool = True,
        progress: Callable[[int], object] = lambda _done: None,
    ) -> None:
        """Do it, all or nothing; `progress` hears how many people each batch was. `by` is nobody for a command.

        Raises `ChangedMeanwhile`, and `TooManyLeave` unless many may.
        """
        if self.is_large_departure and not many_may_leave:
            raise TooManyLeave
        try:
            with transaction.atomic():
                one_at_a_time()
                definitions.stand_still()
                self._refuse_what_changed()
                self._apply(by, progress)
        except IntegrityError:
            raise ChangedMeanwhile from None

    def _refuse_what_changed(self) -> None:
        """The rows that will be written are locked, and still say what the plan was made of."""
        for batch in _batches([*self.changes]):
            rows = Person.objects.select_for_update().order_by("pk").in_bulk([one.person.pk for one in batch])
            for one in batch:
                row = rows.get(one.person.pk)
                if row is None or one.before is None or _written(row) != _written(one.before):
                    raise ChangedMeanwhile
        leaving = [one.pk for one in self.departures] + [
            one.person.pk for one in self.changes if one.person.status == Person.Status.INACTIVE
        ]
        administrators = Person.objects.able_to_sign_in().filter(role=Person.Role.ADMINISTRATOR).order_by("pk")
        staying = {person.pk for person in administrators.select_for_update()} - set(leaving)
        if not staying and administrators.exists():
            raise ChangedMeanwhile

    def _apply(self, by: Person | None, progress: Callable[[int], object]) -> None:
        for batch in _batches(self.additions):
            for planned in batch:
                planned.person.password = make_password(None)
            Person.objects.bulk_create([planned.person for planned in batch])
            progress(len(batch))
        self._name_people()
        for batch in _batches(self.changes):
            # An upsert: one statement writes what `bulk_update` needs a CASE per person and field for.
            Person.objects.bulk_create(
                [planned.person for planned in batch],
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=list(_COLUMNS_OF_PERSON),
            )
            progress(len(batch))
        touched = [*self.additions, *self.changes]
        Identity.objects.bulk_create(
            [
                Identity(person=planned.person, kind=Identity.EMAIL, external_id=address)
                for planned in touched
                for address in planned.new_addresses
            ],
            batch_size=BATCH,
        )
        _set_supervisors([(planned.person, planned.supervisor) for planned in touched if planned.supervisor])
        Person.objects.filter(pk__in=[person.pk for person in self.departures]).update(status=Person.Status.INACTIVE)
        self._remember(by)
        progress(len(self.departures))

    def _name_people(self) -> None:
        """New people have their ids now, so that profiles can hold them."""
        for planned in (*self.additions, *self.changes):
            for attribute, named in planned.people.items():
                pk = named.person.pk if isinstance(named, Planned) else named.pk
                planned.person.attributes[attribute.key] = pk
                if not planned.is_new:
                    planned.history[attribute] = (planned.history[attribute][0], pk)
        naming = [planned.person for planned in self.additions if planned.people]
        Person.objects.bulk_update(naming, ["attributes"], batch_size=BATCH)

    def _remember(self, by: Person | None) -> None:
        """The history of what was written; new profiles' in one statement."""
        at, way = clock.now(), AttributeChange.Way.IMPORT
        _remember_new([planned.person.pk for planned in self.additions], by=by, way=way)
        changes = [
            AttributeChange(
                person=planned.person, attribute=None if isinstance(what, str) else what,
                field=what if isinstance(what, str) else "", old=old, new=new, at=at, by=by, way=way,
            )
            for planned in self.changes
            for what, (old, new) in planned.history.items()
        ]  # fmt: skip
        changes += [
            AttributeChange(person=person, field="status", old=person.status, new="inactive", at=at, by=by, way=way)
            for person in self.departures
        ]
        AttributeChange.objects.bulk_create(changes, batch_size=BATCH)


def one_at_a_time() -> None:
    """Waits until no other import is under way; ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def is_importing() -> bool:
    """Whether an import is under way; otherwise none begins before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT pg_try_advisory_xact_lock_shared(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _written(person: Person) -> tuple[Any, ...]:
    return (*(getattr(person, name) for name in _COLUMNS_OF_PERSON), person.supervisor_id)


def _remember_new(people: Sequence[int], *, by: Person | None, way: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_attributechange (person_id, attribute_id, field, old, new, at, by_id, way)"
            " SELECT person.id, attribute.id, '', NULL, fact.value, now(), %s, %s"
            " FROM people_person AS person, jsonb_each(person.attributes) AS fact (key, value)"
            " JOIN people_attribute AS attribute ON attribute.key = fact.key WHERE person.id = ANY(%s)",
            [by.pk if by else None, way, list(people)],
        )


class _Planning:
    """Compares a table with who is known; reads everything it needs in four queries."""

    def __init__(self, table: Table, reading: Reading, by: Person | None) -> None:
        self._table, self._plan = table, ImportPlan()
        self._attributes = {attribute.key: attribute for attribute in importable_by(by)}
        self._changes_administrators = by is None or by.is_administrator
        self._columns = columns_of(table.headings, attributes=list(self._attributes.values()), reading=reading)
        self._notation = _notation_of(table, self._columns, attributes=self._attributes, reading=reading)
        self._known = Known()
        emails = Identity.objects.filter(kind=Identity.EMAIL)
        self._owner = dict(emails.values_list("external_id", "person_id"))
        known = Person.objects.filter(identities__kind=Identity.EMAIL) | Person.objects.employees()
        self._people = {person.pk: person for person in known.distinct()}
        self._owner.update({person.email: person.pk for person in self._people.values() if person.email})
        self._administrators = {pk for pk, person in self._people.items() if person.is_administrator}
        self._in_file: dict[str, int] = {}
        self._planned: dict[int, Planned] = {}

    def plan(self, *, with_departures: bool, progress: Callable[[int, int], object]) -> ImportPlan:
        self._refuse_what_is_no_list_of_people()
        for done, (number, cells) in enumerate(self._table.rows):
            if done % BATCH == 0:
                progress(done, len(self._table.rows))
            try:
                self._take(
                    understand(
                        number, cells, columns=self._columns, attributes=self._attributes, known=self._known,
                        notation=self._notation,
                    )
                )  # fmt: skip
            except Wrong as wrong:
                self._fault(number, wrong.sentence)
        self._set_supervisors()
        self._say_what_is_missing()
        for planned in self._planned.values():
            if planned.is_new:
                self._plan.additions.append(planned)
            elif planned.history:
                self._plan.changes.append(planned)
            else:
                self._plan.unchanged += 1
        if with_departures:
            departed = (person for person in self._people.values() if self._has_departed(person))
            self._plan.departures = alphabetical(departed, by=lambda person: person.name)
        self._plan.columns, self._plan.notation, self._plan.known = tuple(self._columns), self._notation, self._known
        self._plan.present = sum(1 for person in self._people.values() if person.is_active) + sum(
            1 for one in self._plan.changes if one.before and one.before.is_active and not one.person.is_active
        )
        self._plan.faults.sort(key=lambda fault: fault.row)
        return self._plan

    def _refuse_what_is_no_list_of_people(self) -> None:
        pairs = zip(self._table.headings, self._columns, strict=True)
        self._plan.ignored_columns = [heading for heading, column in pairs if heading and not column]
        if "email" not in self._columns:
            raise CannotRead(_("No column holds the work address. Call it “email”."))
        if not {"name", "first_name", "last_name"} & set(self._columns):
            raise CannotRead(_("No column holds the name. Call it “name”."))

    def _take(self, row: Row) -> None:
        for address in row.addresses:
            if address in self._in_file:
                raise Wrong(_("%(address)s is in row %(row)s already."), address=address, row=self._in_file[address])
        owners = {self._owner[address] for address in row.addresses if address in self._owner}
        if len(owners) > 1:
            raise Wrong(
                _("These addresses belong to two people here: %(addresses)s."), addresses=", ".join(row.addresses)
            )
        owner = next(iter(owners), None)
        if owner in self._planned:
            raise Wrong(_("This is the person of row %(row)s."), row=self._planned[owner].row.number)
        self._in_file.update(dict.fromkeys(row.addresses, row.number))
        planned = self._new(row) if owner is None else self._changed(row, self._people[owner])
        planned.new_addresses = [address for address in dict.fromkeys(row.addresses) if address not in self._owner]
        if planned.new_addresses and not planned.is_new:
            planned.history["other_addresses"] = (None, ", ".join(planned.new_addresses))
        self._planned[planned.node] = planned
        for fault in row.left_out:
            self._fault(row.number, fault)

    def _new(self, row: Row) -> Planned:
        person = Person(email=row.email, **row.fields, attributes=dict(row.attributes))
        return Planned(row=row, person=person, is_new=True)

    def _changed(self, row: Row, person: Person) -> Planned:
        if person.pk in self._administrators and not self._changes_administrators:
            # With an administrator's address one signs in as them.
            raise Wrong(_("Only administrators change what is known of an administrator."))
        if row.fields.get("status") == Person.Status.INACTIVE and person.pk in self._administrators:
            if self._administrators == {person.pk}:
                raise Wrong(_LAST_ADMINISTRATOR)
            self._administrators.remove(person.pk)
        planned = Planned(row=row, person=person, is_new=False, before=copy(person))
        for name, value in {**row.fields, "email": row.email, "kind": Person.Kind.EMPLOYEE.value}.items():
            old = getattr(person, name)
            if old != value:
                planned.history[name] = (old, value)
                setattr(person, name, value)
        person.attributes = dict(person.attributes)
        for key, given in row.attributes.items():
            was = person.attributes.get(key)
            if was != given:
                planned.history[self._attributes[key]] = (was, given)
                person.attributes[key] = given
        return planned

    def _set_supervisors(self) -> None:
        finder = _PeopleFinder(self._people, self._owner, self._planned)
        self._set_people(finder)
        wanted: dict[int, int] = {}
        for node, planned in self._planned.items():
            if planned.row.supervisor:
                lead = finder.find(planned.row.supervisor)
                if lead is None:
                    self._fault(planned.row.number, finder.unknown(planned.row.supervisor))
                elif planned.is_new or planned.person.supervisor_id != lead:
                    wanted[node] = lead
        current = {person.pk: person.supervisor_id for person in self._people.values()}
        refused = closing_a_loop(wanted, current=current)
        for node, lead in wanted.items():
            planned = self._planned[node]
            if node in refused:
                self._fault(
                    planned.row.number,
                    Sentence(
                        _("With %(supervisor)s as supervisor, somebody would supervise themselves; left out."),
                        supervisor=planned.row.supervisor,
                    ),
                )
                continue
            planned.supervisor = self._planned.get(lead) or self._people[lead]
            if not planned.is_new:
                before = self._people.get(planned.person.supervisor_id or 0)
                planned.history["supervisor"] = (before and before.name, finder.name(lead))

    def _set_people(self, finder: _PeopleFinder) -> None:
        """What attributes that hold people name."""
        for planned in self._planned.values():
            for key, written in planned.row.people.items():
                attribute, found = self._attributes[key], finder.find(written)
                if found is None:
                    self._fault(
                        planned.row.number,
                        Sentence(
                            _("%(label)s: %(fault)s Left out."), label=attribute, fault=finder.unknown_person(written)
                        ),
                    )
                    continue
                old = planned.person.attributes.get(key)
                if planned.is_new or old != found:
                    planned.people[attribute] = self._planned.get(found) or self._people[found]
                if not planned.is_new and old != found:
                    planned.history[attribute] = (old, found)

    def _say_what_is_missing(self) -> None:
        """New people come over without what is required as well; somebody fills it in."""
        required = [attribute for attribute in self._attributes.values() if attribute.is_required]
        for planned in self._planned.values():
            held = {*planned.row.attributes, *planned.row.people}
            lacking = [attribute for attribute in required if attribute.key not in held]
            if planned.is_new and lacking:
                self._fault(
                    planned.row.number,
                    Sentence(_("Required, and not there: %(labels)s. The rest was taken."), labels=_Listed(lacking)),
                )

    def _has_departed(self, person: Person) -> bool:
        # A file without the administrators must not lock everybody out.
        is_kept = person.role == Person.Role.ADMINISTRATOR or person.pk in self._planned
        return person.is_active and not is_kept and not self._is_in_a_faulty_row(person)

    def _is_in_a_faulty_row(self, person: Person) -> bool:
        """Whoever has a row with a fault has not left."""
        return bool(person.email) and person.email in self._written_addresses

    @property
    def _written_addresses(self) -> frozenset[str]:
        if not hasattr(self, "_written"):
            place = self._columns.index("email")
            self._written = frozenset(cells[place].strip().lower() for _number, cells in self._table.rows)
        return self._written

    def _fault(self, row: int, what: Sentence) -> None:
        self._plan.faults.append(Fault(row=row, what=what))


class _PeopleFinder:
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


def importable_by(person: Person | None) -> list[Attribute]:
    """The attributes that this person's files can fill: those that they may edit on every profile. All for a command."""
    attributes = Attribute.objects.in_use().select_related("section").prefetch_related("choices")
    return [one for one in attributes if person is None or Rights.of(person).edits_of_everybody(one)]


def columns_of(names: Sequence[str], *, attributes: Sequence[Attribute], reading: Reading) -> list[str]:
    """What each column holds: as it was said, else as its heading has it."""
    if reading.columns is None:
        return headings.columns(names, attributes=attributes)
    allowed = headings.PERSON_FIELDS | {attribute.key for attribute in attributes}
    said = (*reading.columns, *[""] * len(names))[: len(names)]
    return [column if column in allowed and column not in said[:place] else "" for place, column in enumerate(said)]


def _notation_of(
    table: Table, columns: Sequence[str], *, attributes: Mapping[str, Attribute], reading: Reading
) -> Notation:
    """As it was said; else as the cells tell; else as the organisation's language has it."""
    types = (Attribute.Type.NUMBER, Attribute.Type.DECIMAL, Attribute.Type.DATE)
    places = [
        place for place, column in enumerate(columns) if column in attributes and attributes[column].type in types
    ]
    otherwise = Notation()
    if not table.is_typed:
        with translation.override(Organisation.current().language):
            otherwise = Notation.of_reader()
    found = Notation.guessed((cells[place] for _number, cells in table.rows for place in places), otherwise=otherwise)
    return Notation(
        decimal_mark=reading.decimal_mark or ("." if table.is_typed else found.decimal_mark),
        is_month_first=found.is_month_first if reading.is_month_first is None else reading.is_month_first,
    )


class _Listed:
    """Several things with labels, in whatever language is read."""

    def __init__(self, things: Sequence[Attribute]) -> None:
        self._things = things

    def __str__(self) -> str:
        return ", ".join(map(str, self._things))


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


def _set_supervisors(pairs: Sequence[tuple[Person, Planned | Person | None]]) -> None:
    """All in one statement."""
    of = [lead.person.pk if isinstance(lead, Planned) else lead.pk for _person, lead in pairs if lead is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_person SET supervisor_id = wanted.lead"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (person, lead) WHERE people_person.id = wanted.person",
            [[person.pk for person, _lead in pairs], of],
        )


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
