"""Roles: administrators make, change and assign them, each time in the audit log, and somebody always stays administrator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from balie.people import auditing
from balie.people.auditing import Kind
from balie.people.models import Area, Attribute, Level, Person, Right, Role, RoleAssignment, Scope, Section
from balie.people.models.right import ONLY_VIEWED
from balie.people.standing import settle
from balie.platform.refusal import Refusal
from balie.platform.text import clean_name


class RoleRefused(Refusal):
    """A role cannot be given or changed so; says why, in the reader's language."""


class NotAnAdministrator(RoleRefused):
    sentence = _("Only administrators give roles.")


class CannotSignIn(RoleRefused):
    sentence = _("Only employees who can sign in have a role.")


class LastAdministrator(RoleRefused):
    sentence = _("This is the last administrator; make somebody else one first.")


class HoldsEveryRight(RoleRefused):
    sentence = _(
        "The role Administrator holds every right and stays as it is: without it, nobody could let anybody in again."
    )


class EverybodyHasIt(RoleRefused):
    sentence = _("Everybody has this role; it is not given, taken away or deleted.")


class TooMuchForEverybody(RoleRefused):
    sentence = _("Settings and requests are opened by a role that is assigned, so that the audit log says to whom.")


class OnlyViewed(RoleRefused):
    sentence = _(
        "Roles are changed by administrators only, and the audit log by nobody; these areas can only be viewed."
    )


class NoGroup(RoleRefused):
    sentence = _("Choose the attribute and the value that make the group, or give it no rights.")


class NoName(RoleRefused):
    sentence = _("Give the role a name.")


class NameTaken(RoleRefused):
    sentence = _("Another role has this name.")


class OpensSensitiveData(Exception):
    """The rights open attributes that are sensitive or never shared, which nobody has confirmed."""

    def __init__(self, attributes: list[Attribute]) -> None:
        super().__init__(", ".join(attribute.key for attribute in attributes))
        self.attributes = attributes


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What a role is. `profiles` by number of the section and scope; what is not named is no right."""

    name: str
    works_on_requests: bool = False
    group_attribute: Attribute | None = None
    group_value: str = ""
    profiles: Mapping[tuple[int, Scope], Level] = field(default_factory=dict)
    areas: Mapping[Area, Level] = field(default_factory=dict)

    @classmethod
    def of(cls, role: Role) -> Outline:
        """The role as it is."""
        rights = list(role.rights.all())
        return cls(
            name=str(role), works_on_requests=role.works_on_requests, group_attribute=role.group_attribute,
            group_value=role.group_value,
            profiles={(one.section_id, Scope(one.scope)): Level(one.level) for one in rights if one.section_id},
            areas={Area(one.area): Level(one.level) for one in rights if one.area},
        )  # fmt: skip


# Roles themselves


def make(outline: Outline, *, by: Person, confirmed: Collection[int] = ()) -> Role:
    """A new role. Raises `RoleRefused`, or `OpensSensitiveData` for attributes whose numbers are not `confirmed`."""
    with transaction.atomic():
        _refuse_unless_administrator(by)
        role = Role(name="")
        _shape(role, outline, before=Outline(name=""), confirmed=confirmed)
        auditing.record(Kind.ROLE_MADE, by=by, role=role.name, changes=_changes(Outline(name=""), outline))
        return role


def change(role: Role, outline: Outline, *, by: Person, confirmed: Collection[int] = ()) -> None:
    """Make the role what the outline says; raises as `make` does. Its holders' pages follow at once."""
    with transaction.atomic():
        _refuse_unless_administrator(by)
        row = Role.objects.select_for_update().get(pk=role.pk)
        if row.is_administrators:
            raise HoldsEveryRight
        before = Outline.of(row)
        _shape(row, outline, before=before, confirmed=confirmed)
        changes = _changes(before, outline)
        if changes:
            auditing.record(Kind.ROLE_CHANGED, by=by, role=row.name, changes=changes)
        settle(row.assignments.values_list("person", flat=True))
    role.refresh_from_db()


def make_expert_role(*, by: Person) -> Role:
    """“Conversations expert” in one step, with the rights that experts need; the one that is there already when there is one."""
    with transaction.atomic():
        _refuse_unless_administrator(by)
        is_there = Role.objects.filter(preset=Role.Preset.EXPERT).exists()
        role = Role.objects.starting(Role.Preset.EXPERT)
        if not is_there:
            changes = _changes(Outline(name=""), Outline.of(role))
            auditing.record(Kind.ROLE_MADE, by=by, role=role.name, changes=changes)
        return role


def delete(role: Role, *, by: Person) -> None:
    """The role is taken from all who have it, each in the audit log, and is gone; raises `RoleRefused`."""
    with transaction.atomic():
        _refuse_unless_administrator(by)
        row = Role.objects.select_for_update().get(pk=role.pk)
        if row.is_administrators:
            raise HoldsEveryRight
        if row.is_everybodys:
            raise EverybodyHasIt
        holders = [one.person for one in row.assignments.select_related("person").order_by("pk")]
        for person in holders:
            auditing.record(Kind.ROLE_TAKEN, by=by, about=person, role=row.name)
        row.assignments.all().delete()
        auditing.record(Kind.ROLE_DELETED, by=by, role=row.name)
        row.delete()
        settle(person.pk for person in holders)


def _shape(role: Role, outline: Outline, *, before: Outline, confirmed: Collection[int]) -> None:
    name = clean_name(outline.name)[:80]
    if not name:
        raise NoName
    if role.is_everybodys and (outline.areas or outline.works_on_requests):
        raise TooMuchForEverybody
    if any(outline.areas.get(area, Level.VIEW) != Level.VIEW for area in ONLY_VIEWED):
        raise OnlyViewed
    has_group = any(scope == Scope.GROUP for _section, scope in outline.profiles)
    if has_group and not (outline.group_attribute and outline.group_value):
        raise NoGroup
    opened = [attribute for attribute in opens(outline, before=before) if attribute.pk not in confirmed]
    if opened:
        raise OpensSensitiveData(opened)
    if name != str(role):
        role.name = name
    role.works_on_requests = outline.works_on_requests
    role.group_attribute, role.group_value = outline.group_attribute, outline.group_value if has_group else ""
    if not has_group:
        role.group_attribute = None
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:
        raise NameTaken from None
    role.rights.all().delete()
    Right.objects.bulk_create(
        [
            *(
                Right(role=role, section_id=section, scope=scope, level=level)
                for (section, scope), level in outline.profiles.items()
            ),
            *(Right(role=role, area=area, level=level) for area, level in outline.areas.items()),
        ]
    )


def opens(outline: Outline, *, before: Outline) -> list[Attribute]:
    """The sensitive and never-shared attributes that the outline lets see or change, of others, more than before.

    Whoever may edit attributes or API credentials decides what else is passed on, and whoever may edit people, which address
    signs in as whom; so these areas open all of them.
    """
    delicate = Attribute.objects.in_use().delicate()
    for area in (Area.ATTRIBUTES, Area.INTEGRATIONS, Area.PEOPLE):
        if outline.areas.get(area) == Level.EDIT and before.areas.get(area) != Level.EDIT:
            return list(delicate)
    is_same_group = (outline.group_attribute, outline.group_value) == (before.group_attribute, before.group_value)
    raised = {
        section
        for (section, scope), level in outline.profiles.items()
        if scope != Scope.OWN
        and (level > before.profiles.get((section, scope), 0) or (scope == Scope.GROUP and not is_same_group))
    }
    return list(delicate.filter(section__in=raised)) if raised else []


def _changes(before: Outline, after: Outline) -> list[dict[str, Any]]:
    """What is different, for the log: names of sections as they are stored, codes for the rest."""
    sections = dict(Section.objects.values_list("pk", "label"))
    found: list[dict[str, Any]] = []
    if before.name and before.name != after.name:
        found.append({"what": "name", "before": before.name, "after": after.name})
    if before.works_on_requests != after.works_on_requests:
        found.append(
            {"what": "works_on_requests", "before": before.works_on_requests, "after": after.works_on_requests}
        )
    groups = [
        f"{one.group_attribute.label}: {one.group_value}" if one.group_attribute else "" for one in (before, after)
    ]
    if groups[0] != groups[1]:
        found.append({"what": "group", "before": groups[0], "after": groups[1]})
    for section, scope in sorted({*before.profiles, *after.profiles}, key=lambda cell: (cell[0], cell[1].value)):
        levels = [int(one.profiles.get((section, scope), 0)) for one in (before, after)]
        if levels[0] != levels[1]:
            name = sections.get(section, "")
            found.append({"what": "profiles", "section": name, "scope": scope, "before": levels[0], "after": levels[1]})
    for area in sorted({*before.areas, *after.areas}, key=lambda one: one.value):
        levels = [int(one.areas.get(area, 0)) for one in (before, after)]
        if levels[0] != levels[1]:
            found.append({"what": "area", "area": area, "before": levels[0], "after": levels[1]})
    return found


# Who has them


def assign(role: Role, person: Person, *, by: Person) -> None:
    """The person has the role from now on; raises `RoleRefused`."""
    with transaction.atomic():
        _refuse_unless_administrator(by)
        row = Person.objects.select_for_update().get(pk=person.pk)
        if role.is_everybodys:
            raise EverybodyHasIt
        if not row.is_active:
            raise CannotSignIn
        _assignment, is_new = RoleAssignment.objects.get_or_create(role=role, person=row, defaults={"given_by": by})
        if is_new:
            auditing.record(Kind.ROLE_GIVEN, by=by, about=row, role=role.name)
            settle([row.pk])
    person.refresh_from_db()


def withdraw(role: Role, person: Person, *, by: Person) -> None:
    """The person does not have the role any more; raises `RoleRefused`."""
    with transaction.atomic():
        administrators = _refuse_unless_administrator(by)
        if role.is_everybodys:
            raise EverybodyHasIt
        if role.is_administrators and administrators == {person.pk}:
            raise LastAdministrator
        row = Person.objects.select_for_update().get(pk=person.pk)
        if RoleAssignment.objects.filter(role=role, person=row).delete()[0]:
            auditing.record(Kind.ROLE_TAKEN, by=by, about=row, role=role.name)
            settle([row.pk])
    person.refresh_from_db()


def give_role(person: Person, role: Person.Role, *, by: Person) -> None:
    """Assign the preset role of this name and take those away that say more; raises `RoleRefused`."""
    with transaction.atomic():
        administrators = _refuse_unless_administrator(by)
        row = Person.objects.select_for_update().get(pk=person.pk)
        if not row.is_active:
            raise CannotSignIn
        if row.role == role:
            return
        if administrators == {row.pk}:
            raise LastAdministrator
        held = list(Role.objects.filter(assignments__person=row))
        wanted = {"expert": Role.Preset.EXPERT, "administrator": Role.Preset.ADMINISTRATOR}.get(role)
        # Given first: whoever gives up their own administration may still do so.
        if wanted is not None:
            assign(Role.objects.starting(wanted), person, by=by)
        for one in held:
            if one.is_administrators or (one.works_on_requests and role == Person.Role.EMPLOYEE):
                withdraw(one, person, by=by)
    person.refresh_from_db()


def _refuse_unless_administrator(by: Person) -> set[int]:
    """The numbers of all administrators, who stay locked, so that the last two cannot remove each other at one moment."""
    locked = Person.objects.select_for_update().administrators().order_by("pk")
    administrators = set(locked.values_list("pk", flat=True))
    if by.pk not in administrators:
        raise NotAnAdministrator
    return administrators
