"""A request begins in Slack, and lives in a thread there."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation

from balie.channels import delivering, kinds
from balie.channels.models import Thread
from balie.channels.slack import at_once, cards, saying
from balie.channels.slack.models import Question, Workspace
from balie.channels.slack.saying import Said
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Category, Team
from balie.tickets.models import Message, Ticket


def open_request(
    workspace: Workspace, thread: Thread, said: Sequence[Said], *, requester: Person, team: Team,
    category: Category | None = None, by: Person | None = None, subject: str = "", place: str = "",
) -> Message:  # fmt: skip
    """In this thread; or in a talk with the requester alone, when the team is private and others read here.

    `thread` may not be saved yet; `place` is where it was said, when that is not where the request will live.
    """
    said_at = place or thread.place
    if team.is_private and thread.reader_id is None:
        member = member_id(workspace, requester)
        thread = Thread(channel=workspace, reader=requester, place=member)
        advise_to_delete(workspace, requester, team=team, place=said_at)
    if thread.pk is None:
        thread.save()
    ticket = Ticket.open(
        team=team, requester=requester, by=by, subject=subject or saying.subject_of(said), category=category,
        words=saying.words_of(said, thread=thread), channel=kinds.SLACK,
    )  # fmt: skip
    thread.ticket = ticket
    thread.save(update_fields=["ticket"])
    saying.remember(workspace, [one for one in said if one["ts"]], thread=thread, message=ticket.opening, place=said_at)
    delivering.owe_card(thread)
    return ticket.opening


def advise_to_delete(workspace: Workspace, person: Person, *, team: Team, place: str) -> None:
    """What they wrote where others read is for them and a private team alone. No bot can delete it for them."""
    with translation.override(person.reads()):
        words = cards.moved_to_talk(team.called)
    at_once.whisper(workspace, words, place=place, user=member_id(workspace, person))


def answer_question(question: Question, *, team: Team, category: Category | None) -> Message | None:
    """The person has said which team it is for; nothing when they said so twice, or took back what they wrote."""
    thread = question.thread
    if question.answered_at is not None or not question.said:
        return None
    question.answered_at, question.team = clock.now(), team
    question.save(update_fields=["answered_at", "team"])
    workspace = Workspace.objects.get(pk=thread.channel_id)
    return open_request(workspace, thread, question.said, requester=question.person, team=team, category=category)


def member_id(workspace: Workspace, person: Person) -> str:
    """The member's id; "" for somebody whom the workspace does not know."""
    prefix = f"{workspace.external_id}:"
    identity = person.identities.filter(kind=kinds.SLACK, external_id__startswith=prefix).first()
    return identity.external_id.removeprefix(prefix) if identity else ""
