"""What somebody may see and change of whom, and which settings they may open. Nothing else decides it.

A right is a cell of a role's matrix; of several that meet, the furthest counts. Administrators hold every right. Rights are read
once for a person as they were loaded, which is once for a page or an operation; lists ask about all their people at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import F, Q, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact

from balie.people.basics import Basic
from balie.people.models import Area, Attribute, Level, Person, Right, Role, Scope
from balie.people.models.person import PersonQuerySet

# A loop cannot arise, and would end here all the same: UNION drops what it has seen.
_BELOW: Final = """
WITH RECURSIVE below (id) AS (
    SELECT id FROM people_person WHERE supervisor_id = %s
    UNION SELECT person.id FROM people_person AS person JOIN below ON person.supervisor_id = below.id
) SELECT id FROM below
"""
_ABOVE: Final = """
WITH RECURSIVE above (person, lead) AS (
    SELECT id, supervisor_id FROM people_person WHERE id = ANY(%s::bigint[])
    UNION SELECT above.person, people_person.supervisor_id FROM above JOIN people_person ON people_person.id = above.lead
) SELECT person FROM above WHERE lead = %s
"""


# Name, status and the like count as facts of these preset sections, by their keys.
_SECTIONS_OF_BASICS: Final = {
    Basic.NAME: "work", Basic.STATUS: "work", Basic.SUPERVISOR: "work", Basic.EMAIL: "contact", Basic.OTHER_ADDRESSES: "contact",
}  # fmt: skip
# Addresses decide who signs in as whom, and the supervisor who sees what of whom: a right to a section proposes these at most.
_PROPOSED_AT_MOST: Final = frozenset({Basic.SUPERVISOR, Basic.EMAIL, Basic.OTHER_ADDRESSES})


@dataclass(frozen=True)
class _Group:
    """People who have this value of an attribute."""

    key: str
    value: str

    def holds(self, person: Person) -> bool:
        value = person.attributes.get(self.key)
        return self.value in ([as_written(one) for one in value] if isinstance(value, list) else [as_written(value)])


@dataclass(frozen=True)
class _Cell:
    """One right to profiles."""

    section: int
    section_key: str
    scope: Scope
    level: Level
    group: _Group | None


@dataclass(frozen=True)
class Access:
    """How far somebody's rights to one person go, section by section."""

    levels: Mapping[int, int] = field(default_factory=dict)
    is_complete: bool = False
    # Of what every person has.
    basics: Mapping[Basic, int] = field(default_factory=dict)

    def level_of(self, basic: Basic) -> int:
        """A `Level`, or 0."""
        return Level.EDIT if self.is_complete else self.basics.get(basic, 0)

    def level(self, attribute: Attribute) -> int:
        """A `Level`, or 0."""
        return Level.EDIT if self.is_complete else self.levels.get(attribute.section_id, 0)

    def may_view(self, attribute: Attribute) -> bool:
        return self.level(attribute) >= Level.VIEW

    def may_propose(self, attribute: Attribute) -> bool:
        return self.level(attribute) >= Level.PROPOSE

    def may_edit(self, attribute: Attribute) -> bool:
        return self.level(attribute) >= Level.EDIT

    @property
    def is_any(self) -> bool:
        return self.is_complete or bool(self.levels)


@dataclass(frozen=True)
class Rights:
    """All that one person may. `Rights.of(person)` makes them."""

    holder: Person
    cells: tuple[_Cell, ...] = ()
    areas: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person) -> Rights:
        """One question, put once for this person as they were loaded; none for administrators."""
        known: Rights | None = person.__dict__.get("_rights")
        if known is None:
            known = cls(person) if person.is_administrator or not person.is_active else cls._read(person)
            person.__dict__["_rights"] = known
        return known

    @classmethod
    def _read(cls, person: Person) -> Rights:
        held = Q(role__preset=Role.Preset.EVERYBODY) | Q(role__in=person.role_assignments.values("role"))
        rows = Right.objects.filter(held).values_list(
            "section", "section__key", "scope", "area", "level", "role__group_attribute__key",
            "role__group_attribute__archived_at", "role__group_value",
        )  # fmt: skip
        cells, areas = [], dict[str, int]()
        for section, section_key, scope, area, level, key, archived_at, value in rows:
            if area:
                areas[area] = max(level, areas.get(area, 0))
            else:
                group = _Group(key, value) if key and value and archived_at is None else None
                cells.append(_Cell(section, section_key, Scope(scope), Level(level), group))
        return cls(person, tuple(cells), areas)

    # Settings

    def may_open(self, area: Area, *, edit: bool = False) -> bool:
        """Whether this part of the settings is open to them: to look at, or to change."""
        if not self.holder.is_active:
            return False
        return self.holder.is_administrator or self.areas.get(area, 0) >= (Level.EDIT if edit else Level.VIEW)

    # Profiles

    def over(self, people: Iterable[Person]) -> dict[int, Access]:
        """By number, how far the rights to each of these people go; at most one question, however many they are."""
        people = list(people)
        if self.holder.is_administrator:
            return {person.pk: Access(is_complete=not person.is_external) for person in people}
        reports = self._reports_among(people)
        return {person.pk: self._access(person, is_report=person.pk in reports) for person in people}

    def to(self, person: Person) -> Access:
        return self.over([person])[person.pk]

    def edits_of_everybody(self, attribute: Attribute) -> bool:
        """Whether they may edit this on every profile, so that a file of theirs may fill it."""
        return self.holder.is_administrator or any(
            cell.scope == Scope.EVERYBODY and cell.level >= Level.EDIT and cell.section == attribute.section_id
            for cell in self.cells
        )

    def people(self) -> PersonQuerySet:
        """Employees of whom they may see anything; those who have left only for whoever may open the settings of people."""
        people: PersonQuerySet = Person.objects.employees()
        if not self.holder.is_active:
            return people.none()
        if not self.may_open(Area.PEOPLE):
            people = people.able_to_sign_in()
        if self.holder.is_administrator:
            return people
        return people.filter(Q(pk=self.holder.pk) | self.reaching(Level.VIEW))

    def reaching(self, level: Level, *, of: str = "", section: str = "") -> Q:
        """The condition that a right of this level, or further, reaches a row's person: `of` leads to the person from the row.

        With `section`, the way to an attribute's section from the row, it has to be a right to that one.
        """
        if self.holder.is_administrator:
            return Q()
        found = Q(pk__in=[])
        for cell in self.cells:
            if cell.level >= level:
                within = self._within(cell, of)
                found |= within & Q(**{section: cell.section}) if section else within
        return found

    def editing(self, basic: Basic, *, of: str) -> Q:
        """The condition that they may edit this of a row's person; the same as `Access.level_of` says."""
        if self.holder.is_administrator:
            return Q()
        others = ~Q(**{f"{of}__role": Person.Role.ADMINISTRATOR}) | Q(**{f"{of}__status": Person.Status.INACTIVE})
        if self.may_open(Area.PEOPLE, edit=True):
            return others
        if basic in _PROPOSED_AT_MOST:
            return Q(pk__in=[])
        found = Q(pk__in=[])
        for cell in self.cells:
            if cell.level >= Level.EDIT and cell.section_key == _SECTIONS_OF_BASICS[basic]:
                found |= self._within(cell, of)
        return found & others

    def _within(self, cell: _Cell, of: str) -> Q:
        person = f"{of}__pk" if of else "pk"
        match cell.scope:
            case Scope.OWN:
                return Q(**{person: self.holder.pk})
            case Scope.REPORTS:
                return Q(**{f"{person}__in": RawSQL(_BELOW, [self.holder.pk])})  # noqa: S611  (a constant, with a number)
            case Scope.EVERYBODY:
                return Q(**{f"{person}__isnull": False})
        return _in_group(cell.group, f"{of}__attributes" if of else "attributes") if cell.group else Q(pk__in=[])

    def _reports_among(self, people: list[Person]) -> set[int]:
        others = [person.pk for person in people if person.pk != self.holder.pk]
        if not others or not any(cell.scope == Scope.REPORTS for cell in self.cells):
            return set()
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE, [others, self.holder.pk])
            return {row[0] for row in cursor.fetchall()}

    def _access(self, person: Person, *, is_report: bool) -> Access:
        if not self.holder.is_active or person.is_external:
            return Access()
        levels, by_key = dict[int, int](), dict[str, int]()
        for cell in self.cells:
            applies = {
                Scope.OWN: person.pk == self.holder.pk,
                Scope.REPORTS: is_report,
                Scope.GROUP: cell.group is not None and cell.group.holds(person),
                Scope.EVERYBODY: True,
            }[cell.scope]
            if applies:
                levels[cell.section] = by_key[cell.section_key] = max(cell.level, levels.get(cell.section, 0))
        return Access(levels, basics={basic: self._level_of(basic, person, by_key) for basic in Basic})

    def _level_of(self, basic: Basic, person: Person, by_section: Mapping[str, int]) -> int:
        """Whoever may edit the people of the settings edits these of everybody; of an administrator, only administrators do."""
        if self.may_open(Area.PEOPLE, edit=True):
            return Level.PROPOSE if person.is_administrator else Level.EDIT
        level = by_section.get(_SECTIONS_OF_BASICS[basic], 0)
        is_limited = basic in _PROPOSED_AT_MOST or person.is_administrator
        return min(level, Level.PROPOSE) if is_limited else level


def _in_group(group: _Group, attributes: str) -> Q:
    """The same as `_Group.holds`: as one value, or as one of several."""
    alone = Exact(KeyTextTransform(group.key, F(attributes)), Value(group.value, output_field=TextField()))
    return Q(alone) | Q(**{f"{attributes}__contains": {group.key: [group.value]}})


def as_written(value: Any) -> str:
    """A value of an attribute as PostgreSQL's ->> writes it, and as a role's group keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
