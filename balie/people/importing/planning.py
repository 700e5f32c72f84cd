"""The plan of an import: a table compared with everybody who is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Final

from django.utils.translation import gettext_noop as _

from balie.people.importing.columns import Reading, columns_of, importable_by, notation_of
from balie.people.importing.finding import PeopleFinder
from balie.people.importing.plan import Fault, ImportPlan, Planned
from balie.people.known import Known
from balie.people.models import Attribute, Identity, Person
from balie.people.reporting_lines import closing_a_loop
from balie.people.rows import Row, Wrong, understand
from balie.people.tables import CannotRead, Table
from balie.platform.alphabet import alphabetical
from balie.platform.sentences import Sentence

# After so many rows it is said how far it is.
_STRETCH: Final = 1000
_LAST_ADMINISTRATOR: Final = _("This is the last administrator; make somebody else one first.")


def make_plan(
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


class _Planning:
    """Compares a table with who is known; reads everything it needs in four queries."""

    def __init__(self, table: Table, reading: Reading, by: Person | None) -> None:
        self._table, self._plan = table, ImportPlan()
        self._attributes = {attribute.key: attribute for attribute in importable_by(by)}
        self._changes_administrators = by is None or by.is_administrator
        self._columns = columns_of(table.headings, attributes=list(self._attributes.values()), reading=reading)
        self._notation = notation_of(table, self._columns, attributes=self._attributes, reading=reading)
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
            if done % _STRETCH == 0:
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
        finder = PeopleFinder(self._people, self._owner, self._planned)
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

    def _set_people(self, finder: PeopleFinder) -> None:
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


class _Listed:
    """Several things with labels, in whatever language is read."""

    def __init__(self, things: Sequence[Attribute]) -> None:
        self._things = things

    def __str__(self) -> str:
        return ", ".join(map(str, self._things))
