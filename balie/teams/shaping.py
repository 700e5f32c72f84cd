"""Founding a team and changing it: by experts, within the rules of visibility and privacy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from balie.organisation.models import Organisation, UsualSpan
from balie.people.models import Area, Attribute, Person
from balie.people.models.credential import tell_what_experts_know
from balie.people.rights import Rights
from balie.platform import clock
from balie.platform.languages import CODES
from balie.platform.live import tell
from balie.teams import refusals
from balie.teams.models import Category, Membership, Team, TeamAddress, WorkingSpan
from balie.teams.starting_categories import give_starting_categories

_NINE_TO_FIVE: Final = tuple(UsualSpan(weekday=weekday, begins=time(9), ends=time(17)) for weekday in range(5))
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
    lead: Person | None = None


def found(outline: Outline, *, by: Person) -> Team:
    """A new team, with its founder as the first member; raises `TeamRefused`."""
    if not by.is_expert and not Rights.of(by).may_open(Area.TEAMS, edit=True):
        raise refusals.NotAnExpert
    is_private = outline.kind in PRIVATE_FROM_THE_START if outline.is_private is None else outline.is_private
    organisation = Organisation.current()
    with transaction.atomic():
        _lock_teams()
        if not outline.is_visible and not Team.objects.offered().exists():
            raise refusals.LastVisible
        if outline.address:
            _refuse_if_taken(outline.address)
        team = Team(
            name=outline.name, kind=outline.kind, address=outline.address or _free_address(outline.name),
            is_visible=outline.is_visible, is_private=is_private, strangers=outline.strangers,
            time_zone=organisation.time_zone, holiday_country=organisation.country,
        )  # fmt: skip
        team.save()
        if by.is_expert:
            Membership.objects.create(team=team, person=by)
        give_starting_categories(team, language=organisation.language)
        # What teams usually work here; the page of its hours changes it.
        WorkingSpan.objects.bulk_create(
            WorkingSpan(team=team, weekday=one.weekday, begins=one.begins, ends=one.ends)
            for one in UsualSpan.objects.all() or _NINE_TO_FIVE
        )
        _tell_rights(team)
    return team


def reshape(team: Team, outline: Outline, *, by: Person, seen: int | None = None) -> None:
    """Make the team what the outline says; raises `TeamRefused`.

    `seen` is the version that was looked at: when somebody has changed the team since, nothing is changed. What is written to
    the former address still arrives.
    """
    with transaction.atomic():
        _lock_teams()
        row = Team.objects.get(pk=team.pk)
        refuse_unless_theirs(row, by)
        if seen is not None and seen != row.version:
            raise refusals.ChangedMeanwhile
        is_private = row.is_private if outline.is_private is None else outline.is_private
        if row.is_private and not is_private and not row.has_member(by):
            raise refusals.ForMembersOnly
        if row.is_visible and not outline.is_visible:
            _refuse_if_last_visible(row)
        if outline.lead is not None and not row.has_member(outline.lead):
            raise refusals.LeadNotAMember
        hearing_changes = row.is_private != is_private
        if outline.address and outline.address != row.address:
            _change_address(row, outline.address)
        row.name, row.kind, row.lead = outline.name, outline.kind, outline.lead
        row.is_visible, row.is_private, row.strangers = outline.is_visible, is_private, outline.strangers
        row.version += 1
        row.save()
        if hearing_changes:
            _tell_rights(row)
    team.refresh_from_db()


def give_up_address(address: TeamAddress, *, by: Person) -> None:
    """What is written to a former address comes back to its sender from now on, and another team may take it."""
    with transaction.atomic():
        _lock_teams()
        refuse_unless_theirs(address.team, by)
        address.delete()


def archive(team: Team, *, by: Person, successor: Team | None = None) -> None:
    """Asked no more. Its requests stay where they are; what is written to it goes to the successor, or back to its sender."""
    with transaction.atomic():
        _lock_teams()
        row = Team.objects.get(pk=team.pk)
        refuse_unless_theirs(row, by)
        if row.archived_at is None:
            _refuse_if_last_visible(row)
            if successor is not None:
                refuse_as_successor(Team.objects.get(pk=successor.pk), of=row)
            row.archived_at, row.successor = clock.now(), successor
            row.version += 1
            row.save(update_fields=["archived_at", "successor", "version"])
    team.refresh_from_db()


def unarchive(team: Team, *, by: Person) -> None:
    """Asked again, at all its addresses; with the requests that it kept."""
    with transaction.atomic():
        _lock_teams()
        row = Team.objects.get(pk=team.pk)
        refuse_unless_theirs(row, by)
        if row.archived_at is not None:
            row.archived_at, row.successor = None, None
            row.version += 1
            row.save(update_fields=["archived_at", "successor", "version"])
    team.refresh_from_db()


def refuse_as_successor(successor: Team, *, of: Team) -> None:
    """Raises `TeamRefused` for a team that cannot take the other's work over."""
    if successor.pk == of.pk or successor.archived_at is not None:
        raise refusals.SuccessorArchived
    if of.is_private and not successor.is_private:
        raise refusals.SuccessorNotPrivate


def narrow_attributes(team: Team, attributes: Iterable[Attribute], *, by: Person) -> None:
    """Its experts see only these of what is allowed; all of it when none is chosen. Never more than that is seen."""
    refuse_unless_theirs(team, by)
    chosen = {one.pk for one in attributes}
    with transaction.atomic():
        allowed = set(Attribute.objects.shown_to_experts().values_list("pk", flat=True))
        if not chosen <= allowed:
            raise refusals.AttributeNotAllowed
        # Choosing everything would narrow nothing today, and hide whatever is allowed tomorrow.
        team.narrowed_attributes.set(() if chosen == allowed else chosen)
        tell_what_experts_know()


def let_requests_go_to(team: Team, way: Team.Assigning, *, by: Person) -> None:
    """Who gets new requests from now on by themselves."""
    with transaction.atomic():
        row = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        refuse_unless_theirs(row, by)
        if row.assigning != way:
            row.assigning = way
            row.assigns_since = None if way == Team.Assigning.OFF else clock.now()
            row.save(update_fields=["assigning", "assigns_since"])
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
            Team.objects.filter(pk=team.pk, lead=person).update(lead=None)
            tell(f"rights:{person.pk}")


def add_category(team: Team, name: str, *, by: Person) -> Category:
    """A new category, or an archived one of this name again; raises `CategoryThere`."""
    with transaction.atomic():
        refuse_unless_theirs(team, by)
        last = team.categories.aggregate(last=Max("position"))["last"]
        place = 0 if last is None else last + 10
        category, is_new = Category.objects.get_or_create(team=team, name=name, defaults={"position": place})
        if not is_new:
            if category.archived_at is None:
                raise refusals.CategoryThere
            category.archived_at, category.position = None, place
            category.save(update_fields=["archived_at", "position"])
    return category


def order_categories(team: Team, order: Sequence[int], *, by: Person) -> None:
    """These ids first, in this order; those that are not named keep theirs after them."""
    with transaction.atomic():
        refuse_unless_theirs(team, by)
        places = {pk: place for place, pk in enumerate(dict.fromkeys(order))}
        rows = list(team.categories.select_for_update().order_by("position", "name"))
        rows.sort(key=lambda one: places.get(one.pk, len(places)))
        for place, one in enumerate(rows):
            one.position = place * 10
        Category.objects.bulk_update(rows, ["position"])


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


def _change_address(team: Team, address: str) -> None:
    _refuse_if_taken(address, by_others_than=team)
    TeamAddress.objects.filter(team=team, local_part=address).delete()
    TeamAddress.objects.create(team=team, local_part=team.address, until=clock.now())
    team.address = address


def _refuse_if_taken(address: str, *, by_others_than: Team | None = None) -> None:
    # Nobody takes one at the same moment: whoever does holds the lock on all teams.
    taken = Team.objects.called_by(address)
    if by_others_than is not None:
        taken = taken.exclude(pk=by_others_than.pk)
    if taken.exists():
        raise refusals.AddressTaken


def _free_address(name: str) -> str:
    wanted = Team.address_for(name)
    taken = set(Team.objects.filter(address__startswith=wanted[:35]).values_list("address", flat=True))
    taken |= set(TeamAddress.objects.filter(local_part__startswith=wanted[:35]).values_list("local_part", flat=True))
    if wanted not in taken:
        return wanted
    return next(one for count in range(2, 10_000) if (one := f"{wanted[:35]}-{count}") not in taken)


def _tell_rights(team: Team) -> None:
    """Members hear the team, and administrators every team that is not private."""
    hearing = Person.objects.filter(role=Person.Role.ADMINISTRATOR).values_list("pk", flat=True)
    members = team.memberships.values_list("person_id", flat=True)
    tell(*(f"rights:{person}" for person in {*hearing, *members}))
