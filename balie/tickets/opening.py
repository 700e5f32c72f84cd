"""Opening requests, one or many in one commit: the same rows, and everything that follows from each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from balie.people.models import Person
from balie.platform import clock
from balie.platform.gathering import remembered
from balie.teams.models import Category, Team
from balie.tickets import refusals
from balie.tickets.models import Attachment, Event, FirstStatus, Follower, Message, Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A request before it is a row. `by` is who wrote it, the requester unless told otherwise; `copies` follow it."""

    team: Team
    requester: Person
    subject: str
    words: Words
    channel: str
    by: Person | None = None
    category: Category | None = None
    copies: tuple[Person, ...] = ()
    due_on: date | None = None

    @property
    def author(self) -> Person:
        return self.by or self.requester

    @property
    def followers(self) -> list[Person]:
        """Who takes part from the first moment beside the requester."""
        return [person for person in dict.fromkeys((*self.copies, self.author)) if person != self.requester]


def open_all(openings: Sequence[Opening]) -> list[Ticket]:
    """New requests, unassigned, each with its first message; all of them or none. Raises as `Ticket.open`."""
    for opening in openings:
        _refuse_unless_possible(opening)
    now = clock.now()
    # What fails here undoes the transaction around it.
    with transaction.atomic(savepoint=False):
        statuses = first_statuses()
        tickets = Ticket.objects.bulk_create(
            _ticket(opening, statuses.get(opening.team.pk) or statuses[None], now) for opening in openings
        )
        _refuse_if_archived_meanwhile(openings)
        messages = [_message(ticket, opening, now) for ticket, opening in zip(tickets, openings, strict=True)]
        Message.objects.bulk_create(messages)
        _enclose(zip(messages, openings, strict=True))
        _let_follow(zip(tickets, openings, strict=True))
        for ticket, message in zip(tickets, messages, strict=True):
            ticket.opening = message
        Event.record_all(
            [
                Event(ticket=ticket, kind=Event.Kind.OPENED, by=opening.author, message=ticket.opening, at=now)
                for ticket, opening in zip(tickets, openings, strict=True)
            ]
        )
    return tickets


def _refuse_if_archived_meanwhile(openings: Sequence[Opening]) -> None:
    # Whoever archives a team waits for what refers to it: asked now, the answer stays true until the commit.
    if Team.objects.filter(pk__in={opening.team.pk for opening in openings}, archived_at__isnull=False).exists():
        raise refusals.TeamArchived


def first_statuses() -> dict[int | None, Status]:
    """What new requests begin with, by team; with None for every other team. One query, and one more where it is To do."""
    return remembered(first_statuses, _first_statuses)


def _first_statuses() -> dict[int | None, Status]:
    found = {one.team_id: one.status_id for one in FirstStatus.objects.order_by()}
    held = {pk: Status.held(pk) for pk in sorted(set(found.values()))}
    statuses = {team: held[pk] for team, pk in found.items()}
    if None not in statuses:
        statuses[None] = Status.preset(Group.TODO)
    return statuses


def _refuse_unless_possible(opening: Opening) -> None:
    if opening.team.archived_at is not None:
        raise refusals.TeamArchived
    if opening.category is not None and opening.category.team_id != opening.team.pk:
        raise refusals.WrongTeam
    if opening.words.is_empty and not opening.subject.strip():
        raise refusals.NothingSaid


def _ticket(opening: Opening, status: Status, now: datetime) -> Ticket:
    subject = opening.subject.strip()[:255] or opening.words.text.strip().split("\n", 1)[0][:120]
    return Ticket(
        team=opening.team, category=opening.category, requester=opening.requester, channel=opening.channel,
        due_on=opening.due_on, subject=subject, status=status, group=status.group,
        created_at=now, updated_at=now, last_word_at=now,
    )  # fmt: skip


def _message(ticket: Ticket, opening: Opening, now: datetime) -> Message:
    return Message.of(
        opening.words, ticket=ticket, author=opening.author, kind=Message.Kind.REPLY, direction=Message.Direction.IN,
        channel=opening.channel, created_at=now,
    )  # fmt: skip


def _enclose(messages: Iterable[tuple[Message, Opening]]) -> None:
    enclosed = [one for message, opening in messages for one in Attachment.of(opening.words, message=message)]
    if enclosed:
        Attachment.objects.bulk_create(enclosed)


def _let_follow(tickets: Iterable[tuple[Ticket, Opening]]) -> None:
    followings = []
    for ticket, opening in tickets:
        ticket.first_followers = [person.pk for person in opening.followers]
        followings += [Follower(ticket=ticket, person=person) for person in opening.followers]
    if followings:
        Follower.objects.bulk_create(followings)
