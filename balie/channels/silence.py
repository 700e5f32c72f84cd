"""Who may hear from Balie, and of what: the one function that decides (product, rule 2).

Importing people sends nobody anything. People hear about requests they take part in, and whoever works on a request hears of
it as an expert; inactive people and externals hear only where they take part.
"""

from collections.abc import Iterable

from balie.channels.models import Delivery
from balie.people.models import Person
from balie.tickets.models import Event, Ticket

# What participants may read of a request; everything else is the team's own matter.
_OPEN_TO_PARTICIPANTS = frozenset(
    {Event.Kind.OPENED, Event.Kind.HEARD, Event.Kind.REPLIED, Event.Kind.RESOLVED, Event.Kind.REOPENED}
)


def those_who_may_hear(
    people: Iterable[Person], *, purpose: str, ticket: Ticket | None, event: Event | None = None
) -> list[Person]:
    """Those of these people to whom this may be sent; each once, in the same order. Asks the database twice at most."""
    asked = list(dict.fromkeys(people))
    if purpose == Delivery.Purpose.ACCOUNT:
        return [person for person in asked if person.is_active]
    if ticket is None or ticket.deleted_at is not None:
        return []
    is_open = event is not None and event.kind in _OPEN_TO_PARTICIPANTS
    hearing = _taking_part(ticket, asked) if is_open else set()
    if purpose == Delivery.Purpose.NOTICE:
        hearing |= _working_on(ticket, [person for person in asked if person.pk not in hearing])
    return [person for person in asked if person.pk in hearing]


def may_hear(person: Person, *, purpose: str, ticket: Ticket | None, event: Event | None = None) -> bool:
    """The same for one person."""
    return bool(those_who_may_hear([person], purpose=purpose, ticket=ticket, event=event))


def working_among(people: Iterable[Person], *, ticket: Ticket) -> set[int]:
    """Those of these people who work on the request."""
    return _working_on(ticket, list(people))


def _taking_part(ticket: Ticket, people: list[Person]) -> set[int]:
    others = [person.pk for person in people if person.pk != ticket.requester_id]
    taking_part = (
        set(ticket.followings.filter(person__in=others).values_list("person_id", flat=True)) if others else set()
    )
    return taking_part | {ticket.requester_id}


def _working_on(ticket: Ticket, people: list[Person]) -> set[int]:
    """What `Ticket.is_worked_on_by` says of one person, for many at once: each new request asks it of a whole team."""
    experts = {person.pk for person in people if person.is_expert and person.pk != ticket.requester_id}
    if not experts:
        return set()
    administrators = {person.pk for person in people if person.pk in experts and person.is_administrator}
    if not ticket.is_private:
        others = experts - administrators
        if not others:
            return administrators
        return administrators | set(
            ticket.team.memberships.filter(person__in=others).values_list("person_id", flat=True)
        )
    members = set(ticket.team.memberships.filter(person__in=experts).values_list("person_id", flat=True))
    if administrators - members:
        members |= set(ticket.disclosures.filter(person__in=administrators).values_list("person_id", flat=True))
    return members
