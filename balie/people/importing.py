"""Bringing employees over from a file: first a plan that can be read, then the change, in one transaction. Nobody is told.

People are recognised by any of their addresses. An empty cell changes nothing, so the same file twice changes nothing either.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from balie.people import headings
from balie.people.models import Attribute, Identity, Person
from balie.people.reporting_lines import closing_a_loop
from balie.people.rows import Row, Wrong, understand
from balie.people.tables import CannotRead, Table, read_table

__all__ = ["CannotRead", "ChangedMeanwhile", "ImportPlan", "read_table"]

BATCH: Final = 1000
_COLUMNS_OF_PERSON = ("name", "email", "kind", "status", "language", "time_zone", "attributes", "password")

Item = TypeVar("Item")


class ChangedMeanwhile(Exception):
    """Somebody changed people between plan and import; nothing was imported. Make a new plan."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a row; the rest of the file is imported."""

    row: int
    what: str


@dataclass(kw_only=True)
class Planned:
    """One person of the file as they will be. `changes`: label of the field → old and new, fit to be shown."""

    row: Row
    person: Person
    is_new: bool
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    new_addresses: list[str] = field(default_factory=list)
    supervisor: "Planned | Person | None" = None

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

    @property
    def size(self) -> int:
        """How many people it touches."""
        return len(self.additions) + len(self.changes) + len(self.departures)

    @staticmethod
    def make(table: Table, *, with_departures: bool = False) -> "ImportPlan":
        """The plan for a table. With departures, employees who are not in it become inactive; administrators never do."""
        return _Planning(table).plan(with_departures=with_departures)

    def apply(self, *, progress: Callable[[int], object] = lambda _done: None) -> None:
        """Do it, all or nothing; `progress` hears how many people each batch was. Raises `ChangedMeanwhile`."""
        try:
            with transaction.atomic():
                self._apply(progress)
        except IntegrityError:
            raise ChangedMeanwhile from None

    def _apply(self, progress: Callable[[int], object]) -> None:
        for batch in _batches(self.additions):
            for planned in batch:
                planned.person.password = make_password(None)
            Person.objects.bulk_create([planned.person for planned in batch])
            progress(len(batch))
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
        progress(len(self.departures))


class _Planning:
    """Compares a table with who is known; reads everything it needs in four queries."""

    def __init__(self, table: Table) -> None:
        self._table, self._plan = table, ImportPlan()
        self._attributes = {attribute.key: attribute for attribute in Attribute.objects.all()}
        self._columns = headings.columns(table.headings, attributes=list(self._attributes.values()))
        emails = Identity.objects.filter(kind=Identity.EMAIL)
        self._owner = dict(emails.values_list("external_id", "person_id"))
        known = Person.objects.filter(identities__kind=Identity.EMAIL) | Person.objects.employees()
        self._people = {person.pk: person for person in known.distinct()}
        self._owner.update({person.email: person.pk for person in self._people.values() if person.email})
        self._in_file: dict[str, int] = {}
        self._planned: dict[int, Planned] = {}

    def plan(self, *, with_departures: bool) -> ImportPlan:
        self._refuse_what_is_no_list_of_people()
        for number, cells in self._table.rows:
            try:
                row = understand(number, cells, columns=self._columns, attributes=self._attributes)
                self._take(row)
            except Wrong as wrong:
                self._fault(number, str(wrong))
        self._set_supervisors()
        for planned in self._planned.values():
            if planned.is_new:
                self._plan.additions.append(planned)
            elif planned.changes:
                self._plan.changes.append(planned)
            else:
                self._plan.unchanged += 1
        if with_departures:
            self._plan.departures = [person for person in self._people.values() if self._has_departed(person)]
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
                raise Wrong(
                    _("%(address)s is in row %(row)s already.") % {"address": address, "row": self._in_file[address]}
                )
        owners = {self._owner[address] for address in row.addresses if address in self._owner}
        if len(owners) > 1:
            raise Wrong(
                _("These addresses belong to two people here: %(addresses)s.") % {"addresses": ", ".join(row.addresses)}
            )
        owner = next(iter(owners), None)
        if owner in self._planned:
            raise Wrong(_("This is the person of row %(row)s.") % {"row": self._planned[owner].row.number})
        self._in_file.update(dict.fromkeys(row.addresses, row.number))
        planned = self._new(row) if owner is None else self._changed(row, self._people[owner])
        planned.new_addresses = [address for address in dict.fromkeys(row.addresses) if address not in self._owner]
        if planned.new_addresses and not planned.is_new:
            planned.changes[_("further addresses")] = ("", ", ".join(planned.new_addresses))
        self._planned[planned.node] = planned

    def _new(self, row: Row) -> Planned:
        person = Person(email=row.email, **row.fields, attributes=dict(row.attributes))
        return Planned(row=row, person=person, is_new=True)

    def _changed(self, row: Row, person: Person) -> Planned:
        planned = Planned(row=row, person=person, is_new=False)
        for name, value in {**row.fields, "email": row.email, "kind": Person.Kind.EMPLOYEE.value}.items():
            old = getattr(person, name)
            if old != value:
                planned.changes[_label(name)] = (old, value)
                setattr(person, name, value)
        for key, value in row.attributes.items():
            old = str(person.attributes.get(key, ""))
            if old != value:
                attribute = self._attributes[key]
                shown = ("•••" if old else "", "•••") if attribute.is_sensitive else (old, value)
                planned.changes[str(attribute)] = shown
                person.attributes[key] = value
        return planned

    def _set_supervisors(self) -> None:
        finder = _SupervisorFinder(self._people, self._owner, self._planned)
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
                    _("With %(supervisor)s as supervisor, somebody would supervise themselves; left out.")
                    % {"supervisor": planned.row.supervisor},
                )
                continue
            planned.supervisor = self._planned.get(lead) or self._people[lead]
            if not planned.is_new:
                before = self._people.get(planned.person.supervisor_id or 0)
                planned.changes[_("supervisor")] = (before.name if before else "", finder.name(lead))

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

    def _fault(self, row: int, what: str) -> None:
        self._plan.faults.append(Fault(row=row, what=what))


class _SupervisorFinder:
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

    def unknown(self, written: str) -> str:
        if len(self._by_name.get(headings.plainly(written), [])) > 1:
            return _("Several people are called %(name)s; name the supervisor by address. Left out.") % {
                "name": written
            }
        return _("The supervisor %(supervisor)s is not known; left out.") % {"supervisor": written}

    def name(self, node: int) -> str:
        return self._everyone[node].name


def _label(field_name: str) -> str:
    return str(getattr(Person._meta.get_field(field_name), "verbose_name", field_name))


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
