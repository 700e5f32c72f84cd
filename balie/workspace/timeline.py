"""The conversation of one request, a part at a time: letters, and between them what happened, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balie.channels.web.letters import Letter, letters
from balie.people.models import Person
from balie.platform import avatars, cursors
from balie.platform.prepared import Prepared
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.models.message import MessageQuerySet
from balie.workspace.bringing import with_message
from balie.workspace.happenings import SAID, Happening, happenings
from balie.workspace.states import State, states_of

# So many letters come at first, and with each "earlier".
A_PART: Final = 30
# A page that stays open grows with what is said meanwhile, up to this.
MOST_OF_A_PART: Final = 200
# What is printed is everything; a conversation that is longer was flooded.
MOST_PRINTED: Final = 2000
MOST_EVENTS: Final = 400
# More than so many changes between two letters are folded.
MOST_UNFOLDED: Final = 4


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A letter, or some things that happened one after the other. `is_first_unread` is where the reader had stopped."""

    letter: Letter | None = None
    pk: str = ""
    author: str = ""
    hue: str = ""
    initials: str = ""
    way: str = ""
    is_note: bool = False
    states: tuple[State, ...] = ()
    happened: tuple[Happening, ...] = ()
    is_folded: bool = False
    is_first_unread: bool = False
    is_last: bool = False


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One part. `start` stands for its first letter; `earlier` is the same when there are more before, else "".

    `unread` is how many letters of this part the reader had not seen; `first_unread` is the id of the first one when it stands
    before this part.
    """

    entries: list[Entry]
    start: str
    earlier: str
    has_newer: bool = False
    unread: int = 0
    first_unread: int | None = None
    is_short_of_changes: bool = False

    @property
    def is_long(self) -> bool:
        return sum(entry.letter is not None for entry in self.entries) > 3


@dataclass(frozen=True, kw_only=True)
class Part:
    """Which letters: the newest, those from a letter on (`start`), those before one, or those from a message on."""

    start: str = ""
    before: str = ""
    message: int | None = None
    is_whole: bool = False


@dataclass(frozen=True)
class _Key:
    """Where a letter stands: its time and id, and its event, by which what happened around it is found."""

    at: datetime
    message: int
    event: int

    def write(self) -> str:
        return cursors.encode("letter", self.at, self.message, self.event)

    @classmethod
    def read(cls, text: str) -> _Key:
        """Raises `BadCursor`."""
        name, *parts = cursors.decode(text)
        if name != "letter" or len(parts) != 3 or not isinstance(parts[0], datetime):
            raise cursors.BadCursor
        return cls(parts[0], int(parts[1]), int(parts[2]))  # type: ignore[arg-type]  # signed by `write`

    @classmethod
    def of(cls, message: Message) -> _Key:
        return cls(message.created_at, message.pk, message.event or 0)  # type: ignore[attr-defined]  # see _with_all

    @property
    def later(self) -> Q:
        """This letter and those after it."""
        return Q(created_at__gte=self.at) & (Q(created_at__gt=self.at) | Q(pk__gte=self.message))

    @property
    def earlier(self) -> Q:
        return Q(created_at__lte=self.at) & (Q(created_at__lt=self.at) | Q(pk__lt=self.message))


def timeline_of(
    ticket: Ticket, part: Part, *, reader: Person, images: int | None = None, seen_at: datetime | None = None
) -> Timeline:
    """`images` is the message whose remote pictures are shown; `seen_at` when the reader had it open before.

    Raises `BadCursor`.
    """
    messages, before, after = _messages(ticket, part)
    first = _Key.of(messages[0]) if messages else None
    told = _events(ticket, since=first if before else None, until=after)
    happened = happenings(told[:MOST_EVENTS][::-1], reader=reader, known=_linked(ticket))
    shown = letters(messages, with_images_of=images)
    unread = _unread(messages, reader=reader, seen_at=seen_at)
    # Everything here is new: then there may be more of it before.
    first_unread = None
    if before and unread and seen_at is not None and messages[0].created_at > seen_at:
        first_unread = _first_unread(ticket, reader=reader, seen_at=seen_at, before=messages[0])
    entries = _woven(ticket, shown, happened, first_unread=unread[0] if unread and first_unread is None else None)
    if entries and after is None:
        place = max((place for place, entry in enumerate(entries) if entry.letter), default=None)
        if place is not None:
            entries[place] = replace(entries[place], is_last=True)
    return Timeline(
        entries=entries,
        start=first.write() if first else "",
        earlier=first.write() if first and before else "",
        has_newer=after is not None,
        unread=len(unread),
        first_unread=first_unread,
        is_short_of_changes=len(told) > MOST_EVENTS,
    )


def _linked(ticket: Ticket) -> frozenset[int]:
    """The linked requests that the reader works on, from what `opened` brought along."""
    return frozenset(one["number"] for one in ticket.linked)  # type: ignore[attr-defined]


def _messages(ticket: Ticket, part: Part) -> tuple[list[Message], bool, _Key | None]:
    """In their order; whether there are earlier ones; and the letter that follows them, if there is one."""
    if part == Part():
        found = _NEWEST(ticket=ticket.pk)
        return found[:A_PART][::-1], len(found) > A_PART, None
    rows = _with_all(ticket.messages.all())
    newest_first = rows.order_by("-created_at", "-pk")
    if part.is_whole:
        found = list(newest_first[: MOST_PRINTED + 1])
        return found[:MOST_PRINTED][::-1], len(found) > MOST_PRINTED, None
    if part.before:
        after = _Key.read(part.before)
        found = list(newest_first.filter(after.earlier)[: A_PART + 1])
        return found[:A_PART][::-1], len(found) > A_PART, after
    if part.message is not None:
        start = rows.filter(pk=part.message).first()
        newest = list(newest_first[:A_PART])
        if start is not None and start.pk not in {one.pk for one in newest}:
            found = list(rows.filter(_Key.of(start).later).order_by("created_at", "pk")[: A_PART + 1])
            following = _Key.of(found[A_PART]) if len(found) > A_PART else None
            return found[:A_PART], _has_more(ticket, found[0]), following
        return newest[::-1], bool(newest) and _has_more(ticket, newest[-1]), None
    found = list(newest_first.filter(_Key.read(part.start).later)[:MOST_OF_A_PART])
    return found[::-1], bool(found) and _has_more(ticket, found[-1]), None


def _has_more(ticket: Ticket, message: Message) -> bool:
    return ticket.messages.filter(_Key.of(message).earlier).exists()


def _with_all(messages: MessageQuerySet) -> MessageQuerySet:
    return (
        messages.select_related("author")
        .annotate(**with_message())
        .only(
            "ticket_id", "author__name", "kind", "direction", "html", "folded_html", "channel", "is_automatic",
            "sender_check", "created_at",
        )
    )  # fmt: skip


# What every page of a request asks.
_NEWEST: Final = Prepared(
    lambda ticket: _with_all(Message.objects.filter(ticket=ticket)).order_by("-created_at", "-pk")[: A_PART + 1],
    "ticket",
)


def _events(ticket: Ticket, *, since: _Key | None, until: _Key | None) -> list[Event]:
    """What happened from one letter on, up to another, newest first and one more than are shown; by the numbers of their
    events, which an index has in order."""
    if until is None and (since is None or since.event):
        return _HAPPENED(ticket=ticket.pk, since=since.event if since else 0)
    events = _that_happened(ticket.events.all())
    if since is not None:
        events = events.filter(pk__gte=since.event) if since.event else events.filter(at__gte=since.at)
    if until is not None:
        events = events.filter(pk__lt=until.event) if until.event else events.filter(at__lt=until.at)
    return list(events[: MOST_EVENTS + 1])


def _that_happened(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.exclude(kind__in=SAID).select_related("by").order_by("-pk").only(
        "kind", "by__name", "details", "at", "message_id", "ticket_id"
    )  # fmt: skip


_HAPPENED: Final = Prepared(
    lambda ticket, since: _that_happened(Event.objects.filter(ticket=ticket, pk__gte=since))[: MOST_EVENTS + 1],
    "ticket", "since",
)  # fmt: skip


def _unread(messages: list[Message], *, reader: Person, seen_at: datetime | None) -> list[int]:
    """What others have said since the reader looked last. To whoever never looked all of it is new, and none is marked."""
    if seen_at is None:
        return []
    return [one.pk for one in messages if one.created_at > seen_at and one.author_id != reader.pk]


def _first_unread(ticket: Ticket, *, reader: Person, seen_at: datetime, before: Message) -> int | None:
    rows = ticket.messages.filter(_Key.of(before).earlier, created_at__gt=seen_at).exclude(author=reader)
    return rows.order_by("created_at", "pk").values_list("pk", flat=True).first()


def _woven(
    ticket: Ticket, written: list[Letter], happened: list[Happening], *, first_unread: int | None
) -> list[Entry]:
    entries: list[Entry] = []
    waiting = list(happened)
    way = _Way(ticket)
    for letter in written:
        message = letter.message
        # What happened in the very commit of a letter stands after it.
        earlier = [one for one in waiting if one.at < message.created_at]
        if earlier:
            entries.append(_of_changes(earlier))
            waiting = waiting[len(earlier) :]
        entries.append(
            Entry(
                letter=letter,
                pk=str(message.pk),
                way=way.of(message),
                author=(author := message.author.name if message.author else ""),
                hue=str(avatars.hue(author)),
                initials=avatars.initials(author),
                is_note=message.is_note,
                states=states_of(message.owed or ()),  # type: ignore[attr-defined]  # see _with_all
                is_first_unread=message.pk == first_unread,
            )
        )
    if waiting:
        entries.append(_of_changes(waiting))
    return entries


class _Way:
    """How a letter came or where it went, in words that are the same for all letters of a page."""

    def __init__(self, ticket: Ticket) -> None:
        self._ways = _ways(get_language(), ticket.requester.name)

    def of(self, message: Message) -> str:
        if message.is_note:
            return self._ways["note"]
        channel = message.channel if message.channel in ("email", "slack") else "site"
        return self._ways[f"{message.direction}:{channel}"]


@lru_cache(maxsize=1024)
def _ways(_language: str | None, name: str) -> dict[str, str]:
    """By the direction and the channel."""
    answered = _("to %(name)s") % {"name": name}
    return {
        "note": _("Note: only your team sees this"),
        "out:email": answered,
        "out:slack": _("to %(name)s, from Slack") % {"name": name},
        "out:site": answered,
        "in:email": _("by email"),
        "in:slack": _("from Slack"),
        "in:site": _("on this site"),
    }


def _of_changes(changes: list[Happening]) -> Entry:
    return Entry(happened=tuple(changes), is_folded=len(changes) > MOST_UNFOLDED)
