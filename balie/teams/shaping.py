"""Founding a team and changing it: by experts, within the rules of visibility and privacy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from django.db import IntegrityError, transaction

from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform import clock
from balie.platform.languages import CODES
from balie.platform.live import tell
from balie.teams import refusals
from balie.teams.models import Category, Membership, Team, WorkingSpan

# What people ask these is nobody else's business.
PRIVATE_FROM_THE_START: Final = frozenset({Team.Kind.HR, Team.Kind.LEGAL})


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What a team is. Without an address it is made from the name; without `is_private` the type decides."""

    name: str
    kind: Team.Kind
    address: str = ""
    is_visible: bool = True
    is_private: bool | None = None
    strangers: Team.Strangers = Team.Strangers.WELCOME


def found(outline: Outline, *, by: Person) -> Team:
    """A new team, with its founder as the first member; raises `TeamRefused`."""
    if not by.is_expert and not Rights.of(by).may_open(Area.TEAMS, edit=True):
        raise refusals.NotAnExpert
    is_private = outline.kind in PRIVATE_FROM_THE_START if outline.is_private is None else outline.is_private
    with transaction.atomic():
        _lock_teams()
        if not outline.is_visible and not Team.objects.offered().exists():
            raise refusals.LastVisible
        team = Team(
            name=outline.name, kind=outline.kind, address=outline.address or _free_address(outline.name),
            is_visible=outline.is_visible, is_private=is_private, strangers=outline.strangers,
        )  # fmt: skip
        _save(team)
        if by.is_expert:
            Membership.objects.create(team=team, person=by)
        # What most teams work; the page of its hours changes it.
        WorkingSpan.objects.bulk_create(
            WorkingSpan(team=team, weekday=weekday, begins=time(9), ends=time(17)) for weekday in range(5)
        )
        _tell_rights(team)
    return team


def reshape(team: Team, outline: Outline, *, by: Person) -> None:
    """Make the team what the outline says; raises `TeamRefused`."""
    with transaction.atomic():
        _lock_teams()
        row = Team.objects.get(pk=team.pk)
        refuse_unless_theirs(row, by)
        is_private = row.is_private if outline.is_private is None else outline.is_private
        if row.is_private and not is_private and not row.has_member(by):
            raise refusals.ForMembersOnly
        if row.is_visible and not outline.is_visible:
            _refuse_if_last_visible(row)
        hearing_changes = row.is_private != is_private
        row.name, row.kind, row.address = outline.name, outline.kind, outline.address or row.address
        row.is_visible, row.is_private, row.strangers = outline.is_visible, is_private, outline.strangers
        _save(row)
        if hearing_changes:
            _tell_rights(row)
    team.refresh_from_db()


def archive(team: Team, *, by: Person) -> None:
    """Asked no more; its requests stay where they are."""
    with transaction.atomic():
        _lock_teams()
        row = Team.objects.get(pk=team.pk)
        refuse_unless_theirs(row, by)
        if row.archived_at is None:
            _refuse_if_last_visible(row)
            row.archived_at = clock.now()
            row.save(update_fields=["archived_at"])
    team.refresh_from_db()


def take_in(person: Person, *, team: Team, by: Person) -> None:
    """The person works in the team from now on. Of a private team only members decide: nobody lets themselves in.

    An administrator gives a private team that lost all its members a first one, who is not that administrator.
    """
    with transaction.atomic():
        row = Team.objects.select_for_update().get(pk=team.pk)
        refuse_unless_theirs(row, by)
        is_rescue = not row.memberships.exists() and person.pk != by.pk
        if row.is_private and not row.has_member(by) and not is_rescue:
            raise refusals.ForMembersOnly
        if not person.is_expert:
            raise refusals.NotAnExpert
        _row, is_new = Membership.objects.get_or_create(team=row, person=person)
        if is_new:
            tell(f"rights:{person.pk}")


def let_go(person: Person, *, team: Team, by: Person) -> None:
    """The person does not work in the team any more; an administrator may do that in every team."""
    with transaction.atomic():
        refuse_unless_theirs(team, by)
        if Membership.objects.filter(team=team, person=person).delete()[0]:
            tell(f"rights:{person.pk}")


def add_category(team: Team, name: str, *, by: Person) -> Category:
    """A new category, or an archived one of this name again; raises `CategoryThere`."""
    with transaction.atomic():
        refuse_unless_theirs(team, by)
        category, is_new = Category.objects.get_or_create(team=team, name=name)
        if not is_new:
            if category.archived_at is None:
                raise refusals.CategoryThere
            category.archived_at = None
            category.save(update_fields=["archived_at"])
    return category


@dataclass(frozen=True, kw_only=True)
class Description:
    """What those who ask read of a team or category, and find it by. `names` by code of language; without a `name` it stays."""

    names: dict[str, str]
    description: str
    words: str
    name: str = ""


def describe(thing: Team | Category, description: Description, *, by: Person) -> None:
    """Raises `TeamRefused`; a category cannot take the name of another one of its team."""
    refuse_unless_theirs(thing if isinstance(thing, Team) else thing.team, by)
    thing.name = description.name or thing.name
    thing.names = {code: name for code, name in description.names.items() if code in CODES and name}
    thing.description, thing.words = description.description, description.words
    try:
        with transaction.atomic():
            thing.save(update_fields=["name", "names", "description", "words"])
    except IntegrityError:
        raise refusals.CategoryThere from None


def archive_category(category: Category, *, by: Person) -> None:
    """Chosen no more; requests that have it keep it."""
    refuse_unless_theirs(category.team, by)
    Category.objects.filter(pk=category.pk, archived_at__isnull=True).update(archived_at=clock.now())


def shaped_by(team: Team, person: Person) -> bool:
    """Whether the person may change the team: its members, and whoever may change the settings of teams."""
    if Rights.of(person).may_open(Area.TEAMS, edit=True):
        return True
    return person.is_expert and team.has_member(person)


def refuse_unless_theirs(team: Team, person: Person) -> None:
    """Raises `NotYourTeam` for whoever may not change the team."""
    if not shaped_by(team, person):
        raise refusals.NotYourTeam


def _refuse_if_last_visible(team: Team) -> None:
    if team.is_visible and not Team.objects.offered().exclude(pk=team.pk).exists():
        raise refusals.LastVisible


def _lock_teams() -> None:
    # There are few, and they change rarely: two cannot become invisible at one moment.
    list(Team.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise refusals.AddressTaken from None


def _free_address(name: str) -> str:
    wanted = Team.address_for(name)
    taken = set(Team.objects.filter(address__startswith=wanted[:36]).values_list("address", flat=True))
    if wanted not in taken:
        return wanted
    return next(one for count in range(2, 10_000) if (one := f"{wanted[:35]}-{count}") not in taken)


def _tell_rights(team: Team) -> None:
    """Members hear the team, and administrators every team that is not private."""
    hearing = Person.objects.filter(role=Person.Role.ADMINISTRATOR).values_list("pk", flat=True)
    members = team.memberships.values_list("person_id", flat=True)
    tell(*(f"rights:{person}" for person in {*hearing, *members}))
