"""Channels that are linked to a team: a message, a mention or an emoji makes a request, and nobody is asked for the team."""

from __future__ import annotations

from django.utils import translation

from balie.channels.models import Delivery, Thread
from balie.channels.slack import at_once, cards, jobs, opening, saying, talking
from balie.channels.slack.heard import Fetched, Posted, Reacted
from balie.channels.slack.models import Link, Post, Workspace
from balie.channels.slack.who import person_of
from balie.people.models import Person
from balie.tickets.models import Message

_CHECK_MARKS = ("white_check_mark", "heavy_check_mark", "ballot_box_with_check")


def ask(workspace: Workspace, heard: Posted, *, person: Person) -> Message | str:
    """What begins in a channel, or calls the bot there."""
    link = link_of(workspace, heard.place)
    if link is None:
        if heard.is_mention:
            with translation.override(person.reads()):
                words = cards.not_linked()
            at_once.whisper(workspace, words, place=heard.place, user=heard.user)
        return "not linked"
    if not (heard.is_mention or link.mode == Link.Mode.EVERY):
        return "mode"
    said = saying.read(workspace, heard.message)
    if not said["text"]:
        return "empty"
    thread = Thread(channel=workspace, place=heard.place, anchor=heard.thread_ts or heard.ts)
    return opening.open_request(workspace, thread, [said], requester=person, team=link.team)


def react(workspace: Workspace, heard: Reacted, *, person: Person) -> Message | str:
    """The emoji makes a request of a message; an expert's check mark resolves one."""
    thread = talking.thread_of(workspace, heard.place, heard.ts)
    if heard.emoji in _CHECK_MARKS:
        return _check_off(workspace, thread, person)
    if heard.emoji != workspace.emoji:
        return "another emoji"
    if thread is not None:
        return "known"
    if link_of(workspace, heard.place) is None:
        return "not linked"
    # What it says is not told by the event, and asked by a job.
    jobs.fetch_marked_later(workspace, place=heard.place, ts=heard.ts, user=heard.user)
    return ""


def take_marked(workspace: Workspace, heard: Fetched) -> Message | str:
    """The message that was marked: whoever wrote it asks."""
    message = heard.message
    author, ts = str(message.get("user") or ""), str(message.get("ts") or "")
    link = link_of(workspace, heard.place)
    if link is None or not author or message.get("bot_id") or talking.thread_of(workspace, heard.place, ts) is not None:
        return "known"
    said = saying.read(workspace, message)
    if not said["text"]:
        return "empty"
    requester = person_of(workspace, author)
    jobs.ask_who_later(workspace, author)
    thread = Thread(channel=workspace, place=heard.place, anchor=str(message.get("thread_ts") or ts))
    if talking.thread_of(workspace, heard.place, thread.anchor) is not None:
        return "known"
    return opening.open_request(workspace, thread, [said], requester=requester, team=link.team)


def follow(workspace: Workspace, place: str, *, to: str) -> None:
    """The same channel goes on under another id; https://docs.slack.dev/reference/events/channel_id_changed"""
    Link.objects.filter(workspace=workspace, place=place).update(place=to)
    Post.objects.filter(workspace=workspace, place=place).update(place=to)
    threads = Thread.objects.filter(channel=workspace.pk, place=place)
    Delivery.objects.filter(thread__in=threads.order_by().values("pk"), state__in=Delivery.PENDING).update(address=to)
    threads.update(place=to)


def _check_off(workspace: Workspace, thread: Thread | None, person: Person) -> Message | str:
    if not workspace.check_mark_resolves or thread is None or thread.ticket is None:
        return "no request"
    ticket = thread.ticket
    if not (ticket.is_open and ticket.is_worked_on_by(person)):
        return "not theirs"
    ticket.resolve(by=person)
    return ""


def link_of(workspace: Workspace, place: str) -> Link | None:
    """What the channel is linked to."""
    return Link.objects.select_related("team").filter(workspace=workspace, place=place, team__archived_at=None).first()
