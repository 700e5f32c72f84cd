"""The conversation of one request: letters, and between them what happened, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject

from balie.channels.models import Arrival, Delivery
from balie.channels.web.letters import Letter, letters, with_files
from balie.tickets.models import Ticket
from balie.workspace.happenings import Happening, happenings

# A request that has more was flooded; all of it is one click away.
MOST_LETTERS = 200
MOST_EVENTS = 400


@dataclass(frozen=True, kw_only=True)
class State:
    """How one delivery of a letter goes."""

    pk: int
    state: str
    address: str
    error: str
    next_attempt_at: datetime | None
    sent_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.state == Delivery.State.OWED


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A letter, or some things that happened one after the other."""

    letter: Letter | None = None
    states: tuple[State, ...] = ()
    happened: tuple[Happening, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """`is_moving` while a letter is on its way; the page then looks again by itself."""

    entries: list[Entry]
    is_cut: bool
    is_moving: bool


def timeline_of(ticket: Ticket, *, images: int | None = None, whole: bool = False) -> Timeline:
    """`images` is the message whose remote pictures are shown; `whole` also the oldest letters of very many."""
    owed = Delivery.objects.filter(message=OuterRef("pk"), purpose=Delivery.Purpose.REPLY).order_by("pk")
    found = (
        with_files(ticket.messages.all())
        .select_related("author")
        .annotate(
            owed=ArraySubquery(
                owed.values(
                    json=JSONObject(
                        pk="pk",
                        state="state",
                        address="address",
                        error="error",
                        next_attempt_at="next_attempt_at",
                        sent_at="sent_at",
                    )
                )
            ),
            has_original=Exists(Arrival.objects.filter(message=OuterRef("pk"), kind="email")),
        )
        .defer("text", "search")
        .order_by("-created_at", "-pk")
    )
    messages = list(found if whole else found[: MOST_LETTERS + 1])
    is_cut = not whole and len(messages) > MOST_LETTERS
    messages = messages[: MOST_LETTERS if is_cut else None][::-1]
    states = {message.pk: tuple(_state(one) for one in message.owed) for message in messages}  # type: ignore[attr-defined]
    events = ticket.events.select_related("by").order_by("-pk")
    happened = happenings(list(events if whole else events[:MOST_EVENTS])[::-1])
    if is_cut:
        happened = [one for one in happened if one.at >= messages[0].created_at]
    return Timeline(
        entries=_woven(letters(messages, with_images_of=images), happened, states),
        is_cut=is_cut,
        is_moving=any(state.is_under_way for of_letter in states.values() for state in of_letter),
    )


def _woven(written: list[Letter], happened: list[Happening], states: dict[int, tuple[State, ...]]) -> list[Entry]:
    entries: list[Entry] = []
    waiting = list(happened)
    for letter in written:
        # What happened in the very commit of a letter stands after it.
        earlier = [one for one in waiting if one.at < letter.message.created_at]
        if earlier:
            entries.append(Entry(happened=tuple(earlier)))
            waiting = waiting[len(earlier) :]
        entries.append(Entry(letter=letter, states=states[letter.message.pk]))
    if waiting:
        entries.append(Entry(happened=tuple(waiting)))
    return entries


def _state(written: dict[str, Any]) -> State:
    times = {
        name: datetime.fromisoformat(written[name]) if written[name] else None
        for name in ("next_attempt_at", "sent_at")
    }
    return State(**{**written, **times})
