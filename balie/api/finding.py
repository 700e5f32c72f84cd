"""Finds what a program names, by its id or by the name that people know it by, among what the caller may know of."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from balie.api.problems import Unfit
from balie.people.models import Identity, Person
from balie.teams.models import Category, Team
from balie.teams.models.team import TeamQuerySet
from balie.tickets.models import Status, Ticket
from balie.tickets.models.ticket import TicketQuerySet

LARGEST_ID = 2**63 - 1


def ticket_of(person: Person, number: int, *, rows: TicketQuerySet | None = None) -> Ticket:
    """The request of this number that the person may know of, or the one that it was merged into; else not found."""
    known = Ticket.objects.visible_to(person) if rows is None else rows
    # Each step needs the right anew: a merged request may have gone where the person cannot follow.
    while number <= LARGEST_ID:
        found = known.filter(pk=number).first()
        if found is None:
            break
        if found.merged_into_id is None:
            return found
        number = found.merged_into_id
    raise Http404


def teams_known_to(person: Person) -> TeamQuerySet:
    """Experts know every team, since they hand requests over; employees those that they may ask."""
    return Team.objects.active() if person.is_expert else Team.objects.offered()


def team_named(name: int | str, *, among: TeamQuerySet) -> Team | None:
    """By id, by address with or without the domain, a former one too, or by name."""
    number = _number(name)
    if number is not None:
        return among.filter(pk=number).first()
    written = str(name).strip().lower()
    local_part, at, domain = written.partition("@")
    if not at or domain == settings.BALIE.mail_domain.lower():
        team = among.called_by(local_part).first()
        if team is not None:
            return team
    return among.filter(name__iexact=str(name).strip()).first()


def person_named(name: int | str, *, caller: Person) -> Person | None:
    """By id, by any of their addresses, or "me"."""
    if name == "me":
        return caller
    number = _number(name)
    if number is not None:
        by_id: Person | None = Person.objects.filter(pk=number).first()
        return by_id
    address = str(name).strip().lower()
    if not address:
        return None
    known = Q(email=address) | Q(identities__kind=Identity.EMAIL, identities__external_id=address)
    found: Person | None = Person.objects.filter(known).first()
    return found


def person_meant(field: str, name: int | str, *, caller: Person) -> Person:
    """The same, of a body; raises `Unfit`."""
    person = person_named(name, caller=caller)
    if person is None:
        raise Unfit(field, _("There is nobody of this id or address."))
    return person


def team_meant(field: str, name: int | str, *, among: TeamQuerySet) -> Team:
    team = team_named(name, among=among)
    if team is None:
        raise Unfit(field, _("There is no team of this id or address."))
    return team


def category_meant(field: str, name: int | str, *, team: Team) -> Category:
    number = _number(name)
    wanted = Q(pk=number) if number is not None else Q(name__iexact=str(name).strip())
    category = team.categories.filter(wanted, archived_at__isnull=True).first()
    if category is None:
        raise Unfit(field, _("The team has no such category."))
    return category


def status_meant(field: str, key: str) -> Status:
    status = Status.objects.filter(key=key, archived_at__isnull=True).first()
    if status is None:
        raise Unfit(field, _("There is no such status."))
    return status


def _number(name: int | str) -> int | None:
    """The id that this is; one that no row can have is nobody's."""
    if isinstance(name, str):
        if not (name.isascii() and name.isdigit() and len(name) < 20):
            return None
        name = int(name)
    return name if -LARGEST_ID <= name <= LARGEST_ID else 0
