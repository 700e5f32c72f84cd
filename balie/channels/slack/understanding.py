"""What an arrival from Slack means, and which verb that is: one transaction each, which touches no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.db import transaction

from balie.channels.models import Arrival
from balie.channels.slack import jobs, linked, pressing, reading, saying, submitting, talking, unfurling
from balie.channels.slack.heard import (
    ChannelClosed,
    ChannelMoved,
    ChannelRenamed,
    Deleted,
    Edited,
    Fetched,
    Heard,
    HomeOpened,
    LinksShared,
    MemberChanged,
    NamesChanged,
    Nothing,
    Posted,
    Pressed,
    Reacted,
    Revoked,
    Submitted,
    Wanted,
)
from balie.channels.slack.models import Home, Link, Name, Workspace
from balie.channels.slack.who import is_bot, meet, person_of
from balie.platform import clock
from balie.platform.gathering import gathering
from balie.tickets.models import Message
from balie.tickets.refusals import Refused

if TYPE_CHECKING:
    from balie.channels.kinds import Alone

log = structlog.get_logger(__name__)

_NO_LONGER_HERE: Final = "workspace"


def understand(arrivals: Sequence[Arrival], *, alone: Alone[Arrival]) -> None:
    """Each by itself: each touches a request that another may hold."""
    for arrival in arrivals:
        with alone(arrival), transaction.atomic(), gathering():
            _act(arrival)


def _act(arrival: Arrival) -> None:
    workspace = Workspace.known_as(arrival.envelope.get("workspace", ""))
    if workspace is None:
        arrival.settle(Arrival.State.IGNORED, outcome=_NO_LONGER_HERE)
        return
    payload = saying.payload_of(arrival)
    workspace.hear(reading.kind_of(payload))
    heard = reading.read(payload, bot_user=workspace.bot_user_id)
    arrival.sender = str(getattr(heard, "user", ""))[:320]
    try:
        outcome = _ACTS[type(heard)](workspace, heard, arrival)
    except Refused as refusal:
        # A rule says no, which trying again does not change.
        arrival.settle(Arrival.State.IGNORED, outcome=type(refusal).__name__[:40])
        return
    if isinstance(outcome, Message):
        arrival.settle(Arrival.State.UNDERSTOOD, message=outcome)
    elif outcome:
        arrival.settle(Arrival.State.IGNORED, outcome=outcome[:40])
    else:
        arrival.settle(Arrival.State.UNDERSTOOD)


# Each gives the message that it became, or why nothing became of it, or "" when it is done.
Outcome = Message | str


def _posted(workspace: Workspace, heard: Posted, arrival: Arrival) -> Outcome:
    if saying.is_known(workspace, heard.place, heard.ts):
        return "known"
    person = person_of(workspace, heard.user)
    jobs.ask_who_later(workspace, heard.user)
    if not heard.begins:
        return talking.say_in_thread(workspace, heard, person=person)
    if heard.in_person:
        return talking.ask(workspace, heard, person=person)
    return linked.ask(workspace, heard, person=person)


def _edited(workspace: Workspace, heard: Edited, arrival: Arrival) -> Outcome:
    return saying.amend(workspace, heard, attempts=arrival.attempts)


def _deleted(workspace: Workspace, heard: Deleted, arrival: Arrival) -> Outcome:
    return saying.retract(workspace, heard, attempts=arrival.attempts)


def _reacted(workspace: Workspace, heard: Reacted, arrival: Arrival) -> Outcome:
    if is_bot(workspace, heard.user):
        return "bot"
    return linked.react(workspace, heard, person=person_of(workspace, heard.user))


def _fetched(workspace: Workspace, heard: Fetched, arrival: Arrival) -> Outcome:
    return linked.take_marked(workspace, heard)


def _home(workspace: Workspace, heard: HomeOpened, arrival: Arrival) -> Outcome:
    facts = {"person": person_of(workspace, heard.user), "opened_at": clock.now(), "is_stale": True}
    Home.objects.update_or_create(workspace=workspace, user_id=heard.user, defaults=facts)
    jobs.show_homes_later()
    return ""


def _links(workspace: Workspace, heard: LinksShared, arrival: Arrival) -> Outcome:
    unfurling.unfurl(workspace, heard, person=person_of(workspace, heard.user))
    return ""


def _member(workspace: Workspace, heard: MemberChanged, arrival: Arrival) -> Outcome:
    meet(workspace, heard.member)
    return ""


def _renamed(workspace: Workspace, heard: ChannelRenamed, arrival: Arrival) -> Outcome:
    Link.objects.filter(workspace=workspace, place=heard.place).update(name=heard.name[:120])
    Name.keep(workspace, Name.Kind.CHANNEL, {heard.place: heard.name})
    return ""


def _closed(workspace: Workspace, heard: ChannelClosed, arrival: Arrival) -> Outcome:
    Link.objects.filter(workspace=workspace, place=heard.place).update(closed=heard.how)
    return ""


def _moved(workspace: Workspace, heard: ChannelMoved, arrival: Arrival) -> Outcome:
    linked.follow(workspace, heard.place, to=heard.now)
    return ""


def _named(workspace: Workspace, heard: NamesChanged, arrival: Arrival) -> Outcome:
    jobs.learn_names_later(workspace)
    return ""


def _revoked(workspace: Workspace, heard: Revoked, arrival: Arrival) -> Outcome:
    if heard.at and heard.at < int(workspace.connected_at.timestamp()):
        # Told late: it has been connected again since.
        return "connected since"
    workspace.disconnect(heard.why)
    return ""


def _pressed(workspace: Workspace, heard: Pressed, arrival: Arrival) -> Outcome:
    return pressing.press(workspace, heard, person=person_of(workspace, heard.user))


def _wanted(workspace: Workspace, heard: Wanted, arrival: Arrival) -> Outcome:
    pressing.open_ask(workspace, heard, person=person_of(workspace, heard.user), arrival=arrival)
    return ""


def _submitted(workspace: Workspace, heard: Submitted, arrival: Arrival) -> Outcome:
    return submitting.submit(workspace, heard, person=person_of(workspace, heard.user))


def _nothing(workspace: Workspace, heard: Nothing, arrival: Arrival) -> Outcome:
    return heard.why or "nothing"


_ACTS: Final[Mapping[type[Heard], Callable[[Workspace, Any, Arrival], Outcome]]] = {
    Posted: _posted, Edited: _edited, Deleted: _deleted, Reacted: _reacted, Fetched: _fetched, HomeOpened: _home,
    LinksShared: _links, MemberChanged: _member, ChannelRenamed: _renamed, ChannelClosed: _closed,
    ChannelMoved: _moved, NamesChanged: _named, Revoked: _revoked, Pressed: _pressed, Wanted: _wanted, Submitted: _submitted,
    Nothing: _nothing,
}  # fmt: skip
