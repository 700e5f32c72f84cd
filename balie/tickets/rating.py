"""Rating the answer: asked for once, by one link for each person and request, given with one click, changed at will."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from django.db import transaction

from balie.people.models import Person
from balie.platform import clock, secrets
from balie.tickets import refusals
from balie.tickets.models import Event, Message, Rating, Ticket
from balie.tickets.models.rating import LONGEST_COMMENT

# Who has been answered so lately need not be told as well that the request is resolved: the answer asks instead.
ANSWERED_JUST_NOW: Final = timedelta(minutes=5)

_PURPOSE: Final = "rating link"
_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,14})-([1-9][0-9]{0,14})-([a-z2-7]{16})")


def ask(event: Event) -> None:
    """The requester may be asked with the mail of this resolution, if they were not asked before."""
    ticket = event.ticket
    if is_ratable(ticket, by=ticket.requester, resolved_by=event.by):
        Rating.objects.get_or_create(ticket=ticket, person=ticket.requester, defaults={"asked_with": event})


def is_ratable(
    ticket: Ticket, *, by: Person, resolved_by: Person | None = None, opening: Message | None = None
) -> bool:
    """Whether the person may rate it: what they asked, and what somebody did something about.

    Neither what was merged into another request nor what a machine has sent. `opening` is its first message, if it is at hand.
    """
    if ticket.requester_id != by.pk or ticket.merged_into_id is not None or ticket.deleted_at is not None:
        return False
    if ticket.is_open:
        return False
    first = ticket.messages.order_by("created_at", "pk").values_list("is_automatic", flat=True)
    if opening.is_automatic if opening else first.first() in (None, True):
        return False
    if ticket.first_response_at is not None:
        return True
    if resolved_by is None:
        last = ticket.events.filter(kind=Event.Kind.RESOLVED).select_related("by").order_by("-pk").first()
        resolved_by = last.by if last else None
    return resolved_by is not None and resolved_by.pk != by.pk


def rate(ticket: Ticket, score: int, *, by: Person, comment: str | None = None) -> Rating:
    """Give or change a rating; without a `comment` the one that is there stays. Raises `NotRatable`."""
    score = Rating.Score(score).value
    with transaction.atomic():
        row = Ticket.objects.select_for_update().get(pk=ticket.pk)
        rating = Rating.objects.filter(ticket=row, person=by).first() or Rating(ticket=row, person=by)
        may_change = rating.score is not None and row.requester_id == by.pk and row.deleted_at is None
        if row.merged_into_id is not None or not (may_change or is_ratable(row, by=by)):
            raise refusals.NotRatable
        before, said = rating.score, rating.comment
        rating.score = score
        rating.comment = said if comment is None else comment.strip()[:LONGEST_COMMENT]
        if (rating.score, rating.comment) == (before, said):
            return rating
        now = clock.now()
        rating.given_at, rating.changed_at = rating.given_at or now, now
        rating.save()
        Event.record(row, kind=Event.Kind.RATED, by=by, before=before, after=score)
    return rating


def token(ticket: int, person: int) -> str:
    """What a link in a mail says: which request, and who rates it. Only we can make one."""
    return f"{ticket}-{person}-{secrets.sign(_PURPOSE, f'{ticket}-{person}')}"


def read_token(written: str) -> tuple[Ticket, Person] | None:
    """The request and the person of a token; None when it is not ours, or they have gone."""
    found = _WRITTEN.fullmatch(written)
    if found is None or not secrets.is_signed(_PURPOSE, f"{found[1]}-{found[2]}", found[3]):
        return None
    ticket = Ticket.objects.present().select_related("team").filter(pk=int(found[1])).first()
    person = Person.objects.filter(pk=int(found[2])).first()
    return (ticket, person) if ticket and person else None


def faces_stand_in(*, event: Event | None, message: Message | None, ticket: Ticket, reader: Person) -> bool:
    """Whether the mail about this event or message asks its reader to rate: one mail does, however often it is written.

    It is the one about the resolution, or the answer that the resolution came with.
    """
    if ticket.is_open or reader.pk != ticket.requester_id or ticket.merged_into_id is not None:
        return False
    rating = Rating.objects.filter(ticket=ticket, person=reader).select_related("asked_with").first()
    if rating is None or rating.score is not None or rating.asked_with is None:
        return False
    if message is None:
        return event is not None and event.pk == rating.asked_with_id
    answers = ticket.messages.filter(
        kind=Message.Kind.REPLY, direction=Message.Direction.OUT, created_at__lte=rating.asked_with.at,
        created_at__gte=rating.asked_with.at - ANSWERED_JUST_NOW,
    )  # fmt: skip
    last = answers.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    return last == message.pk
