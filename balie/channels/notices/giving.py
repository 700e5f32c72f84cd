"""Giving notice: who is told of an event becomes rows in the event's own commit, listed by the bell and owed to be sent.

`silence` has decided who may hear; here each person's wishes decide how. What one transaction gives is written together, so
that a mail that comes in costs one question more, however many people are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from balie.channels import delivering, silence
from balie.channels.models import Delivery
from balie.channels.notices.kinds import OF_REQUESTERS, Kind, Told, Way
from balie.channels.notices.models import Notice, Wishes
from balie.people.models import Person
from balie.platform import clock, live
from balie.platform.gathering import later
from balie.tickets.models import Event, Ticket

# So many people hear one call; PostgreSQL takes 8,000 bytes.
_HEARERS = 300


def give(event: Event, kind: Kind, *, to: Iterable[Person]) -> None:
    """Tell each of these people of the event, as they wish; whoever must not hear of it is left out."""
    hearing = silence.those_who_may_hear(to, purpose=Delivery.Purpose.NOTICE, ticket=event.ticket, event=event)
    wishes = wishes_of(hearing)
    sent = []
    for person in hearing:
        told = _told(person, kind, wishes[person.pk])
        if told.at_all:
            _write_down(event, kind, person=person, listed=told.listed)
        if told.way != Way.NONE:
            sent.append((person, told.way, wishes[person.pk]))
    delivering.owe_notices(event, about=kind, to=sent)


def give_letter(event: Event, *, to: Sequence[Person], lacking: Iterable[Person]) -> None:
    """What was said, to all these readers: by mail to those of them who lack it yet, and listed for all of them.

    The answer itself is mailed to whoever takes part. Only those who read it here anyway may choose another way: experts who
    work on the request, and whoever asked on a page.
    """
    ticket = event.ticket
    wishes = wishes_of(to)
    working = silence.working_among(to, ticket=ticket)
    lacking_it = {person.pk for person in lacking}
    mailed, sent = [], []
    readers = silence.those_who_may_hear(to, purpose=Delivery.Purpose.REPLY, ticket=ticket, event=event)
    for person in readers:
        works_on_it = person.pk in working
        kind = Kind.MESSAGE if works_on_it else Kind.ANSWER
        told = _told(person, kind, wishes[person.pk])
        may_choose = works_on_it or (ticket.channel == "web" and person.pk == ticket.requester_id)
        goes_by_mail = told.way == Way.EMAIL or not (may_choose and person.is_active)
        if person.pk in lacking_it and goes_by_mail:
            mailed.append(person)
        elif person.pk in lacking_it and told.way == Way.PUSH:
            sent.append((person, told.way, wishes[person.pk]))
        if person.is_active and (told.listed or told.way == Way.PUSH):
            _write_down(event, kind, person=person, listed=told.listed)
    delivering.owe(event, to=mailed, purpose=Delivery.Purpose.REPLY)
    for kind in (Kind.MESSAGE, Kind.ANSWER):
        of_kind = [one for one in sent if (one[0].pk in working) == (kind == Kind.MESSAGE)]
        delivering.owe_notices(event, about=kind, to=of_kind)


def wishes_of(people: Iterable[Person]) -> dict[int, Wishes]:
    """How each of these wishes to be told; asks at most once, and not at all when their wishes came with them."""
    asked = list(people)
    unknown = [person.pk for person in asked if "wishes" not in person._state.fields_cache]
    known = {one.person_id: one for one in Wishes.objects.filter(person__in=unknown)} if unknown else {}
    found = {}
    for person in asked:
        cached = person._state.fields_cache.get("wishes")
        found[person.pk] = cached or known.get(person.pk) or Wishes(person_id=person.pk)
    return found


def adopt(source: Ticket, *, target: Ticket) -> None:
    """The notices of a merged request, and what is owed of them, are the other one's from now on."""
    Notice.objects.filter(ticket=source).update(ticket=target)
    Delivery.objects.filter(ticket=source, purpose=Delivery.Purpose.NOTICE, state__in=Delivery.PENDING).update(
        ticket=target
    )


def _told(person: Person, kind: Kind, wishes: Wishes) -> Told:
    if not person.is_active:
        # Whoever cannot sign in has no page, and has chosen nothing.
        return Told(listed=False, way=Way.EMAIL if kind in OF_REQUESTERS else Way.NONE)
    return wishes.told(kind)


def _write_down(event: Event, kind: Kind, *, person: Person, listed: bool) -> None:
    notice = Notice(
        person_id=person.pk, ticket_id=event.ticket_id, event_id=event.pk, kind=kind, is_listed=listed, at=clock.now()
    )
    later(_write_all, notice)


def _write_all(notices: list[Notice]) -> None:
    # Who is told of one event for two reasons is told once, for the first of them.
    first = {(notice.event_id, notice.person_id): notice for notice in reversed(notices)}
    Notice.objects.bulk_create(list(first.values())[::-1], ignore_conflicts=True)
    ring({notice.person_id for notice in first.values() if notice.is_listed})


def ring(people: Iterable[int]) -> None:
    """Have the bells of these people look again, on all their open pages."""
    topics = [f"person:{person}" for person in sorted(people)]
    for begin in range(0, len(topics), _HEARERS):
        live.tell(*topics[begin : begin + _HEARERS], notices=1)
